import { Malformed } from './malformed.js';

/** The order of the prime-order group of Ed25519: 2²⁵² + 27742317777372353535851937790883648493 (RFC 8032 5.1). */
export const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** 2²⁵⁵ − 19 in hex: a y coordinate is below it. */
const FIELD = '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed';

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * The RFC 8032 bytes of an element as Belenios prints it: hex of the big-endian integer, so the bytes reversed.
 * Checks the alphabet and y < 2²⁵⁵ − 19; whether the point exists is the back-end's to say. Throws `Malformed`.
 */
export function readEd25519(text: unknown, path: string): Uint8Array {
  if (typeof text !== 'string' || !/^[0-9a-f]{64}$/.test(text))
    throw new Malformed(path, 'not 64 lowercase hex digits');
  const y = (parseInt(text.charAt(0), 16) & 7).toString(16) + text.slice(1);
  if (y >= FIELD) throw new Malformed(path, 'coordinate not below the field prime');
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[31 - i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** The text of an element from its RFC 8032 bytes. */
export function printEd25519(bytes: Uint8Array): string {
  let hex = '';
  for (let i = 31; i >= 0; i--) hex += hexPairs[bytes[i] as number] as string;
  return hex;
}

/** Lowercase hex of bytes, first byte first. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += hexPairs[byte] as string;
  return hex;
}
