/** The ballot: made here, where code and choice are, against the election file that was sealed. */
import { sha256 } from '@noble/hashes/sha2.js';
import { BLANK_ANSWER, listIdOf } from '../../crypto/answers.js';
import { makeBallot, type Marks, type SealedBallot } from '../../crypto/ballot-maker.js';
import { belenios2048BigInt } from '../../crypto/belenios-2048.js';
import { deriveCredential } from '../../crypto/credential.js';
import { ed25519Noble } from '../../crypto/ed25519-noble.js';
import { toHex } from '../../crypto/ed25519-text.js';
import { openPoll, parseElection, type Poll } from '../../crypto/election.js';
import type { VotingCode } from '../../crypto/voting-code.js';
import type { PinnedScrutin } from './contract.js';

/** The election file is not the one that was sealed: nobody must vote with it. */
export class NotSealed extends Error {}

/** Opens the text of an election file. Throws `NotSealed` unless it is, to the byte, what the page pins. */
export function openSealed(raw: string, pinned: Pick<PinnedScrutin, 'electionFile' | 'fingerprint'>): Poll {
  if (toHex(sha256(new TextEncoder().encode(raw))) !== pinned.electionFile) {
    throw new NotSealed('hash of the election file');
  }
  const election = parseElection(raw);
  if (election.fingerprint !== pinned.fingerprint) throw new NotSealed('fingerprint');
  const [question, ...others] = election.questions;
  const { answers = [], blank, min, max } = question ?? {};
  const ours = !blank && min === 1 && max === 1 && answers.at(-1) === BLANK_ANSWER;
  if (!ours || others.length > 0 || answers.some((answer) => listIdOf(answer) === undefined)) {
    throw new NotSealed('form of the question');
  }
  return openPoll(election.group === 'Ed25519' ? ed25519Noble : belenios2048BigInt, election);
}

/** The answers of the one question, in the drawn order; « Vote blanc » is the last. */
export function answersOf({ election }: Poll): readonly string[] {
  return election.questions[0]?.answers ?? [];
}

/** Encrypts, proves and signs. The reference is that of this very text, and is shown before it is sent. */
export function sealChoice(poll: Poll, code: VotingCode, answer: string): SealedBallot {
  const marks: Marks = answersOf(poll).map((one) => (one === answer ? 1 : 0));
  const credential = deriveCredential(poll.group, poll.election.uuid, code);
  return makeBallot(poll, credential, [marks], (length) => crypto.getRandomValues(new Uint8Array(length)));
}
