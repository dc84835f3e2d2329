/**
 * The ballot maker of the voting booth, for Ed25519: everything that must happen where the elector's code and choice
 * are. Bundled alone, so that what an elector downloads stays small and what is audited stays short.
 */
import { makeBallot, type Marks, type SealedBallot } from '../crypto/ballot-maker.js';
import { deriveCredential } from '../crypto/credential.js';
import { ed25519Noble } from '../crypto/ed25519-noble.js';
import { openPoll, parseElection, type Election } from '../crypto/election.js';
import { deriveGateKey, signGate } from '../crypto/gate-key.js';
import { readVotingCode, type ReadCode, type VotingCode } from '../crypto/voting-code.js';

function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** What an elector typed, read; or what to tell the elector. */
export function readCode(typed: string): ReadCode {
  return readVotingCode(typed);
}

/** What the election offers, from its exact text. Throws `Malformed`. */
export function readElection(raw: string): Election {
  return parseElection(raw);
}

/** The answer to the server's nonce that shows possession of the code (docs/protocol.md, V7). */
export function passGate(code: VotingCode, electionId: string, nonce: string): string {
  return signGate(deriveGateKey(electionId, code), electionId, nonce);
}

/** Encrypts, proves and signs the marks of an elector in a scrutin. The reference is to be shown before sending. */
export function seal(election: Election, code: VotingCode, marks: readonly Marks[]): SealedBallot {
  const poll = openPoll(ed25519Noble, election);
  return makeBallot(poll, deriveCredential(poll.group, election.uuid, code), marks, random);
}
