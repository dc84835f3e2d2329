import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Client } from 'pg';
import { decoded } from '../ledger/decoded.js';
import type { EventStore, Position, StoredEvent } from '../ledger/event-store.js';
import { TakingTurns } from '../ledger/giving-way.js';
import { isDisconnection, type Database } from '../storage/database.js';
import { whileHolding } from '../storage/session-lock.js';
import { queriesOf, schemaOf, type Query, type Recorded, type Statement } from './projection.js';

/** What a runner feeds: a projection, or the intake of a reaction. */
export interface Fed {
  readonly name: string;
  readonly role: keyof typeof schemaOf;
  apply(recorded: Recorded): readonly Statement[] | Promise<readonly Statement[]>;
  /** What else only the holder of the name does, until the signal aborts. */
  alongside?(signal: AbortSignal): Promise<void>;
}

/** What a runner is doing. `failed` is for good until a restart: an event could not be applied. */
export type RunnerState =
  { readonly phase: 'standby' | 'running' | 'ended' } | { readonly phase: 'failed'; readonly reason: string };

/** Somebody else moved the checkpoint: a rebuild, or another holder. The transaction is undone and the runner starts over. */
class Fenced extends Error {}

/** An event that cannot be applied, with its place; the cause says why. */
class CannotApply extends Error {
  constructor(name: string, { stream, revision, type }: StoredEvent, cause: unknown) {
    super(`${name} cannot apply ${type} at ${stream} revision ${revision}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const STANDBY = 1_000; // milliseconds until the next try after a connection was lost

/**
 * Feeds one projection in the order of the ledger. All instances try; the one that holds the session lock of the name
 * works, on the same connection, so that losing the lock is losing the transaction. Checkpoint and rows move together.
 */
export class Runner {
  state: RunnerState = { phase: 'standby' };
  private readonly checkpoints: string;
  private readonly move: string;

  constructor(
    private readonly fed: Fed,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly onFailure: (error: Error) => void = () => undefined,
  ) {
    this.checkpoints = `${schemaOf[fed.role]}.checkpoints`;
    this.move = `update ${this.checkpoints} set position = $3, events = events + $4
      where name = $1 and position is not distinct from $2`;
  }

  /** Runs until the signal aborts or an event cannot be applied. Lost connections are replaced. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.hold(signal);
      } catch (error) {
        if (!(error instanceof Fenced) && !isDisconnection(error)) {
          this.state = { phase: 'failed', reason: (error as Error).message };
          this.onFailure(error as Error);
          return;
        }
        this.state = { phase: 'standby' };
        await sleep(error instanceof Fenced ? 0 : STANDBY, undefined, { signal }).catch(() => undefined);
      }
    }
    this.state = { phase: 'ended' };
  }

  /** Works while this instance is the holder; a rebuild elsewhere makes it begin again. */
  private hold(signal: AbortSignal): Promise<void> {
    const connect = () => this.database.connect(this.fed.role, { pipeline: true });
    return whileHolding(connect, { family: 86465, name: this.fed.name }, signal, async (client, over) => {
      const done = new AbortController();
      await client.query('listen isoloir_checkpoints');
      // Rows and checkpoint are lost together, and made again from the ledger. What the outbox says is not.
      if (this.fed.role !== 'reactions') await client.query('set synchronous_commit = off');
      const alongside = this.fed.alongside?.(AbortSignal.any([over, done.signal]));
      try {
        while (!over.aborted) await this.follow(client, over);
      } finally {
        done.abort();
        await alongside;
      }
    });
  }

  private async follow(client: Client, over: AbortSignal): Promise<void> {
    const moved = new AbortController();
    const onNotice = ({ payload }: pg.Notification) => {
      if (payload === this.fed.name) moved.abort();
    };
    client.on('notification', onNotice);
    try {
      let position = await this.checkpoint(client);
      this.state = { phase: 'running' };
      for await (const page of this.store.subscribe(position, AbortSignal.any([over, moved.signal]))) {
        position = await this.applyPage(client, position, page);
      }
    } finally {
      client.off('notification', onNotice);
    }
  }

  /** The whole page in one transaction; if that fails, event by event, to get as far as possible and name the culprit. */
  private async applyPage(
    client: Client,
    from: Position | undefined,
    page: readonly StoredEvent[],
  ): Promise<Position | undefined> {
    try {
      return await this.commit(client, from, page);
    } catch (error) {
      if (page.length === 1 || error instanceof Fenced || isDisconnection(error)) throw error;
      let position = from;
      for (const event of page) position = await this.commit(client, position, [event]);
      return position;
    }
  }

  private async commit(
    client: Client,
    from: Position | undefined,
    page: readonly StoredEvent[],
  ): Promise<Position | undefined> {
    const position = page.at(-1)?.position ?? from;
    // Sent as they are made: the connection pipelines, so a page costs little more than one exchange.
    const sent: Promise<pg.QueryResult>[] = [];
    const send = (query: string | Query) => {
      const result = client.query(query);
      result.catch(() => undefined); // all are looked at below
      sent.push(result);
    };
    try {
      send('begin');
      const statements: Statement[] = [];
      const turns = new TakingTurns();
      for (const stored of page) {
        statements.push(...(await this.statements(stored)));
        await turns.next();
      }
      for (const query of queriesOf(statements)) {
        send(query);
        await turns.next();
      }
      send({ name: 'move', text: this.move, values: [this.fed.name, from, position, page.length] });
      const moved = (await Promise.all(sent)).at(-1);
      if (moved?.rowCount !== 1)
        throw new Fenced(`${this.fed.name}: the checkpoint is no longer at ${from ?? 'the start'}`);
      await client.query('commit');
      return position;
    } catch (error) {
      await client.query('rollback').catch(() => undefined); // of a lost connection there is nothing to undo
      const [only] = page;
      const explained = error instanceof Fenced || isDisconnection(error) || page.length !== 1 || !only;
      throw explained ? error : new CannotApply(this.fed.name, only, error);
    }
  }

  private statements(stored: StoredEvent): readonly Statement[] | Promise<readonly Statement[]> {
    const { id, stream, revision, position } = stored;
    return this.fed.apply({ event: decoded(stored), id, stream, revision, position });
  }

  private async checkpoint(client: Client): Promise<Position | undefined> {
    const { rows } = await client.query<{ position: Position | null }>(
      `select position from ${this.checkpoints} where name = $1`,
      [this.fed.name],
    );
    if (!rows[0]) throw new Error(`${this.fed.name} has no checkpoint: its migration must insert one`);
    return rows[0].position ?? undefined;
  }
}
