import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position } from '../ledger/event-store.js';
import type { Database } from '../storage/database.js';
import { Dispatcher } from './dispatcher.js';
import type { Reaction } from './reaction.js';
import { Runner, type Fed } from './runner.js';

export interface ReactionStatus {
  readonly name: string;
  readonly paused: boolean;
  readonly position: Position | undefined;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
}

const POLL = 1_000; // milliseconds until a pause or its end is noticed

/**
 * Runs the reactions of this instance. Each has an intake, which claims events into the outbox in the same transaction as
 * its checkpoint (so an event is claimed once), and a dispatcher. A new reaction starts at the head of the ledger, and
 * after a restore it stays paused until an operator says from where.
 */
export class Reactions {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly reactions: readonly Reaction[],
    private readonly onFailure: (error: Error) => void = () => undefined,
  ) {}

  start(): void {
    this.running = Promise.all(this.reactions.map((reaction) => this.keep(reaction)));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  async status(): Promise<ReactionStatus[]> {
    const { rows } = await this.database.pool('reactions').query<ReactionStatus>(
      `select name, paused, position, count(*) filter (where state = 'waiting') as waiting,
              count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed
         from reactions.checkpoints left join reactions.outbox on reaction = name group by name order by name`,
    );
    return rows.map((row) => ({ ...row, position: row.position ?? undefined }));
  }

  /** Stops a reaction on all instances, within seconds, until it is resumed. */
  async pause(name: string): Promise<void> {
    await this.set(name, 'paused = true', []);
  }

  /** Tries again what was given up after many tries, such as mails during a long outage of the mail server. */
  async retry(name: string): Promise<number> {
    const { rowCount } = await this.database.pool('reactions').query(
      `update reactions.outbox set state = 'waiting', attempts = 0, next_try = now()
        where reaction = $1 and state = 'failed'`,
      [name],
    );
    return rowCount ?? 0;
  }

  /** Lets a paused reaction go on: after its checkpoint, after the head (what came meanwhile is never answered), or after a position. */
  async resume(name: string, from: 'checkpoint' | 'head' | Position): Promise<void> {
    if (from === 'checkpoint') await this.set(name, 'paused = false', []);
    else {
      const position = from === 'head' ? await this.store.head() : from;
      await this.set(name, 'paused = false, position = $2', [position]);
    }
  }

  private async set(name: string, change: string, values: unknown[]): Promise<void> {
    const pool = this.database.pool('reactions');
    const { rowCount } = await pool.query(`update reactions.checkpoints set ${change} where name = $1`, [
      name,
      ...values,
    ]);
    if (rowCount === 0) throw new RangeError(`no reaction is called ${name}`);
    await pool.query("select pg_notify('isoloir_checkpoints', $1)", [name]);
  }

  /** Starts and stops intake and dispatcher as the reaction is resumed and paused. */
  private async keep(reaction: Reaction): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await registerReactions(this.store, this.database, [reaction.name]);
        if (!(await this.paused(reaction.name))) await this.runUntilPaused(reaction);
      } catch {
        // The database or the ledger is away: look again.
      }
      await sleep(POLL, undefined, { signal }).catch(() => undefined);
    }
  }

  private async runUntilPaused(reaction: Reaction): Promise<void> {
    const pause = new AbortController();
    const over = AbortSignal.any([this.stopping.signal, pause.signal]);
    const dispatcher = new Dispatcher(reaction, this.store, this.database.pool('reactions'), this.onFailure);
    // Only the holder of the name dispatches, so that the rate holds over all instances.
    const intake = new Runner(intakeOf(reaction, dispatcher), this.store, this.database, this.onFailure);
    const watch = async () => {
      while (!over.aborted) {
        if (await this.paused(reaction.name).catch(() => false)) pause.abort();
        await sleep(POLL, undefined, { signal: over }).catch(() => undefined);
      }
    };
    await Promise.all([intake.run(over), watch()]);
  }

  private async paused(name: string): Promise<boolean> {
    const { rows } = await this.database
      .pool('reactions')
      .query<{ paused: boolean }>('select paused from reactions.checkpoints where name = $1', [name]);
    return rows[0]?.paused ?? true;
  }
}

/**
 * Has reactions start after what is in the ledger now, unless they began before. To be called before the first event that
 * they are to answer; a running instance does it by itself.
 */
export async function registerReactions(
  store: EventStore,
  database: Database,
  names: readonly string[],
): Promise<void> {
  const head = await store.head();
  await database
    .pool('reactions')
    .query(
      'insert into reactions.checkpoints (name, position) select unnest($1::text[]), $2 on conflict do nothing',
      [names, head],
    );
}

/** What became of the answers to events: waiting, done, or given up. An event that nobody answers is not in it. */
export async function outcomesOf(
  database: Database,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, 'waiting' | 'done' | 'failed'>> {
  const { rows } = await database
    .pool('reactions')
    .query<{ event_id: string; state: 'waiting' | 'done' | 'failed' }>(
      'select event_id, state from reactions.outbox where event_id = any ($1)',
      [eventIds],
    );
  return new Map(rows.map(({ event_id, state }) => [event_id, state]));
}

/** Streams whose events were given up, newest claim first: their mails never left. */
export async function givenUp(
  database: Database,
  names: readonly string[],
  limit: number,
): Promise<string[]> {
  const { rows } = await database
    .pool('reactions')
    .query<{ stream: string }>(
      `select stream from reactions.outbox where state = 'failed' and reaction = any ($1) order by claimed desc limit $2`,
      [names, limit],
    );
  return rows.map(({ stream }) => stream);
}

/** Claims the events that a reaction wants. */
function intakeOf(reaction: Reaction, dispatcher: Dispatcher): Fed {
  return {
    name: reaction.name,
    role: 'reactions',
    alongside: (signal) => dispatcher.run(signal),
    apply: ({ event, id, stream, revision }) =>
      reaction.wants(event)
        ? [{ name: 'claim', text: CLAIM, rows: [[reaction.name, id, stream, revision]] }]
        : [],
  };
}

const CLAIM = `insert into reactions.outbox (reaction, event_id, stream, revision)
  select reaction, event_id, stream, revision
    from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) with ordinality as g(reaction, event_id, stream, revision, place)
    order by place
  on conflict do nothing`;
