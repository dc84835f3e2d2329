import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type {
  Combined,
  CombineTask,
  DecryptionTask,
  DecryptionVerdict,
  Sum,
  SumTask,
} from './count-worker.js';
import { workerFile } from './worker-file.js';

const IDLE = 60_000; // milliseconds that a thread waits for more: a count is over in a minute

/** The arithmetic of the count, on all cores, started when it is first needed. */
export class CountVerifier {
  private pool: Promise<Piscina> | undefined;

  constructor(readonly threads = availableParallelism()) {}

  /** The product of the ballots of these events, as the text of an encrypted tally. */
  sum(task: SumTask): Promise<Sum> {
    return this.run('sum', task);
  }

  /** The verdict on one partial decryption. */
  judge(task: DecryptionTask): Promise<DecryptionVerdict> {
    return this.run('judge', task);
  }

  /** The result that decryptions give together. */
  combine(task: CombineTask): Promise<Combined> {
    return this.run('combine', task);
  }

  /** Ends the threads; what is under way is finished first. */
  async close(): Promise<void> {
    const pool = await this.pool;
    this.pool = undefined;
    await pool?.close();
  }

  private async run<T>(name: string, task: unknown): Promise<T> {
    this.pool ??= this.start();
    return (await (await this.pool).run(task, { name })) as T;
  }

  private async start(): Promise<Piscina> {
    return new Piscina({
      filename: await workerFile('count-worker'),
      minThreads: 0,
      maxThreads: this.threads,
      idleTimeout: IDLE,
    });
  }
}
