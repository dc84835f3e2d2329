import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import {
  BadLine,
  readElector,
  readEnd,
  readHeader,
  type ElectorFileHeader,
  type NoticeElector,
} from './elector-file.js';

/** Notices in one file, and electors whose keys are finished together. */
export const CHUNK = 1_000;
const NEWLINE = 0x0a;
const READ = 1 << 20; // bytes at a time

/** Where the line of one elector is in the file, and to which pile its notice belongs. */
interface Place {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
}

/** What a first reading of the elector file tells: some tens of bytes an elector, and nobody's name. */
export interface ElectorIndex {
  readonly header: ElectorFileHeader;
  readonly electors: number;
  /** SHA-256 of the file: work that was begun on one file is not finished on another. */
  readonly sha256: string;
  /** The electors of each file of notices: a unit is in one file unless it is larger than a file. */
  readonly chunks: readonly (readonly Place[])[];
}

/** Checks every line and arranges the electors by way of delivery and unit. Throws `BadLine`. */
export async function indexElectors(path: string): Promise<ElectorIndex> {
  const hash = createHash('sha256');
  const piles = new Map<string, Place[]>();
  let header: ElectorFileHeader | undefined;
  let [line, electors, ended, last] = [0, 0, false, ''];
  for await (const { bytes, offset } of linesOf(path, (chunk) => hash.update(chunk))) {
    line += 1;
    const json = utf8(bytes, line);
    if (ended) throw new BadLine(line, 'nothing comes after the end');
    if (!header) {
      header = readHeader(json);
      continue;
    }
    const counted = readEnd(json, line);
    if (counted !== undefined) {
      if (counted !== electors)
        throw new BadLine(line, `end: ${counted} electors announced, ${electors} found`);
      ended = true;
      continue;
    }
    const elector = readElector(json, line, header.scrutins.length);
    if (elector.electorId <= last)
      throw new BadLine(line, 'electorId: not in ascending order, or there twice');
    last = elector.electorId;
    const key = pileOf(elector);
    const pile = piles.get(key) ?? [];
    pile.push({ offset, length: bytes.length, line });
    piles.set(key, pile);
    electors += 1;
  }
  if (!header || !ended) throw new BadLine(line, 'the end is missing: this is not the whole file');
  return { header, electors, sha256: hash.digest('hex'), chunks: arrange(piles) };
}

/** The electors of one file of notices, in the order of its pages: by unit, then by name. */
export async function readChunk(
  path: string,
  { header }: ElectorIndex,
  places: readonly Place[],
): Promise<NoticeElector[]> {
  const file = await open(path);
  try {
    const electors: NoticeElector[] = [];
    for (const { offset, length, line } of places) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead !== length) throw new BadLine(line, 'the file changed while it was read');
      electors.push(readElector(utf8(buffer, line), line, header.scrutins.length));
    }
    const names = new Intl.Collator('fr');
    return electors.sort(
      (a, b) =>
        compare(pileOf(a), pileOf(b)) ||
        names.compare(a.lastName, b.lastName) ||
        names.compare(a.firstName, b.firstName) ||
        compare(a.electorId, b.electorId),
    );
  } finally {
    await file.close();
  }
}

/** Electors whose notices go together (F116). */
export function pileOf({ channel, academy, unit }: NoticeElector): string {
  return [channel, academy, unit].join('\n');
}

/** Fills files of a thousand with whole piles; only a pile of more than a thousand is cut. */
function arrange(piles: ReadonlyMap<string, Place[]>): Place[][] {
  const chunks: Place[][] = [];
  let filling: Place[] = [];
  const full = () => {
    if (filling.length > 0) chunks.push(filling);
    filling = [];
  };
  for (const key of [...piles.keys()].sort(compare)) {
    const pile = piles.get(key) ?? [];
    if (filling.length + pile.length > CHUNK) full();
    for (let at = 0; at < pile.length; at += CHUNK) {
      filling.push(...pile.slice(at, at + CHUNK));
      if (filling.length === CHUNK) full();
    }
  }
  full();
  return chunks;
}

async function* linesOf(
  path: string,
  see: (chunk: Buffer) => void,
): AsyncGenerator<{ bytes: Buffer; offset: number }> {
  const file = await open(path);
  try {
    let rest = Buffer.alloc(0);
    let offset = 0;
    for await (const piece of file.createReadStream({
      highWaterMark: READ,
      autoClose: false,
    }) as AsyncIterable<Buffer>) {
      see(piece);
      let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE)) {
        yield { bytes: bytes.subarray(0, at), offset };
        offset += at + 1;
        bytes = bytes.subarray(at + 1);
      }
      rest = Buffer.from(bytes);
      if (rest.length > READ)
        throw new Error(`${path}: a line of more than ${READ} bytes is not of an elector file`);
    }
    if (rest.length > 0) yield { bytes: rest, offset };
  } finally {
    await file.close();
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array, line: number): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new BadLine(line, 'not UTF-8');
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
