/** Test decryptions of a board (docs/protocol.md, K9): the same proofs as those of a tally, bound to no election. */
import { sha256 } from '@noble/hashes/sha2.js';
import { decryptTally, printDecryption } from './decryption.js';
import { sha256Base64 } from './digest.js';
import { bytesToInteger, parsePublic, type Group, type RandomBytes } from './group.js';
import { Malformed } from './malformed.js';
import { printTally, type EncryptedTally } from './tally.js';

/** What a test tally is made of: known votes, one for each choice of one question, and the key of a board. */
export interface RehearsedVotes {
  readonly boardId: string;
  readonly rehearsalId: string;
  /** As the board published it. */
  readonly publicKey: string;
  readonly votes: readonly number[];
}

/** What holders are asked to decrypt is not what its votes give: perhaps ballots of electors. */
export class OtherTally extends Error {
  constructor() {
    super(
      'what the portal asks you to decrypt is not the rehearsal of its votes: nothing was decrypted; tell the other members and an auditor',
    );
    this.name = 'OtherTally';
  }
}

/**
 * The one test tally of these votes. Its randomness is a hash of what it is made of: whoever wants a holder's power of
 * another number, of a ballot say, cannot have it put there, and anybody makes the same tally. Throws `Malformed`.
 */
export function rehearsalTally(group: Group, rehearsed: RehearsedVotes): EncryptedTally {
  const publicKey = parsePublic(group, rehearsed.publicKey, 'publicKey');
  const question = rehearsed.votes.map((number, i) => {
    if (!Number.isSafeInteger(number) || number < 0) throw new Malformed('votes', 'not numbers of votes');
    const r = randomness(group, rehearsed, i);
    return {
      alpha: group.g.exp(r),
      beta: group.mul(group.exp(publicKey, r), group.g.exp(BigInt(number))),
    };
  });
  return [question];
}

/** What stands for the fingerprint of an election in the proofs of a rehearsal. */
export function rehearsalFingerprint(boardId: string, rehearsalId: string): string {
  return sha256Base64(`isoloir/rehearsal/v1\n${boardId}\n${rehearsalId}`);
}

/**
 * Decrypts the test tally of these votes with the share of a seat: the text to send. `tally` is what the portal shows;
 * it is compared, and never what is decrypted. Throws `OtherTally`, `Malformed`.
 */
export function decryptRehearsalTally(
  group: Group,
  rehearsed: RehearsedVotes & { readonly tally: string },
  share: bigint,
  random: RandomBytes,
): string {
  const { boardId, rehearsalId, tally } = rehearsed;
  const made = rehearsalTally(group, rehearsed);
  if (printTally(group, made) !== tally) throw new OtherTally();
  const election = { fingerprint: rehearsalFingerprint(boardId, rehearsalId) };
  return printDecryption(group, decryptTally(group, election, made, share, random));
}

/** The exponent of the choice of this number, in [0, q): of 512 bits, so that the bias is below 2⁻²⁵⁵. */
function randomness(
  { order }: Group,
  { boardId, rehearsalId, publicKey, votes }: RehearsedVotes,
  choice: number,
): bigint {
  const of = [boardId, publicKey, rehearsalId, votes.join(), choice].join('|');
  const half = (i: number) =>
    bytesToInteger(sha256(new TextEncoder().encode(`isoloir/rehearsal/v1|${i}|${of}`)));
  return ((half(0) << 256n) + half(1)) % order;
}
