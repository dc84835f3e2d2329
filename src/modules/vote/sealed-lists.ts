import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafHash } from '../../crypto/merkle.js';
import { CompactTree } from '../../crypto/merkle-tree.js';
import { Documents } from '../../documents/documents.js';
import { Corruption } from '../../events/codec.js';
import type { SealedList } from '../../events/identifiers.js';

const NEWLINE = 0x0a;
const AT_ONCE = 1_000; // lines hashed before others get their turn

/** A file of sorted lines, kept as its bytes: 65 of them for a tag, and a look-up is a binary search. */
export class LineList {
  constructor(private readonly content: Buffer) {}

  has(line: string): boolean {
    const wanted = Buffer.from(line);
    let [low, high] = [0, this.content.length]; // both at the start of a line
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = this.content.lastIndexOf(NEWLINE, middle - 1) + 1;
      const from = middle === 0 ? 0 : Math.max(start, low);
      const end = this.content.indexOf(NEWLINE, from);
      const order = Buffer.compare(wanted, this.content.subarray(from, end));
      if (order === 0) return true;
      if (order < 0) high = from;
      else low = end + 1;
    }
    return false;
  }
}

/**
 * The rolls and the credentials that were sealed, in memory: read once from their documents, and believed only when count
 * and root are those that `BoxOpened` repeats and the lines are sorted, none twice. A deployment of 100,000 electors and
 * four scrutins needs 52 MB for them.
 */
@Injectable()
export class SealedLists {
  private readonly loaded = new Map<string, Promise<LineList>>();
  private readonly texts = new Map<string, Promise<string>>();

  constructor(private readonly documents: Documents) {}

  /** The list of this document. Throws `Corruption` when it is not what was sealed. */
  list(sha256: string, sealed: SealedList): Promise<LineList> {
    const key = `${sha256} ${sealed.root} ${sealed.count}`;
    return kept(this.loaded, key, () => this.load(sha256, sealed));
  }

  /** The text of a document, such as election.json. */
  text(sha256: string): Promise<string> {
    return kept(this.texts, sha256, async () => (await this.read(sha256)).toString());
  }

  private async load(sha256: string, sealed: SealedList): Promise<LineList> {
    const content = await this.read(sha256);
    await checkLines(content, sealed, sha256);
    return new LineList(content);
  }

  private async read(sha256: string): Promise<Buffer> {
    const document = await this.documents.get(sha256);
    if (!document)
      throw new Corruption('documents.mismatch', `document ${sha256} of a sealed box is missing`);
    return document.content;
  }
}

/** Throws `Corruption` unless the lines are sorted, none twice, as many as sealed, and of the sealed root. */
async function checkLines(content: Buffer, sealed: SealedList, sha256: string): Promise<void> {
  const tree = CompactTree.empty();
  let before: Buffer | undefined;
  let sorted = true;
  for (let from = 0; from < content.length;) {
    const end = content.indexOf(NEWLINE, from);
    if (end === -1) break;
    const line = content.subarray(from, end);
    sorted &&= before === undefined || Buffer.compare(before, line) < 0;
    tree.append(leafHash(line));
    if (tree.size % AT_ONCE === 0) await nextTurn();
    before = line;
    from = end + 1;
  }
  const whole = content.length === 0 || content[content.length - 1] === NEWLINE;
  const root = Buffer.from(tree.root()).toString('hex');
  if (!sorted || !whole || tree.size !== sealed.count || root !== sealed.root) {
    throw new Corruption('documents.mismatch', `document ${sha256} is not the list that was sealed`);
  }
}

/** What was loaded before, or is being loaded; a failure is not kept. */
function kept<T>(known: Map<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  let found = known.get(key);
  if (!found) {
    found = load();
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}
