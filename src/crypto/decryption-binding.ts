/**
 * Our second proof beside each partial decryption (docs/protocol.md, T6). Belenios' own hashes neither ciphertext nor
 * factor (T5); this one hashes all of them, so that a holder who knows its key cannot prove a wrong factor of any kind.
 * One proof of Chaum and Pedersen for all factors at once, over a combination that the statement itself chooses.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PartialDecryption } from './decryption.js';
import type { Election } from './election.js';
import { hashToScalar, product, type Element, type Group, type RandomBytes } from './group.js';
import {
  parseProof,
  proofJson,
  proveSameExponent,
  verifySameExponent,
  type Proof,
} from './proof-of-knowledge.js';
import { parseCompactJson } from './strict-json.js';
import { printTally, type EncryptedTally } from './tally.js';

/** Proves that the factors of a decryption are those of this tally under the holder's key, all of them. */
export function bindDecryption(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  tally: EncryptedTally,
  key: bigint,
  { factors }: Pick<PartialDecryption, 'factors'>,
  random: RandomBytes,
): Proof {
  const { prefix, base } = statementOf(group, election, tally, group.g.exp(key), factors);
  return proveSameExponent(group, prefix, base, key, random);
}

/** Whether every factor is its α to the power of the holder's key. `key` is the holder's public key. */
export function isBound(
  group: Group,
  election: Pick<Election, 'fingerprint'>,
  tally: EncryptedTally,
  key: Element,
  { factors }: Pick<PartialDecryption, 'factors'>,
  binding: Proof,
): boolean {
  if (!sameShape(tally, factors)) return false;
  const { prefix, base, power } = statementOf(group, election, tally, key, factors);
  return verifySameExponent(group, prefix, base, key, power, binding);
}

/** The one text of a binding proof. */
export function printBinding(binding: Proof): string {
  return JSON.stringify(proofJson(binding));
}

/** Reads a binding proof. Throws `Malformed`. */
export function parseBinding(group: Group, text: string): Proof {
  return parseProof(group, parseCompactJson(text, 'binding'), 'binding');
}

/** The statement hashed, and the combination that it chooses: Π α^ρ and Π factor^ρ, ρ_i = H(statement | i). */
function statementOf(
  group: Group,
  { fingerprint }: Pick<Election, 'fingerprint'>,
  tally: EncryptedTally,
  key: Element,
  factors: PartialDecryption['factors'],
): { prefix: string; base: Element; power: Element } {
  const printed = factors.map((question) => question.map((factor) => group.print(factor)));
  const text = JSON.stringify([DOMAIN, fingerprint, group.print(key), printTally(group, tally), printed]);
  const statement = bytesToHex(group.sha256(text));
  const weights = tally.flat().map((_, i) => hashToScalar(group, `${DOMAIN}|weight|${statement}|${i}|`, []));
  const combined = (elements: readonly Element[]) =>
    product(
      group,
      elements.map((element, i) => group.exp(element, weights[i] as bigint)),
    );
  return {
    prefix: `${DOMAIN}|${statement}|`,
    base: combined(tally.flat().map(({ alpha }) => alpha)),
    power: combined(factors.flat()),
  };
}

const DOMAIN = 'isoloir/decryption-binding/v1';

function sameShape(tally: EncryptedTally, factors: PartialDecryption['factors']): boolean {
  return tally.length === factors.length && tally.every((one, i) => one.length === factors[i]?.length);
}
