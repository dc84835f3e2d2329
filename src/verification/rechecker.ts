import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { RecheckTask, Verdicts } from './recheck-worker.js';
import { workerFile } from './worker-file.js';

const IDLE = 60_000; // milliseconds that a thread waits for more

/** Verifies ballots a second time by libsodium, in threads that give way to those that take votes. */
export class Rechecker {
  private pool: Promise<Piscina<RecheckTask, Verdicts>> | undefined;

  constructor(readonly threads = availableParallelism()) {}

  /** The ballots of these events that are not valid. */
  async check(task: RecheckTask): Promise<Verdicts> {
    this.pool ??= this.start();
    return (await this.pool).run(task);
  }

  /** Ends the threads with what they have in hand, which nobody waits for any more. */
  async close(): Promise<void> {
    const pool = await this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }

  private async start(): Promise<Piscina<RecheckTask, Verdicts>> {
    return new Piscina<RecheckTask, Verdicts>({
      filename: await workerFile('recheck-worker'),
      name: 'recheck',
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: IDLE,
    });
  }
}
