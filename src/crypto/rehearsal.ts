/** Test decryptions of a board (docs/protocol.md, K9): the same proofs as those of a tally, bound to no election. */
import { decryptTally, printDecryption } from './decryption.js';
import { sha256Base64 } from './digest.js';
import type { Group, RandomBytes } from './group.js';
import { parseTally } from './tally.js';

/** A test tally: one question with so many choices. */
export interface RehearsalTally {
  readonly boardId: string;
  readonly rehearsalId: string;
  readonly tally: string;
  readonly choices: number;
}

/** What stands for the fingerprint of an election in the proofs of a rehearsal. */
export function rehearsalFingerprint(boardId: string, rehearsalId: string): string {
  return sha256Base64(`isoloir/rehearsal/v1\n${boardId}\n${rehearsalId}`);
}

/** Decrypts a test tally with the share of a seat: the text to send. Throws `Malformed`. */
export function decryptRehearsalTally(
  group: Group,
  { boardId, rehearsalId, tally, choices }: RehearsalTally,
  share: bigint,
  random: RandomBytes,
): string {
  const election = { fingerprint: rehearsalFingerprint(boardId, rehearsalId) };
  const read = parseTally(group, [choices], tally);
  return printDecryption(group, decryptTally(group, election, read, share, random));
}
