import type { BoxEvent } from '../../events/box.events.js';
import type { LedgerEvent } from '../../events/codec.js';
import type { BatchDecider, Outcome } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  absentBox,
  evolveBox,
  usedRecently,
  type Box,
  type Deposit,
  type UsedUp,
} from './box-state.decider.js';

/** A vote that was verified: roll, credential, signature and proofs hold. Whether it may still be cast is decided here. */
export interface Vote {
  readonly tag: string;
  readonly credential: string;
  readonly reference: string;
  /** The α of its ciphertexts; none while it is not verified, so that a refusal tells nobody what is in the box. */
  readonly alphas: readonly string[];
  /** Canonical text, as it was cast. */
  readonly ballot: string;
  /** When it came, and the minute of the sign-in of its session. */
  readonly receivedAt: string;
  readonly signedInAt: string;
  /** What `box_index` knew to be used at the revision from which the stream is read. */
  readonly before: {
    readonly signed: boolean;
    readonly credentialUsed: boolean;
    readonly alphaUsed: boolean;
    readonly deposit?: Deposit | undefined;
  };
}

type VotesCast = Extract<BoxEvent, { type: 'VotesCast' }>;

/** Decides a batch of votes into one event in which nothing says which signature came with which ballot (design 3). */
export const ballotBox: BatchDecider<Box, Vote, LedgerEvent> & {
  decideBatch(
    votes: readonly Vote[],
    box: Box,
    now: string,
  ): { events: readonly VotesCast[]; outcomes: readonly Outcome[] };
} = {
  initial: absentBox,
  evolve: evolveBox,

  decideBatch(votes, box, now) {
    const used = usedRecently(box);
    const accepted: Vote[] = [];
    const outcomes = votes.map((vote): Outcome => {
      const outcome = judge(vote, box, used);
      if (outcome === 'accepted') {
        accepted.push(vote);
        use(vote, used);
      }
      return outcome;
    });
    if (accepted.length === 0 || box.phase === 'absent') return { events: [], outcomes };
    const at = `${now.slice(0, 17)}00.000Z`; // no finer than the minute (F77)
    const { scrutinId, batches } = box;
    return {
      events: [{ type: 'VotesCast', data: { scrutinId, batch: batches + 1, ...unlinked(accepted), at } }],
      outcomes,
    };
  },
};

/** Both sides sorted by values that know nothing of each other: no order joins them. */
function unlinked(votes: readonly Vote[]): { signatures: string[]; ballots: string[] } {
  return {
    signatures: votes.map(({ tag }) => tag).sort(),
    ballots: votes.toSorted((a, b) => (a.reference < b.reference ? -1 : 1)).map(({ ballot }) => ballot),
  };
}

/**
 * The box and the register first, so that a vote that was counted is acknowledged again whatever the phase is by now
 * (DH-6); then whether voting goes on.
 */
function judge({ before, ...vote }: Vote, box: Box, used: UsedUp): Outcome {
  const signed = before.signed || used.tags.has(vote.tag);
  const deposited = before.deposit ?? used.references.get(vote.reference);
  if (signed && deposited) return 'already-done';
  if (signed) return new Refusal('vote.already-voted', 'This elector has voted in this scrutin.');
  if (deposited || before.credentialUsed || used.credentials.has(vote.credential))
    return new Refusal(
      'vote.credential-used',
      'Another ballot was cast with this voting code: ask for another code.',
    );
  const refusal = phaseRefusal(vote, box);
  if (refusal) return refusal;
  if (before.alphaUsed || vote.alphas.some((alpha) => used.alphas.has(alpha)))
    return new Refusal(
      'vote.repeated-randomness',
      'A ballot of the box was made with the same randomness: prepare this one again.',
    );
  return 'accepted';
}

/** Open from the opening to the closing, and for sessions from before it until the end of the grace period (CGFP 563). */
function phaseRefusal(
  { receivedAt, signedInAt }: Pick<Vote, 'receivedAt' | 'signedInAt'>,
  box: Box,
): Refusal | undefined {
  if (box.phase === 'absent' || receivedAt < box.opensAt)
    return new Refusal('vote.not-open', 'Voting in this scrutin has not begun.');
  if (box.phase === 'suspended')
    return new Refusal('vote.suspended', 'Voting in this scrutin is suspended: nothing was recorded.');
  if (box.phase === 'frozen' || receivedAt >= graceEnd(box))
    return new Refusal('vote.not-open', 'Voting in this scrutin is over.');
  if (receivedAt >= box.closesAt && signedInAt >= box.closesAt)
    return new Refusal('vote.not-open', 'Voting is over for who signed in after the closing.');
  return undefined;
}

/** The last instant at which a vote may come in; the freeze follows a minute later. */
export function graceEnd({ closesAt, graceMinutes }: { closesAt: string; graceMinutes: number }): string {
  return new Date(Date.parse(closesAt) + graceMinutes * 60_000).toISOString();
}

function use({ tag, credential, reference, alphas }: Vote, used: UsedUp): void {
  used.tags.add(tag);
  used.credentials.add(credential);
  for (const alpha of alphas) used.alphas.add(alpha);
  used.references.set(reference, { batch: 0, at: '' }); // of the batch being made: `depositOf` says where
}

/** Where the ballot of each vote lies that was accepted or was there already; undefined for the others. */
export function depositsOf(
  votes: readonly Vote[],
  box: Box,
  events: readonly VotesCast[],
): (Deposit | undefined)[] {
  const { references } = usedRecently(box);
  for (const { data } of events) {
    const made = { batch: data.batch, at: data.at };
    const ballots = new Set(data.ballots);
    for (const { ballot, reference } of votes) if (ballots.has(ballot)) references.set(reference, made);
  }
  return votes.map(({ before, reference }) => before.deposit ?? references.get(reference));
}
