import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutValues, type Log } from './operations/log.js';
import type { Readiness } from './operations/readiness.js';
import { isDisconnection, type Database } from './storage/database.js';
import { whileHolding } from './storage/session-lock.js';

/** Work that comes back. It may be cut short and repeated anywhere: what it does must be idempotent. */
export type Task = (signal: AbortSignal) => Promise<void>;

interface Entry {
  readonly name: string;
  readonly seconds: number;
  readonly task: Task;
  /** Failures since it last went well, and the newest reason. */
  failures: number;
  reason: string | undefined;
}

const STANDBY = 1_000; // milliseconds until the next try after the lock was lost
/** A task that fails so often in a row is not a hiccup: readiness says so. */
const TOLERATED = 3;

/**
 * What happens by the clock: opening, closing, freezing, checkpoints. All instances try to hold the session lock of this
 * name; the one that does runs every task, each on its own beat and never twice at once. Another one takes over within a
 * second of its death. Between two holders a task may overlap with itself for a moment, so deciders judge, not the lock.
 */
export class Scheduler {
  private readonly entries: Entry[] = [];
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private held = false;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
    private readonly readiness: Readiness,
    private readonly lockName = 'scheduler',
  ) {}

  /** Whether this instance is the one that runs the tasks. */
  get holding(): boolean {
    return this.held;
  }

  /** Runs a task at once and then again `seconds` after each end. Before `start` only. */
  every(name: string, seconds: number, task: Task): void {
    if (this.entries.some((entry) => entry.name === name))
      throw new RangeError(`two tasks are called ${name}`);
    const entry: Entry = { name, seconds, task, failures: 0, reason: undefined };
    this.entries.push(entry);
    this.readiness.register(`task ${name}`, () =>
      Promise.resolve(entry.failures >= TOLERATED ? entry.reason : undefined),
    );
  }

  start(): void {
    this.running = this.run(this.stopping.signal);
  }

  /** Lets the tasks in hand end, then lets go of the lock. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.hold(signal);
      } catch (err) {
        if (!isDisconnection(err))
          this.log.pino.error({ err }, 'the scheduler lost its lock and tries again');
      }
      await sleep(STANDBY, undefined, { signal }).catch(() => undefined);
    }
  }

  private hold(signal: AbortSignal): Promise<void> {
    const connect = () => this.database.connect('register');
    return whileHolding(connect, { family: 86466, name: this.lockName }, signal, async (_, over) => {
      this.held = true;
      setMaxListeners(0, over); // as many as there are tasks, which is no leak
      try {
        await Promise.all(this.entries.map((entry) => this.repeat(entry, over)));
      } finally {
        this.held = false;
        for (const entry of this.entries) entry.failures = 0; // whoever holds the lock next says how it goes
      }
    });
  }

  private async repeat(entry: Entry, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.perform(entry, over);
      await sleep(entry.seconds * 1_000, undefined, { signal: over }).catch(() => undefined);
    }
  }

  private async perform(entry: Entry, over: AbortSignal): Promise<void> {
    try {
      await entry.task(over);
      entry.failures = 0;
    } catch (err) {
      if (over.aborted) return;
      entry.failures += 1;
      entry.reason = withoutValues(err instanceof Error ? err.message : 'failed');
      this.log.pino.error({ err, task: entry.name }, 'a scheduled task failed and will be tried again');
    }
  }
}
