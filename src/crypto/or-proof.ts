/**
 * Proofs that at least one of several statements « (α, β) encrypts i » is true, without saying which (Cramer, Damgård
 * and Schoenmakers; Belenios specification, « Proofs of interval membership » and « … of possibly-blank votes »).
 * For statement k the verifier recomputes A = g^r · α^c and B = y^r · (β / g^i)^c; the challenges must add up to
 * H(prefix; A₁, B₁, …). The prefix holds the statement and its context: election, credential, every ciphertext.
 */
import type { Poll } from './election.js';
import { hashToScalar, modulo, randomScalar, type Element, type RandomBytes } from './group.js';
import type { Proof } from './proof-of-knowledge.js';

/** An exponential ElGamal ciphertext: α = g^ρ, β = y^ρ · g^m. */
export interface Ciphertext {
  readonly alpha: Element;
  readonly beta: Element;
}

/** What a ciphertext holds and the randomness that hides it: both secret. */
export interface Opening {
  readonly rho: bigint;
  readonly message: number;
}

/** « The ciphertext encrypts `value` », for `value` from 0 to the largest `max` of the election. */
export interface Statement<T = Ciphertext> {
  readonly of: T;
  readonly value: number;
}

/** Whether one statement at least is true, as the proofs (one for each, in order) claim. Public values only. */
export function verifyOneOf(
  poll: Poll,
  prefix: string,
  statements: readonly Statement[],
  proofs: readonly Proof[],
): boolean {
  const { group, key, inverses } = poll;
  if (statements.length !== proofs.length) return false;
  const commitments: Element[] = [];
  let sum = 0n;
  for (const [k, { challenge, response }] of proofs.entries()) {
    const { of, value } = statements[k] as Statement;
    const masked = value === 0 ? of.beta : group.mul(of.beta, inverses[value] as Element);
    commitments.push(group.g.commit(response, of.alpha, challenge), key.commit(response, masked, challenge));
    sum += challenge;
  }
  return hashToScalar(group, prefix, commitments) === sum % group.order;
}

/**
 * Proves that one of the statements is true, knowing what their ciphertexts hold; the first true one is proved, the
 * others are simulated. Only the fixed bases g and y are raised. Throws when none is true: the caller checks first.
 */
export function proveOneOf(
  { group, key }: Poll,
  prefix: string,
  statements: readonly Statement<Opening>[],
  random: RandomBytes,
): Proof[] {
  const q = group.order;
  const known = statements.findIndex(({ of, value }) => of.message === value);
  const truth = statements[known];
  if (truth === undefined) throw new RangeError('no statement is true');
  const w = randomScalar(group, random);
  const commitments: Element[] = [];
  let others = 0n;
  const proofs = statements.map(({ of, value }, k): Proof => {
    if (k === known) {
      commitments.push(group.g.exp(w), key.exp(w));
      return { challenge: 0n, response: w }; // completed below
    }
    const challenge = randomScalar(group, random);
    const response = randomScalar(group, random);
    const exponent = modulo(response + of.rho * challenge, q);
    const shift = modulo(BigInt(of.message - value) * challenge, q);
    commitments.push(group.g.exp(exponent), group.mul(key.exp(exponent), group.g.exp(shift)));
    others += challenge;
    return { challenge, response };
  });
  const challenge = modulo(hashToScalar(group, prefix, commitments) - others, q);
  proofs[known] = { challenge, response: modulo(w - truth.of.rho * challenge, q) };
  return proofs;
}

/** « The ciphertext encrypts i », for i from `min` to `max`. */
export function range<T>(of: T, min: number, max: number): Statement<T>[] {
  return Array.from({ length: max - min + 1 }, (_, i) => ({ of, value: min + i }));
}
