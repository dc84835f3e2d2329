import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position } from '../ledger/event-store.js';
import type { Database } from '../storage/database.js';
import { assistance } from './assistance.projection.js';
import { boards } from './boards.projection.js';
import { boxes } from './boxes.projection.js';
import { boxIndex } from './box-index.projection.js';
import { claims } from './claims.projection.js';
import { elections } from './elections.projection.js';
import { earlierTurnouts } from './earlier-turnout.projection.js';
import { electors } from './electors.projection.js';
import { journal } from './journal.projection.js';
import { staffChanges } from './staff-changes.projection.js';
import { mailings } from './mailings.projection.js';
import { mailStatus } from './mail-status.projection.js';
import { named } from './named.projection.js';
import { notices } from './notices.projection.js';
import { schemaOf, type Projection } from './projection.js';
import { register } from './register.projection.js';
import { Runner, type RunnerState } from './runner.js';
import { scrutins } from './scrutins.projection.js';
import { turnout } from './turnout.projection.js';
import { reassorts } from './reassorts.projection.js';
import { tallies } from './tallies.projection.js';

/** Every read model of the service. */
export const allProjections: readonly Projection[] = [
  assistance,
  boards,
  boxes,
  boxIndex,
  claims,
  elections,
  earlierTurnouts,
  electors,
  journal,
  staffChanges,
  mailings,
  mailStatus,
  named,
  notices,
  reassorts,
  register,
  scrutins,
  tallies,
  turnout,
];

export interface ProjectionStatus {
  readonly name: string;
  readonly schema: string;
  readonly position: Position | undefined;
  /** Events applied since the last rebuild. */
  readonly events: number;
  /** Whether it has passed the head of the ledger. */
  readonly upToDate: boolean;
}

const POLL = 15; // milliseconds between two looks at a checkpoint that another instance moves

/** Runs the read models of this instance and tells how far they are, whichever instance feeds them. */
export class Projections {
  private readonly runners = new Map<string, Runner>();
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly projections: readonly Projection[] = allProjections,
    /** Told when a projection stops because it cannot apply an event. */
    private readonly onFailure: (error: Error) => void = () => undefined,
  ) {}

  start(): void {
    for (const projection of this.projections) {
      this.runners.set(projection.name, new Runner(projection, this.store, this.database, this.onFailure));
    }
    this.running = Promise.all([...this.runners.values()].map((runner) => runner.run(this.stopping.signal)));
  }

  /** Finishes the transactions in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** What the runners of this instance are doing. */
  states(): ReadonlyMap<string, RunnerState> {
    return new Map([...this.runners].map(([name, { state }]) => [name, state]));
  }

  /** How far each read model is. Throws `Unavailable` when the ledger cannot say where its head is. */
  async status(): Promise<ProjectionStatus[]> {
    const head = await this.store.head();
    return Promise.all(
      this.projections.map(async (projection) => {
        const { position, events } = await this.checkpoint(projection);
        const upToDate = head === undefined || (position !== undefined && position >= head);
        return { name: projection.name, schema: schemaOf[projection.role], position, events, upToDate };
      }),
    );
  }

  /**
   * Waits until a read model shows an event: read your own writes. False when it did not within `limit` milliseconds;
   * the page then says that it may lag.
   */
  async waitFor(name: string, position: Position | undefined, limit: number): Promise<boolean> {
    const projection = this.find(name);
    if (position === undefined) return true;
    const deadline = performance.now() + limit;
    while (performance.now() < deadline) {
      const { position: passed } = await this.checkpoint(projection);
      if (passed !== undefined && passed >= position) return true;
      await sleep(POLL);
    }
    return false;
  }

  /**
   * Empties a read model, so that its holder fills it again from the first event; the live one notices by itself.
   * Gives the number of events that it had applied.
   */
  async reset(name: string): Promise<number> {
    const projection = this.find(name);
    return this.database.transaction(projection.role, async (tx) => {
      const checkpoints = `${schemaOf[projection.role]}.checkpoints`;
      const { rows } = await tx.query<{ events: number }>(
        `select events from ${checkpoints} where name = $1 for update`,
        [name],
      );
      await tx.query(`truncate ${projection.tables.join(', ')}`);
      await tx.query(`update ${checkpoints} set position = null, events = 0 where name = $1`, [name]);
      await tx.query("select pg_notify('isoloir_checkpoints', $1)", [name]);
      return rows[0]?.events ?? 0;
    });
  }

  private find(name: string): Projection {
    const projection = this.projections.find((one) => one.name === name);
    if (!projection) throw new RangeError(`no projection is called ${name}`);
    return projection;
  }

  private async checkpoint({
    name,
    role,
  }: Projection): Promise<{ position: Position | undefined; events: number }> {
    const { rows } = await this.database
      .pool(role)
      .query<{ position: Position | null; events: number }>(
        `select position, events from ${schemaOf[role]}.checkpoints where name = $1`,
        [name],
      );
    return { position: rows[0]?.position ?? undefined, events: rows[0]?.events ?? 0 };
  }
}
