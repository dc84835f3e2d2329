import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** How much of the copy is whole, and where the feed goes on. */
interface Place {
  readonly bytes: number;
  readonly after: string | undefined;
}

const WAITING = 1024 * 1024; // characters that may be lost, and are then asked for again

/**
 * An auditor's own copy of the ledger, as it came: `ledger.jsonl` has the lines of a bundle, `place.json` how far they are
 * whole. What was received once cannot be rewritten later: the audit goes on from here.
 */
export class FollowedLedger {
  private waiting = '';
  private newest: string | undefined;

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
    private place: Place,
  ) {}

  static async open(folder: string): Promise<FollowedLedger> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'place.json');
    const place = existsSync(path)
      ? (JSON.parse(await readFile(path, 'utf8')) as Place)
      : { bytes: 0, after: undefined };
    const file = await open(join(folder, 'ledger.jsonl'), place.bytes === 0 ? 'w' : 'r+', 0o600);
    await file.truncate(place.bytes);
    return new FollowedLedger(folder, file, place);
  }

  get isEmpty(): boolean {
    return this.place.bytes === 0;
  }

  /** What the service calls the last event that is kept. */
  get after(): string | undefined {
    return this.place.after;
  }

  /** All that is kept. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    if (this.isEmpty) return;
    yield* createReadStream(join(this.folder, 'ledger.jsonl'), {
      end: this.place.bytes - 1,
    }) as AsyncIterable<Uint8Array>;
  }

  /** Keeps lines; on the disk for good when they are many, or by `save`. */
  async add(lines: string, after?: string): Promise<void> {
    this.waiting += lines;
    this.newest = after ?? this.newest;
    if (this.waiting.length > WAITING && after !== undefined) await this.save();
  }

  async save(): Promise<void> {
    if (this.waiting === '') return;
    const content = Buffer.from(this.waiting);
    await this.file.write(content, 0, content.length, this.place.bytes);
    await this.file.sync();
    this.place = { bytes: this.place.bytes + content.length, after: this.newest };
    this.waiting = '';
    const path = join(this.folder, 'place.json');
    await writeFile(`${path}.new`, JSON.stringify(this.place), { flush: true });
    await rename(`${path}.new`, path);
  }

  /** Lines of an event that did not come whole are dropped: they come again. */
  async close(): Promise<void> {
    await this.save();
    await this.file.close();
  }
}
