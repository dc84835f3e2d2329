import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { BallotVerdict } from '../crypto/ballot-checks.js';
import type { VerifierName } from '../crypto/server-checks.js';
import type { BallotTask } from './ballot-worker.js';
import { workerFile } from './worker-file.js';

export interface BallotVerifierOptions {
  /** Threads; as many as there are cores when absent. */
  readonly threads?: number;
  /** How many ballots may wait before `check` rejects; no limit when absent. */
  readonly maxQueue?: number;
  /** libsodium when absent. */
  readonly verifier?: VerifierName;
}

/** Checks ballots on all cores. One for a process; `close` ends its threads. */
export class BallotVerifier {
  private constructor(
    private readonly pool: Piscina<BallotTask, BallotVerdict>,
    private readonly verifier: VerifierName,
  ) {}

  /** Starts the threads. */
  static async start(options: BallotVerifierOptions = {}): Promise<BallotVerifier> {
    const threads = options.threads ?? availableParallelism();
    return new BallotVerifier(
      new Piscina<BallotTask, BallotVerdict>({
        filename: await workerFile(),
        name: 'check',
        minThreads: threads,
        maxThreads: threads,
        ...(options.maxQueue !== undefined && { maxQueue: options.maxQueue }),
      }),
      options.verifier ?? 'sodium',
    );
  }

  /**
   * The verdict on a text as a ballot of the election whose `election.json` is given; see `checkBallot`.
   * Rejects when the election itself is malformed, when too many ballots wait, and once closed.
   */
  check(election: string, ballot: string): Promise<BallotVerdict> {
    return this.pool.run({ election, ballot, verifier: this.verifier });
  }

  /** Ends the threads; ballots under way are finished first. */
  close(): Promise<void> {
    return this.pool.close();
  }
}
