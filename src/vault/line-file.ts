import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafHash } from '../crypto/merkle.js';
import { CompactTree } from '../crypto/merkle-tree.js';

/** A list as it is sealed: a file of sorted lines, how many they are, and the RFC 6962 root over them in hex (protocol A4). */
export interface SealedFile {
  readonly content: Buffer;
  readonly count: number;
  readonly root: string;
}

const AT_ONCE = 1_000; // lines hashed before others get their turn

/**
 * Makes the file of a list of a million from lines that come in their order, which must be that of their bytes. Holds the
 * bytes alone, and lets others have their turn: the server that seals also answers.
 */
export class LineFile {
  private readonly tree = CompactTree.empty();
  private readonly chunks: Buffer[] = [];
  private waiting: string[] = [];

  async add(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.tree.append(leafHash(Buffer.from(line, 'latin1')));
      this.waiting.push(line);
      if (this.waiting.length < AT_ONCE) continue;
      this.flush();
      await nextTurn();
    }
  }

  end(): SealedFile {
    this.flush();
    const root = Buffer.from(this.tree.root()).toString('hex');
    return { content: Buffer.concat(this.chunks), count: this.tree.size, root };
  }

  private flush(): void {
    if (this.waiting.length > 0) this.chunks.push(Buffer.from(`${this.waiting.join('\n')}\n`, 'latin1'));
    this.waiting = [];
  }
}

/** The file of lines that come in no order, such as tags: by their first two characters, so that none is sorted whole. */
export async function fileOfUnsorted(pages: AsyncIterable<readonly string[]>): Promise<SealedFile> {
  const buckets = new Map<string, string[]>();
  for await (const page of pages)
    for (const line of page) {
      const key = line.slice(0, 2);
      const bucket = buckets.get(key);
      if (bucket) bucket.push(line);
      else buckets.set(key, [line]);
    }
  const file = new LineFile();
  for (const key of [...buckets.keys()].sort()) {
    await file.add((buckets.get(key) ?? []).sort());
    buckets.delete(key);
  }
  return file.end();
}

/** The file of several lists that are sorted each, merged; no line is in two of them. */
export async function fileOfSorted(lists: readonly AsyncIterable<readonly string[]>[]): Promise<SealedFile> {
  const file = new LineFile();
  const heads = await Promise.all(
    lists.map(async (list) => advance({ parts: list[Symbol.asyncIterator](), part: [], at: 0 })),
  );
  let open = heads.filter((head) => head !== undefined);
  while (open.length > 0) {
    const [first, ...others] = open.sort((a, b) => (lineOf(a) < lineOf(b) ? -1 : 1)) as [Head, ...Head[]];
    // All of the first list that comes before the next one's line: of a single list, a part at a time.
    const limit = others[0] && lineOf(others[0]);
    let to = first.at;
    while (to < first.part.length && (limit === undefined || (first.part[to] as string) <= limit)) to += 1;
    await file.add(first.part.slice(first.at, to));
    first.at = to;
    open = (await advance(first)) ? open : others;
  }
  return file.end();
}

/** Where one list is; `part[at]` is its next line. */
interface Head {
  readonly parts: AsyncIterator<readonly string[]>;
  part: readonly string[];
  at: number;
}

function lineOf({ part, at }: Head): string {
  return part[at] as string;
}

/** Reads on where a part is used up; undefined at the end of the list. */
async function advance(head: Head): Promise<Head | undefined> {
  while (head.at >= head.part.length) {
    const next = await head.parts.next();
    if (next.done) return undefined;
    head.part = next.value;
    head.at = 0;
  }
  return head;
}
