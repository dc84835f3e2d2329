/** A key that one person holds whole: `Single` in `trustees.json` (Belenios specification, « Trustees »). */
import { randomScalar, type Element, type Group, type RandomBytes } from './group.js';
import type { BasicKey } from './key-holders.js';
import { proveKnowledge, verifyKnowledge } from './proof-of-knowledge.js';

/** Draws a private key, and what its holder publishes: the public key, with the proof that the private one is known. */
export function makeBasicKey(
  group: Group,
  random: RandomBytes,
  name?: string,
): { privateKey: bigint; publicKey: BasicKey } {
  const privateKey = randomScalar(group, random);
  const publicKey = group.g.exp(privateKey);
  const pok = proveKnowledge(group, pokPrefix(group, publicKey), privateKey, random);
  return {
    privateKey,
    publicKey: { kind: 'Single', pok, publicKey, ...(name === undefined ? {} : { name }) },
  };
}

/** Whether the holder of a basic key proves that it is known: without that, a key could cancel the others. */
export function isBasicKeyProved(group: Group, { pok, publicKey }: BasicKey): boolean {
  return verifyKnowledge(group, pokPrefix(group, publicKey), publicKey, pok);
}

/** The prefix under which a key, or a member's share of one, is proved to be known: c = H("pok|group|key|"; g^w). */
export function pokPrefix(group: Group, publicKey: Element): string {
  return `pok|${group.name}|${group.print(publicKey)}|`;
}
