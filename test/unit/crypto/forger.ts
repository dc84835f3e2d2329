/** A forger: an attacker who signs well, so that only the proofs of a ballot can betray it. */
import { randomBytes } from 'node:crypto';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { signaturePrefix } from '../../../src/crypto/ballot-contexts.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import { publicCredential } from '../../../src/crypto/credential.js';
import { sha256Base64 } from '../../../src/crypto/digest.js';
import { openPoll, parseElection, printElection, type Poll } from '../../../src/crypto/election.js';
import { randomScalar } from '../../../src/crypto/group.js';
import { proofJson, proveKnowledge } from '../../../src/crypto/proof-of-knowledge.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';

export const group = await serverGroup('Ed25519');
export const key = group.g.exp(randomScalar(group, randomBytes));

export interface Answer {
  choices: { alpha: string; beta: string }[];
  individual_proofs: { challenge: string; response: string }[][];
  overall_proof: { challenge: string; response: string }[];
  blank_proof?: { challenge: string; response: string }[];
}
export interface BallotJson {
  election_uuid: string;
  election_hash: string;
  credential: string;
  answers: [Answer];
}

export function election(uuid: string, max = 1, blank = false): Poll {
  const header = { description: '', name: 'Essai', group: group.name, publicKey: group.print(key), uuid };
  const questions = [{ question: '?', answers: ['A', 'B', 'C'], blank, min: 1, max }];
  return openPoll(group, parseElection(printElection({ ...header, questions })));
}

export const poll = election('bmwrT8uHomwjwS');
export const victim = randomScalar(group, randomBytes);
export const attacker = randomScalar(group, randomBytes);
export const marks: Marks = [0, 1, 0];
export const cast = makeBallot(poll, victim, [marks], randomBytes).text;

/** A ballot changed, then signed as its maker would: only the proofs can tell. */
export function forged(
  text: string,
  signer: bigint,
  change: (ballot: BallotJson, answer: Answer) => void,
): string {
  const ballot = JSON.parse(text) as BallotJson;
  ballot.credential = publicCredential(group, signer);
  change(ballot, ballot.answers[0]);
  const { election_uuid, election_hash, credential, answers } = ballot;
  const unsigned = { election_uuid, election_hash, credential, answers };
  const hash = sha256Base64(JSON.stringify(unsigned));
  const proof = proofJson(proveKnowledge(group, signaturePrefix(hash), signer, randomBytes));
  return JSON.stringify({ ...unsigned, signature: { hash, proof } });
}

export function refusal(text: string, at = poll): string {
  const verdict = checkBallot(at, text);
  return verdict.valid ? 'accepted' : verdict.path;
}

export const individual = '$.answers[0].individual_proofs[0]';
export const nothing = () => undefined;
