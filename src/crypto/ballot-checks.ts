import { ballotReference, parseBallot, readBallot, type Ballot, type EncryptedAnswer } from './ballot.js';
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
import type { Poll, Question } from './election.js';
import { Malformed } from './malformed.js';
import { range, verifyOneOf } from './or-proof.js';
import { verifyKnowledge } from './proof-of-knowledge.js';

/** What is wrong with a ballot: `path` names the field. */
export interface Flaw {
  readonly path: string;
  readonly reason: string;
}

/** The outcome of checking one text. Plain data, so that it crosses to another thread. */
export type BallotVerdict =
  | { readonly valid: true; readonly reference: string; readonly credential: string }
  | ({ readonly valid: false } & Flaw);

/**
 * Everything that can be said of a ballot alone: canonical, of this election, elements of the group, every proof and
 * the signature. Whether its credential is on the list and unused is for the caller. Never throws for any text.
 */
export function checkBallot(poll: Poll, text: string): BallotVerdict {
  try {
    const ballot = readBallot(poll, text, (value, path) => poll.group.read(value, path));
    const flaw = flawWhileReading(poll, ballot);
    if (flaw) return { valid: false, path: flaw.path, reason: flaw.reason };
    return { valid: true, reference: ballotReference(poll.group, text), credential: ballot.credentialText };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { valid: false, path: error.path, reason: error.reason };
  }
}

/**
 * Proofs and signature of a ballot whose elements came from `read`: each is raised to a power below, so one outside
 * the group ends in `Malformed` there, unless a proof failed before. Either way `parseBallot` then has the first word,
 * so that all back-ends name the same field.
 */
function flawWhileReading(poll: Poll, ballot: Ballot): Flaw | undefined {
  let flaw: Flaw | undefined;
  try {
    flaw = ballotFlaw(poll, ballot);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    flaw = error;
  }
  if (flaw) parseBallot(poll, ballot.text);
  return flaw;
}

/** The first of the signature and the proofs of a parsed ballot that does not hold, or nothing. */
export function ballotFlaw(poll: Poll, ballot: Ballot): Flaw | undefined {
  const { credential, credentialText, hash, signature } = ballot;
  if (!verifyKnowledge(poll.group, signaturePrefix(hash), credential, signature)) {
    return doesNotHold('$.signature.proof');
  }
  const context = ballotContext(poll, credentialText);
  for (const [i, answer] of ballot.answers.entries()) {
    const question = poll.election.questions[i] as Question;
    const flaw = answerFlaw(poll, question, context, answer, `$.answers[${i}]`);
    if (flaw) return flaw;
  }
  return undefined;
}

function answerFlaw(
  poll: Poll,
  question: Question,
  context: string,
  answer: EncryptedAnswer,
  path: string,
): Flaw | undefined {
  for (const [k, of] of answer.choices.entries()) {
    const proof = answer.individualProofs[k] ?? [];
    if (!verifyOneOf(poll, individualPrefix(context, of), range(of, 0, 1), proof)) {
      return doesNotHold(`${path}.individual_proofs[${k}]`);
    }
  }
  const all = answerContext(context, answer.choices);
  const [first, ...others] = answer.choices;
  if (!question.blank || first === undefined) {
    const sum = sumOf(poll, answer.choices);
    const statements = range(sum, question.min, question.max);
    const holds = verifyOneOf(poll, overallPrefix(poll, all, sum), statements, answer.overallProof);
    return holds ? undefined : doesNotHold(`${path}.overall_proof`);
  }
  const sum = sumOf(poll, others);
  const blankOrAnswers = [{ of: first, value: 1 }, ...range(sum, question.min, question.max)];
  if (!verifyOneOf(poll, overallBlankPrefix(all), blankOrAnswers, answer.overallProof)) {
    return doesNotHold(`${path}.overall_proof`);
  }
  const notBlankOrEmpty = [...range(first, 0, 0), ...range(sum, 0, 0)];
  const holds = verifyOneOf(poll, blankPrefix(all), notBlankOrEmpty, answer.blankProof ?? []);
  return holds ? undefined : doesNotHold(`${path}.blank_proof`);
}

function doesNotHold(path: string): Flaw {
  return { path, reason: 'does not hold' };
}
