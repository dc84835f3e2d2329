/** Standard base64 with padding (RFC 4648, section 4), as the formats of transparency logs write bytes. */
import { Malformed } from './malformed.js';

/** The one text of these bytes. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes that `text` is the one text of. Throws `Malformed` at `path` for any other text. */
export function fromBase64(text: string, path: string): Uint8Array<ArrayBuffer> {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    if (toBase64(bytes) === text) return bytes; // no stray bit after the last byte
  }
  throw new Malformed(path, 'not canonical base64');
}

/** The bytes of lower-case hex. Throws `Malformed` at `path` for any other text. */
export function fromHex(text: string, path: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Malformed(path, 'not lower-case hex');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A decimal without sign or leading zero, as a safe integer. Throws `Malformed`. */
export function parseDecimal(text: string, path: string): number {
  const value = Number(text);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(value)) {
    throw new Malformed(path, 'not a decimal without leading zeros');
  }
  return value;
}
