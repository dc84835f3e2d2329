/** Canonical JSON (RFC 8785): one text for one value, so that a hash of the text is a hash of the value. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The value has no canonical form: `path` says where, `reason` says why. */
export class NotCanonical extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'NotCanonical';
  }
}

/**
 * The canonical text of a value: keys sorted by UTF-16 code units (RFC 8785 3.2.3), numbers and strings as
 * ECMAScript writes them (3.2.2). Throws `NotCanonical` on what JSON cannot say: undefined, NaN, a lone surrogate.
 */
export function canonicalJson(value: Json, path = '$'): string {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'string') return canonicalString(value, path);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotCanonical(path, 'not a finite number');
    return JSON.stringify(value); // ECMAScript's own form, and -0 becomes 0
  }
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: Json, index) => canonicalJson(item, `${path}[${index}]`)); // holes too
    return `[${items.join(',')}]`;
  }
  if (typeof value !== 'object' || !isPlain(value)) throw new NotCanonical(path, 'not a JSON value');
  const object = value as { readonly [key: string]: Json };
  const members = Object.keys(object)
    .sort() // default order is by UTF-16 code units, which is what the RFC asks for
    .map((key) => `${canonicalString(key, path)}:${canonicalJson(object[key] as Json, `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
}

/**
 * Parses canonical JSON and refuses any other text of the same value (spaces, key order, `1.0`, duplicate keys), and
 * what is not JSON at all. Throws `NotCanonical` and nothing else, whatever the text.
 */
export function parseCanonicalJson(text: string): Json {
  let value: Json;
  let again: string;
  try {
    value = JSON.parse(text) as Json;
    again = canonicalJson(value);
  } catch (error) {
    if (error instanceof NotCanonical) throw error;
    throw new NotCanonical('$', 'not JSON'); // or nested deeper than a stack goes, which nothing of ours is
  }
  if (again !== text) throw new NotCanonical('$', 'not in canonical form');
  return value;
}

function canonicalString(text: string, path: string): string {
  if (!text.isWellFormed()) throw new NotCanonical(path, 'lone surrogate');
  return JSON.stringify(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
