import { ballotReference, printSigned, printUnsigned, type Choice, type EncryptedAnswer } from './ballot.js';
import {
  answerContext,
  ballotContext,
  blankPrefix,
  individualPrefix,
  overallBlankPrefix,
  overallPrefix,
  signaturePrefix,
  sumOf,
} from './ballot-contexts.js';
import { base64 } from './digest.js';
import type { Poll, Question } from './election.js';
import { modulo, randomScalar, type Element, type RandomBytes } from './group.js';
import { Malformed } from './malformed.js';
import { proveOneOf, range, type Opening } from './or-proof.js';
import { proveKnowledge } from './proof-of-knowledge.js';

/** One 0 or 1 for each choice of a question, in the order of the ballot: the blank vote first where there is one. */
export type Marks = readonly (0 | 1)[];

/** A ballot ready to be cast, and the reference that its elector keeps. */
export interface SealedBallot {
  readonly text: string;
  readonly reference: string;
}

/**
 * Encrypts, proves and signs a vote (Belenios specification, « Ballots »). `credential` is the elector's private
 * credential, in [1, q). The time taken does not depend on which choice is marked, where the back-end allows it.
 * Throws `Malformed` (path `votes[i]`) for a vote that the election does not allow.
 */
export function makeBallot(
  poll: Poll,
  credential: bigint,
  votes: readonly Marks[],
  random: RandomBytes,
): SealedBallot {
  const { election, group } = poll;
  if (votes.length !== election.questions.length)
    throw new Malformed('votes', 'not one vote for each question');
  const publicCredential = group.g.exp(credential);
  const credentialText = group.print(publicCredential);
  const context = ballotContext(poll, credentialText);
  const answers = election.questions.map((question, i) => {
    const marks = votes[i] as Marks;
    requireAllowed(question, marks, `votes[${i}]`);
    return makeAnswer(poll, question, context, marks, random);
  });
  const unsigned = printUnsigned(poll, { credential: publicCredential, credentialText, answers });
  const hash = base64(group.sha256(unsigned));
  const text = printSigned(unsigned, hash, proveKnowledge(group, signaturePrefix(hash), credential, random));
  return { text, reference: ballotReference(group, text) };
}

function requireAllowed({ answers, blank, min, max }: Question, marks: Marks, path: string): void {
  const chosen = marks.reduce<number>((sum, mark) => sum + mark, 0);
  const isBlank = blank && marks[0] === 1;
  if (marks.some((mark: number) => mark !== 0 && mark !== 1)) {
    throw new Malformed(path, 'a mark is neither 0 nor 1');
  }
  if (marks.length !== answers.length + (blank ? 1 : 0)) {
    throw new Malformed(path, 'not one mark for each choice');
  }
  if (isBlank ? chosen !== 1 : chosen < min || chosen > max) throw new Malformed(path, 'not an allowed vote');
}

interface Secret extends Choice {
  readonly opening: Opening;
}

function makeAnswer(
  poll: Poll,
  { blank, min, max }: Question,
  context: string,
  marks: Marks,
  random: RandomBytes,
): EncryptedAnswer {
  const choices = marks.map((mark) => encrypt(poll, mark, random));
  const individualProofs = choices.map((choice) =>
    proveOneOf(poll, individualPrefix(context, choice), range(choice.opening, 0, 1), random),
  );
  const all = answerContext(context, choices);
  const [first, ...others] = choices;
  if (!blank || first === undefined) {
    const sum = openingOfSum(poll, choices);
    const prefix = overallPrefix(poll, all, sumOf(poll, choices));
    return {
      choices,
      individualProofs,
      overallProof: proveOneOf(poll, prefix, range(sum, min, max), random),
    };
  }
  const sum = openingOfSum(poll, others);
  const blankOrAnswers = [...range(first.opening, 1, 1), ...range(sum, min, max)];
  const notBlankOrEmpty = [...range(first.opening, 0, 0), ...range(sum, 0, 0)];
  return {
    choices,
    individualProofs,
    overallProof: proveOneOf(poll, overallBlankPrefix(all), blankOrAnswers, random),
    blankProof: proveOneOf(poll, blankPrefix(all), notBlankOrEmpty, random),
  };
}

/** α = g^ρ, β = y^ρ · g^mark; both candidates for β are made, so that time tells nothing. */
function encrypt({ group, key }: Poll, mark: 0 | 1, random: RandomBytes): Secret {
  const rho = randomScalar(group, random);
  const alpha = group.g.exp(rho);
  const zero = key.exp(rho);
  const betas: readonly [Element, Element] = [zero, group.mul(zero, group.g.element)];
  const beta = betas[mark];
  return { alpha, beta, text: `${group.print(alpha)},${group.print(beta)}`, opening: { rho, message: mark } };
}

function openingOfSum({ group }: Poll, choices: readonly Secret[]): Opening {
  let rho = 0n;
  let message = 0;
  for (const { opening } of choices) {
    rho += opening.rho;
    message += opening.message;
  }
  return { rho: modulo(rho, group.order), message };
}
