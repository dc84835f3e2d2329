/**
 * The container of a Belenios archive, `<uuid>.bel`: tar headers of ustar's first fields, blocks of 512 bytes, no
 * block of zeros at the end. The first entry is `BELENIOS`; every other one is named by the SHA-256 of what it holds.
 * There is one way to write given records at a given time, so reading compares with what would have been written
 * (Belenios specification, « Archive »; belenios-tool compares byte for byte).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Malformed } from './malformed.js';

/** One file of an archive. `hash` is what its name says, in lower-case hex. */
export interface ArchiveRecord {
  readonly kind: 'data' | 'event';
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** What an archive holds, in its order. `timestamp`: seconds since 1970, in decimal, the same for every entry. */
export interface Archive {
  readonly timestamp: string;
  readonly records: readonly ArchiveRecord[];
}

const block = 512;
const latestTimestamp = 8 ** 11 - 1; // eleven octal digits
const utf8 = new TextEncoder();

/** A record under its content's own name. */
export function archiveRecord(kind: ArchiveRecord['kind'], bytes: Uint8Array): ArchiveRecord {
  return { kind, hash: bytesToHex(sha256(bytes)), bytes };
}

/** The pieces of an archive, to be written one after the other: an archive may be larger than memory should hold. */
export function* archivePieces(timestamp: string, records: Iterable<ArchiveRecord>): Generator<Uint8Array> {
  const description = utf8.encode(`{"version":1,"timestamp":"${timestamp}"}`);
  yield entry('BELENIOS', description, Number(timestamp));
  for (const { kind, hash, bytes } of records) {
    yield entry(`${hash}.${kind}.json`, bytes, Number(timestamp));
  }
}

/** The whole archive in one piece. */
export function writeArchive({ timestamp, records }: Archive): Uint8Array {
  const pieces = [...archivePieces(timestamp, records)];
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/**
 * Reads a container strictly: `writeArchive` of the answer is the same bytes. Contents are not copied, and whether
 * each matches its name is for `misnamed` to say. Throws `Malformed`; its path is the number of the record.
 */
export function readArchive(bytes: Uint8Array): Archive {
  const first = readEntry(bytes, 0, 'archive.BELENIOS');
  const text = new TextDecoder().decode(first.content);
  const timestamp = /^\{"version":1,"timestamp":"(0|[1-9][0-9]{0,9})"\}$/.exec(text)?.[1];
  if (first.name !== 'BELENIOS' || timestamp === undefined || Number(timestamp) > latestTimestamp) {
    throw new Malformed('archive.BELENIOS', 'not the description of an archive of version 1');
  }
  requireHeader(bytes, 0, first, Number(timestamp), 'archive.BELENIOS');
  const records: ArchiveRecord[] = [];
  for (let offset = first.end; offset < bytes.length;) {
    const path = `archive[${records.length}]`;
    const found = readEntry(bytes, offset, path);
    requireHeader(bytes, offset, found, Number(timestamp), path);
    const [, hash, kind] = /^([0-9a-f]{64})\.(data|event)\.json$/.exec(found.name) ?? [];
    if (hash === undefined)
      throw new Malformed(path, 'not named <SHA-256>.data.json or <SHA-256>.event.json');
    records.push({ kind: kind as ArchiveRecord['kind'], hash, bytes: found.content });
    offset = found.end;
  }
  return { timestamp, records };
}

/** The numbers of the records whose content is not what their name says. */
export function misnamed(records: readonly ArchiveRecord[]): number[] {
  return records.flatMap(({ hash, bytes }, i) => (bytesToHex(sha256(bytes)) === hash ? [] : [i]));
}

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly end: number;
}

function readEntry(bytes: Uint8Array, offset: number, path: string): Entry {
  if (offset + block > bytes.length) throw new Malformed(path, 'ends within a header');
  const name = latin(bytes.subarray(offset, offset + 100)).split('\0', 1)[0] as string;
  const size = latin(bytes.subarray(offset + 124, offset + 135));
  if (!/^[0-7]{11}$/.test(size)) throw new Malformed(path, 'size is not eleven octal digits');
  const start = offset + block;
  const length = parseInt(size, 8);
  const end = start + Math.ceil(length / block) * block;
  if (end > bytes.length) throw new Malformed(path, 'ends within a content');
  if (bytes.subarray(start + length, end).some((byte) => byte !== 0)) {
    throw new Malformed(path, 'padding is not zeros');
  }
  return { name, content: bytes.subarray(start, start + length), end };
}

function requireHeader(bytes: Uint8Array, offset: number, found: Entry, time: number, path: string): void {
  const expected = header(found.name, found.content.length, time);
  if (expected.some((byte, i) => byte !== bytes[offset + i])) {
    throw new Malformed(path, 'header is not as the format writes it');
  }
}

function entry(name: string, content: Uint8Array, time: number): Uint8Array {
  const whole = new Uint8Array(block + Math.ceil(content.length / block) * block);
  whole.set(header(name, content.length, time));
  whole.set(content, block);
  return whole;
}

/** Name, mode, owners, size, time, sum of the bytes with the sum itself read as spaces, type; the rest is zeros. */
function header(name: string, size: number, time: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number) => {
    bytes.set(utf8.encode(text), at);
  };
  put(name, 0);
  put('0000644', 100);
  put('0000000', 108);
  put('0000000', 116);
  put(octal(size, 11), 124);
  put(octal(time, 11), 136);
  put('        ', 148);
  put('0', 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return bytes;
}

function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, '0');
  if (text.length > digits) throw new RangeError(`${value} does not fit a header`);
  return text;
}

/** One character a byte, so that no byte is lost to a decoder's opinion. */
function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
