/**
 * Proofs that somebody knows an exponent, made non-interactive by hashing (Belenios specification, « Trustees »,
 * « Signatures », « Decryption »): challenge c = H(prefix; commitments), response r = w - x c, so that a verifier
 * recomputes each commitment as base^r · image^c.
 */
import {
  hashToScalar,
  modulo,
  parseScalar,
  randomScalar,
  type Element,
  type Group,
  type RandomBytes,
} from './group.js';
import { fields } from './strict-json.js';

/** Both in [0, q). Printed as `{"challenge":"…","response":"…"}`. */
export interface Proof {
  readonly challenge: bigint;
  readonly response: bigint;
}

/** Proof of the x of g^x. The prefix says what for, and whatever the proof must be bound to. */
export function proveKnowledge(group: Group, prefix: string, x: bigint, random: RandomBytes): Proof {
  const w = randomScalar(group, random);
  const challenge = hashToScalar(group, prefix, [group.g.exp(w)]);
  return { challenge, response: modulo(w - x * challenge, group.order) };
}

export function verifyKnowledge(group: Group, prefix: string, image: Element, proof: Proof): boolean {
  const commitment = group.g.commit(proof.response, image, proof.challenge);
  return hashToScalar(group, prefix, [commitment]) === proof.challenge;
}

/** Proof that g and `base` were raised to one exponent x (Chaum and Pedersen). */
export function proveSameExponent(
  group: Group,
  prefix: string,
  base: Element,
  x: bigint,
  random: RandomBytes,
): Proof {
  const w = randomScalar(group, random);
  const challenge = hashToScalar(group, prefix, [group.g.exp(w), group.exp(base, w)]);
  return { challenge, response: modulo(w - x * challenge, group.order) };
}

/** Whether `image` is g^x and `power` is base^x for one x. */
export function verifySameExponent(
  group: Group,
  prefix: string,
  base: Element,
  image: Element,
  power: Element,
  { challenge, response }: Proof,
): boolean {
  const commitments = [
    group.g.commit(response, image, challenge),
    group.mul(group.exp(base, response), group.exp(power, challenge)),
  ];
  return hashToScalar(group, prefix, commitments) === challenge;
}

export function parseProof(group: Pick<Group, 'order'>, value: unknown, path: string): Proof {
  const { challenge, response } = fields(value, path, ['challenge', 'response']);
  return {
    challenge: parseScalar(group, challenge, `${path}.challenge`),
    response: parseScalar(group, response, `${path}.response`),
  };
}

/** The proof as JSON writes it, fields in the order of the format. */
export function proofJson({ challenge, response }: Proof): { challenge: string; response: string } {
  return { challenge: String(challenge), response: String(response) };
}
