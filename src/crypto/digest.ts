import { sha256 } from '@noble/hashes/sha2.js';

const utf8 = new TextEncoder();

/** Standard base64 without padding, as Belenios writes a hash (43 characters for 32 bytes). */
export function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/=+$/, '');
}

/** SHA-256 of a text in UTF-8, in base64 without padding: Belenios' `sha256_b64`. */
export function sha256Base64(text: string): string {
  return base64(sha256(utf8.encode(text)));
}
