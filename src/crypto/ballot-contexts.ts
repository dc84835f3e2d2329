/** What each proof of a ballot is bound to: the prefixes that its challenge hashes (Belenios specification, « Ballots »). */
import type { Poll } from './election.js';
import type { Element } from './group.js';
import { product } from './group.js';
import type { Ciphertext } from './or-proof.js';

interface Printed {
  readonly text: string;
}

/** Z: the election and the elector's credential. A proof copied into another election or ballot does not hold. */
export function ballotContext({ election }: Poll, credentialText: string): string {
  return `${election.fingerprint}|${credentialText}`;
}

/** Prefix of « this choice is 0 or 1 ». */
export function individualPrefix(context: string, choice: Printed): string {
  return `prove|${context}|${choice.text}|`;
}

/** Z₂: Z and every ciphertext of the answer, so that none can be exchanged behind a proof on their sum. */
export function answerContext(context: string, choices: readonly Printed[]): string {
  return `${context}|${choices.map(({ text }) => text).join(',')}`;
}

/** Prefix of « the sum of the choices lies between min and max ». */
export function overallPrefix({ group }: Poll, answer: string, sum: Ciphertext): string {
  return `prove|${answer}|${group.print(sum.alpha)},${group.print(sum.beta)}|`;
}

/** Prefix of « the vote is not blank, or no answer is chosen ». */
export function blankPrefix(answer: string): string {
  return `bproof0|${answer}|`;
}

/** Prefix of « the vote is blank, or the sum of the answers lies between min and max ». */
export function overallBlankPrefix(answer: string): string {
  return `bproof1|${answer}|`;
}

/** Prefix of the signature of a ballot, by the hash of its text without it. */
export function signaturePrefix(hash: string): string {
  return `sig|${hash}|`;
}

/** The ciphertext of the sum of what the given ones hold. */
export function sumOf({ group }: Poll, ciphertexts: readonly Ciphertext[]): Ciphertext {
  const half = (part: (one: Ciphertext) => Element) => product(group, ciphertexts.map(part));
  return { alpha: half(({ alpha }) => alpha), beta: half(({ beta }) => beta) };
}
