import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToInteger, type Group } from './group.js';
import { Malformed } from './malformed.js';

const utf8 = new TextEncoder();

/**
 * The private credential s, in [1, q), that a secret text gives in an election:
 * int(SHA-256("derive_credential|U|0|text") ‖ SHA-256("derive_credential|U|1|text")) mod q, U the election's uuid
 * (Belenios 3.x; 512 bits, so that the bias is below 2⁻²⁵⁵). The public credential is g^s.
 * Throws `Malformed` for s = 0, which no text will ever give.
 */
export function deriveCredential({ order }: Pick<Group, 'order'>, uuid: string, text: string): bigint {
  const half = (i: number) => bytesToInteger(sha256(utf8.encode(`derive_credential|${uuid}|${i}|${text}`)));
  const s = ((half(0) << 256n) + half(1)) % order;
  if (s === 0n) throw new Malformed('credential', 'derives to zero');
  return s;
}

/** The public credential of a private one, as a list of credentials prints it. */
export function publicCredential(group: Group, privateCredential: bigint): string {
  return group.print(group.g.exp(privateCredential));
}
