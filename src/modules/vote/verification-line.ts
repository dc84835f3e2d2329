import type { BallotVerdict } from '../../crypto/ballot-checks.js';
import { TooMany } from '../../ledger/refusal.js';

/** Checks the ballots of an election; in the service by threads (src/verification). */
export abstract class BallotChecks {
  /** The verdict on a text as a ballot of the election whose `election.json` is given. */
  abstract check(election: string, ballot: string): Promise<BallotVerdict>;
}

interface Waiting {
  readonly election: string;
  readonly ballot: string;
  readonly resolve: (verdict: BallotVerdict) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A queue for each scrutin, bounded, and served in turn: a rush in one scrutin makes its own electors wait, not those of
 * the others. The signature is checked before the proofs, so that a ballot that nobody signed costs little.
 */
export class VerificationLine {
  private readonly queues = new Map<string, Waiting[]>();
  private running = 0;
  private pace = 10; // milliseconds that one check takes, a moving average

  constructor(
    private readonly checks: BallotChecks,
    /** How many are checked at once. */
    private readonly lanes: number,
    /** How many of one scrutin may wait. */
    private readonly room: number,
  ) {}

  /** Resolves in its turn; throws `TooMany` when too many of this scrutin wait. */
  check(scrutinId: string, election: string, ballot: string): Promise<BallotVerdict> {
    const queue = this.queues.get(scrutinId) ?? [];
    if (queue.length >= this.room) {
      const seconds = (queue.length * this.queues.size * this.pace) / this.lanes / 1_000;
      return Promise.reject(new TooMany(Math.min(Math.max(1, Math.ceil(seconds)), 15)));
    }
    return new Promise((resolve, reject) => {
      queue.push({ election, ballot, resolve, reject });
      this.queues.set(scrutinId, queue);
      this.serve();
    });
  }

  private serve(): void {
    while (this.running < this.lanes) {
      const next = this.next();
      if (!next) return;
      this.running++;
      void this.run(next);
    }
  }

  private async run({ election, ballot, resolve, reject }: Waiting): Promise<void> {
    const began = performance.now();
    try {
      resolve(await this.checks.check(election, ballot));
    } catch (error) {
      reject(error as Error);
    } finally {
      this.running--;
      this.pace += (performance.now() - began - this.pace) / 20;
      this.serve();
    }
  }

  /** The first of the scrutin whose turn it is, which then goes to the end. */
  private next(): Waiting | undefined {
    for (const [scrutinId, queue] of this.queues) {
      this.queues.delete(scrutinId);
      const next = queue.shift();
      if (queue.length > 0) this.queues.set(scrutinId, queue);
      if (next) return next;
    }
    return undefined;
  }
}
