import { ArchiveCheck, type ArchiveParts } from './archive-check.js';
import type { BundleLine } from './bundle-lines.js';
import type { Findings } from './claims.js';

const CLAIM = 'archives-are-what-was-counted';

interface Read {
  /** Undefined where the bundle lacks what it would be compared with. */
  readonly check: ArchiveCheck | undefined;
  parts: number;
  flaw: string | undefined;
  whole: boolean;
}

/** The archives of a bundle, each behind the result of its scrutin. */
export class Archives {
  private readonly read = new Map<string, Read>();

  constructor(private readonly found: Findings) {}

  get count(): number {
    return this.read.size;
  }

  /** A piece of an archive. `partsOf` says what that should hold; undefined before its result. */
  async piece(
    { scrutinId, part, last, content }: Extract<BundleLine, { line: 'archive' }>,
    place: string,
    partsOf: () => Promise<ArchiveParts | undefined> | undefined,
  ): Promise<void> {
    const known = this.read.get(scrutinId);
    if ((known?.parts ?? 0) !== part || known?.whole) {
      this.found.fail(CLAIM, place, 'a piece out of its order');
      return;
    }
    const archive = known ?? (await this.begin(scrutinId, partsOf));
    archive.parts += 1;
    archive.flaw ??= archive.check?.take(content);
    if (!last) return;
    archive.whole = true;
    archive.flaw ??= archive.check ? archive.check.end() : 'comes before its result';
    this.found.require(
      CLAIM,
      archive.flaw === undefined,
      place,
      `of box-${scrutinId}: ${archive.flaw ?? ''}`,
    );
  }

  /** Where a result was proclaimed there is an archive. */
  counted(scrutinId: string, place: string): void {
    if (this.read.get(scrutinId)?.whole !== true)
      this.found.fail(CLAIM, place, 'its archive is not in the bundle');
  }

  private async begin(
    scrutinId: string,
    partsOf: () => Promise<ArchiveParts | undefined> | undefined,
  ): Promise<Read> {
    const parts = await partsOf();
    const archive = { check: parts && new ArchiveCheck(parts), parts: 0, flaw: undefined, whole: false };
    this.read.set(scrutinId, archive);
    return archive;
  }
}
