/** Reading JSON that must have one text only: every reader of the protocol's files is made of these. */
import { Malformed } from './malformed.js';

/**
 * The value of a compact JSON text: no spaces, no duplicate key, no other escape than ECMAScript writes. Together
 * with `fields`, which fixes names and order, a text that reads is the only text of its value.
 */
export function parseCompactJson(text: string, path: string): unknown {
  let value: unknown;
  let again: string;
  try {
    value = JSON.parse(text);
    again = JSON.stringify(value);
  } catch {
    throw new Malformed(path, 'not JSON'); // or nested deeper than a stack goes, which nothing of ours is
  }
  if (again !== text) throw new Malformed(path, `not compact JSON: see character ${difference(again, text)}`);
  return value;
}

function difference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** UTF-8 text, refused when a byte would be lost: a mark of byte order, or an invalid sequence. */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed(path, 'not UTF-8');
  }
}

/**
 * An object with exactly these fields in this order; a name that ends in `?` may be absent. The error names the first
 * field that is not where it should be.
 */
export function fields(value: unknown, path: string, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Malformed(path, 'not an object');
  }
  const present = Object.keys(value);
  const expected = names
    .filter((name) => !name.endsWith('?') || present.includes(name.slice(0, -1)))
    .map((name) => name.replace('?', ''));
  for (let i = 0; i < expected.length || i < present.length; i++) {
    const [found, wanted] = [present[i], expected[i]];
    if (found === wanted) continue;
    const name = wanted ?? printable(found ?? '');
    throw new Malformed(`${path}.${name}`, `fields are not ${names.join(', ')} in this order`);
  }
  return value as Record<string, unknown>;
}

/** What an error may say of a name that somebody chose: no end of line, no code that a terminal obeys. */
function printable(name: string): string {
  return name.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
}

/**
 * An array, each item read with its path. Where `count` is known, the number of items is checked before any is read:
 * reading one may cost a power in a group.
 */
export function items<T>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => T,
  count?: { readonly of: number; readonly what: string },
): T[] {
  if (!Array.isArray(value)) throw new Malformed(path, 'not an array');
  if (count && value.length !== count.of) throw new Malformed(path, `not ${count.of} ${count.what}`);
  return value.map((item, i) => read(item, `${path}[${i}]`));
}

export function string(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Malformed(path, 'not a string');
  return value;
}

/** A safe integer within bounds, both included. */
export function integer(value: unknown, path: string, from: number, to = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < from || value > to) {
    throw new Malformed(path, `not an integer from ${from} to ${to}`);
  }
  return value;
}
