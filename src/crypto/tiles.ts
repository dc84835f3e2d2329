/** A log as immutable files (c2sp.org/tlog-tiles): where each tile is, how wide, and hashes read back from tiles. */
import { fromHex } from './base64-text.js';
import { Malformed } from './malformed.js';
import { foldRight, nodeHash, type Hash, type NodeId } from './merkle.js';

/** Hashes in a whole tile. */
export const TILE_WIDTH = 256;

/** One tile: of hashes at a level (each of 256^level leaves), or of entries. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** The path of a tile below the prefix of the log: `tile/0/x001/067.p/12`. */
export function tilePath({ level, index, width }: TileId): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/.{3}/g) as string[];
  const path = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile of a path; undefined when no tile has this very path. */
export function parseTilePath(path: string): TileId | undefined {
  const match = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
    path,
  );
  if (!match) return undefined;
  const [, level = '', parts = '', width] = match;
  const index = Number(parts.replaceAll(/[x/]/g, ''));
  const tile: TileId = {
    level: level === 'entries' ? 'entries' : Number(level),
    index,
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const known = Number.isSafeInteger(index) && (tile.level === 'entries' || tile.level <= 63);
  return known && tilePath(tile) === path ? tile : undefined;
}

/** The width of a tile in a log of this size: 0 when it has none yet. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The tiles of a log of this size, level by level. */
export function* tilesOf(size: number): Generator<TileId> {
  for (let level = 0; size >= TILE_WIDTH ** level; level += 1) {
    for (let index = 0; ; index += 1) {
      const width = tileWidth(level, index, size);
      if (width === 0) break;
      yield { level, index, width };
    }
  }
}

/** Entries as a bundle has them: each with its length before it, 16 bits, most significant first. */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((total, { length }) => total + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > 65_535) throw new RangeError('an entry of more than 65,535 bytes');
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 255;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle. Throws `Malformed`. */
export function parseEntryBundle(bundle: Uint8Array, path = 'bundle'): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const [high = 0, low] = [bundle[at], bundle[at + 1]];
    if (low === undefined) throw new Malformed(path, 'ends within a length');
    const end = at + 2 + high * 256 + low;
    if (end > bundle.length) throw new Malformed(path, 'ends within an entry');
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** Which tile holds a stored hash or what it is made of, and the hashes of the tile that make it. */
export function placeOf({ level, index }: NodeId): {
  level: number;
  index: number;
  from: number;
  to: number;
} {
  const tileLevel = Math.floor(level / 8);
  const span = 2 ** (level % 8); // hashes of the tile under this node
  const first = index * span;
  const tile = Math.floor(first / TILE_WIDTH);
  return {
    level: tileLevel,
    index: tile,
    from: first - tile * TILE_WIDTH,
    to: first - tile * TILE_WIDTH + span,
  };
}

/** The hash of a node, from the bytes of the tile that `placeOf` names. Throws `Malformed` when it is too narrow. */
export function hashFromTile(bytes: Uint8Array, { from, to }: { from: number; to: number }): Hash {
  if (bytes.length < to * 32) throw new Malformed('tile', `has fewer than ${to} hashes`);
  let row: Hash[] = Array.from({ length: to - from }, (_, i) =>
    bytes.subarray((from + i) * 32, (from + i + 1) * 32),
  );
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      nodeHash(row[2 * i] as Hash, row[2 * i + 1] as Hash),
    );
  }
  return foldRight(row);
}

/** A hash in hex. Throws `Malformed`. */
export function parseHash(text: string, path: string): Hash {
  const bytes = fromHex(text, path);
  if (bytes.length !== 32) throw new Malformed(path, 'not 32 bytes');
  return bytes;
}
