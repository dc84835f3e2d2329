import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { RecheckTask } from './recheck-worker.js';
import { workerFile } from './worker-file.js';

const IDLE = 60_000; // milliseconds that a thread waits for more

/** Verifies ballots a second time by libsodium, in threads that give way to those that take votes. */
export class Rechecker {
  private pool: Promise<Piscina<RecheckTask, number[]>> | undefined;

  constructor(private readonly threads = availableParallelism()) {}

  /** The places of the ballots that are not valid. */
  async refused(task: RecheckTask): Promise<number[]> {
    this.pool ??= this.start();
    return (await this.pool).run(task);
  }

  /** Ends the threads; what is under way is finished first. */
  async close(): Promise<void> {
    const pool = await this.pool;
    this.pool = undefined;
    await pool?.close();
  }

  private async start(): Promise<Piscina<RecheckTask, number[]>> {
    return new Piscina<RecheckTask, number[]>({
      filename: await workerFile('recheck-worker'),
      name: 'recheck',
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: IDLE,
    });
  }
}
