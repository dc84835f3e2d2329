import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { audit, type AuditAnswer, type AuditTask, type AuditVerifier } from './audit-worker.js';
import { auditWorkerFile } from './worker-file.js';

/** Below so many ballots, threads take longer to start than the ballots to check. */
const WORTH_THREADS = 150;

/** Checks ballots on all cores; the first few here. */
export class BallotPool {
  private seen = 0;
  private waiting = 0;
  private pool: Promise<Piscina<AuditTask, AuditAnswer>> | undefined;

  constructor(
    private readonly threads = availableParallelism(),
    private readonly verifier: AuditVerifier = 'sodium',
  ) {}

  /** The answer to a task; waits while many are under way, so that memory stays bounded. */
  async check(ballots: Omit<AuditTask, 'verifier'>): Promise<AuditAnswer> {
    const task = { ...ballots, verifier: this.verifier };
    this.seen += task.ballots.length;
    if (this.threads === 0 || (this.pool === undefined && this.seen < WORTH_THREADS)) return audit(task);
    this.pool ??= this.start();
    const pool = await this.pool;
    this.waiting += 1;
    try {
      return await pool.run(task);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Whether whoever reads on should wait first. */
  get busy(): boolean {
    return this.waiting > 4 * this.threads;
  }

  async close(): Promise<void> {
    await (await this.pool)?.destroy();
  }

  private async start(): Promise<Piscina<AuditTask, AuditAnswer>> {
    return new Piscina<AuditTask, AuditAnswer>({
      filename: await auditWorkerFile(),
      name: 'audit',
      minThreads: this.threads,
      maxThreads: this.threads,
    });
  }
}
