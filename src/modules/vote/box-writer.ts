import { Conflict, Refusal } from '../../ledger/refusal.js';
import type { Outcome } from '../../ledger/decider.js';
import { minBatch } from '../../events/box.events.js';
import type { Vote } from './ballot-box.decider.js';
import type { Deposit } from './box-state.decider.js';

/** A vote that waits for its batch: all but what is looked up when the batch is made. */
export type WaitingVote = Omit<Vote, 'before'>;

/** When a batch is sealed. Milliseconds and bytes. */
export interface Pace {
  /** How long a batch waits for more votes. */
  readonly wait: number;
  /** How long while it has fewer votes than `minBatch`. */
  readonly thinWait: number;
  /** How large it gets: an event of the ledger holds 900 KiB. */
  readonly bytes: number;
  /** After so long a vote is no longer tried, and its elector told to ask again. */
  readonly deadline: number;
}

export const defaultPace: Pace = { wait: 1_000, thinWait: 1_000, bytes: 512 * 1024, deadline: 25_000 };

/** What became of one vote of an append: where it lies, or why not. */
export type Written = Deposit | Refusal;

/** Appends votes as one event, or throws with nothing said of any of them. */
export type AppendVotes = (votes: readonly WaitingVote[], deadline: number) => Promise<readonly Written[]>;

interface Waiting {
  readonly vote: WaitingVote;
  readonly bytes: number;
  readonly since: number;
  readonly resolve: (deposit: Deposit) => void;
  readonly reject: (error: Error) => void;
}

const MOST_VOTES = 5_000;

/**
 * Gathers the votes of one scrutin into batches, each one append (design 3, point 2). Votes are kept in memory only: who
 * has no answer asks again with the same ballot, and it is counted once.
 */
export class BoxWriter {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private appending: Promise<void> | undefined;
  private hurried = false;

  constructor(
    private readonly append: AppendVotes,
    private readonly pace: Pace = defaultPace,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Resolves when the vote is durable. Rejects with a `Refusal`, or with what the ledger threw: then it may be there. */
  add(vote: WaitingVote): Promise<Deposit> {
    return new Promise((resolve, reject) => {
      const bytes = JSON.stringify(vote.ballot).length + 68; // as the event will hold it, with its signature
      this.waiting.push({ vote, bytes, since: this.now(), resolve, reject });
      this.bytes += bytes;
      this.wake();
    });
  }

  /** From now on every vote is written at once: this instance is stopping. */
  hurry(): void {
    this.hurried = true;
    this.wake();
  }

  /** Nothing waits and nothing is being written. */
  get idle(): boolean {
    return this.waiting.length === 0 && this.appending === undefined;
  }

  /** One append at a time: two of one instance would only race each other. */
  private wake(): void {
    if (this.appending || this.waiting.length === 0) return;
    clearTimeout(this.timer);
    const left = this.timeLeft();
    if (left > 0) {
      this.timer = setTimeout(() => {
        this.wake();
      }, left);
      return;
    }
    this.appending = this.write(this.nextBatch()).finally(() => {
      this.appending = undefined;
      this.wake();
    });
  }

  /** Milliseconds until the batch is due; 0 when it is. */
  private timeLeft(): number {
    const [first] = this.waiting;
    if (!first || this.hurried || this.bytes >= this.pace.bytes || this.waiting.length >= MOST_VOTES)
      return 0;
    const wait = this.waiting.length < minBatch ? this.pace.thinWait : this.pace.wait;
    return Math.max(0, Math.ceil(first.since + wait - this.now()));
  }

  private nextBatch(): Waiting[] {
    let bytes = 0;
    const fits = (one: Waiting, index: number) => {
      bytes += one.bytes;
      return index === 0 || (bytes <= this.pace.bytes && index < MOST_VOTES);
    };
    const end = this.waiting.findIndex((one, index) => !fits(one, index));
    const batch = this.waiting.splice(0, end === -1 ? this.waiting.length : end);
    for (const one of batch) this.bytes -= one.bytes;
    return batch;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      const first = batch[0] as Waiting;
      const deadline = first.since + this.pace.deadline;
      const written = await this.append(
        batch.map(({ vote }) => vote),
        deadline,
      );
      batch.forEach((one, index) => {
        const outcome = written[index];
        if (outcome === undefined) one.reject(new Conflict('a vote was left without an outcome'));
        else if (outcome instanceof Refusal) one.reject(outcome);
        else one.resolve(outcome);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }
}

/** A refusal as it is, otherwise where the vote lies. */
export function writtenOf(outcome: Outcome, deposit: Deposit | undefined): Written {
  if (outcome instanceof Refusal) return outcome;
  if (deposit) return deposit;
  throw new TypeError('a vote was accepted and is nowhere');
}
