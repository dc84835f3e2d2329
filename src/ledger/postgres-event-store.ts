import { setTimeout as sleep } from 'node:timers/promises';
import { isDisconnection, type Database } from '../storage/database.js';
import {
  EventStore,
  checkAppend,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStream,
  type StoredEvent,
} from './event-store.js';
import { GroupWriter, positionOf } from './group-writer.js';
import { inTime } from './in-time.js';
import { Unavailable } from './refusal.js';
import { SharedPages } from './shared-pages.js';

interface Row {
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  position: number;
}

const COLUMNS = 'stream, revision, id, type, data, "position"';
const PAGE = 500; // events, and
const PAGE_BYTES = 4 * 1024 * 1024; // of data, or one event if it is larger: what a reader holds at once
const POLL = 1_000; // milliseconds; a lost notification costs no more than this

/** The ledger in PostgreSQL tables (migrations/0001_ledger.sql): the embedded default, for any number of instances. */
export class PostgresEventStore extends EventStore {
  private readonly writer: GroupWriter;
  private readonly closing = new AbortController();
  private listening: Promise<void> | undefined;
  private notifications = 0;
  private readonly pages = new SharedPages();
  private readonly sleepers = new Set<() => void>();

  constructor(
    private readonly database: Database,
    /** Milliseconds that a call may take before it throws `Unavailable`. */
    private readonly timeLimit = 10_000,
  ) {
    super();
    this.writer = new GroupWriter(database, timeLimit);
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    checkAppend(stream, events);
    return await this.writer.append(stream, expected, events);
  }

  override async *readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    const backwards = options.direction === 'backwards';
    const [after, order] = backwards ? ['<', 'desc'] : ['>', 'asc'];
    const limit = options.limit ?? Infinity;
    let last = backwards ? (options.from ?? Number.MAX_SAFE_INTEGER - 1) + 1 : (options.from ?? 0) - 1;
    for (let given = 0; given < limit;) {
      const size = Math.min(PAGE, limit - given);
      const page = await this.page(
        `stream = $1 and revision ${after} $2 order by revision ${order} limit $3`,
        `revision ${order}`,
        [stream, last, size],
      );
      yield* page;
      given += page.length;
      const end = page.at(-1);
      if (!end) return;
      last = end.revision;
    }
  }

  override async *readAll(after?: Position, limit = Infinity): AsyncIterable<StoredEvent> {
    let last = after;
    for (let given = 0; given < limit;) {
      const page = await this.pageOfAll(last, Math.min(PAGE, limit - given));
      yield* page;
      given += page.length;
      const end = page.at(-1);
      if (!end) return;
      last = end.position;
    }
  }

  override async *subscribe(
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredEvent[]> {
    const stop = AbortSignal.any([signal, this.closing.signal]);
    this.listening ??= this.listen();
    let last = after;
    let pause = 20;
    while (!stop.aborted) {
      const heard = this.notifications; // read before the page, so that nothing falls in between
      try {
        const page = await this.pages.after(last, heard, () => this.pageOfAll(last, PAGE));
        pause = 20;
        const end = page.at(-1);
        if (end) {
          yield page;
          last = end.position;
        } else if (heard === this.notifications) {
          await this.nextNotification(stop);
        }
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
        pause = Math.min(pause * 2, 1_000);
      }
    }
  }

  override async head(): Promise<Position | undefined> {
    const [row] = await this.query<{ position: number | null }>(
      'select max("position") as "position" from ledger.events',
      [],
    );
    return row?.position ? positionOf(row.position) : undefined;
  }

  override async close(): Promise<void> {
    this.closing.abort();
    await this.writer.close();
    await this.listening;
  }

  private pageOfAll(after: Position | undefined, limit: number): Promise<StoredEvent[]> {
    return this.page('"position" > $1 order by "position" limit $2', '"position"', [
      Number(after ?? 0),
      limit,
    ]);
  }

  /** Rows up to the byte bound; octet_length does not read a large value, so the rest of the page costs nothing. */
  private async page(where: string, order: string, values: readonly unknown[]): Promise<StoredEvent[]> {
    const rows = await this.query<Row>(
      `select ${COLUMNS} from (
         select *, sum(octet_length(data)) over (order by ${order}) - octet_length(data) as before
           from (select ${COLUMNS} from ledger.events where ${where}) chosen
       ) page where before < ${PAGE_BYTES} order by ${order}`,
      values,
    );
    return rows.map((row) => ({ ...row, position: positionOf(row.position) }));
  }

  private async query<R extends object>(text: string, values: readonly unknown[]): Promise<R[]> {
    const limit = this.timeLimit;
    // The connection of a query that was given up is thrown away by its own limit.
    const query = { text, values: [...values], name: statementName(text), query_timeout: limit };
    try {
      const answer = this.database.pool('ledger').query<R>(query);
      return (await inTime(limit, answer, "the ledger's PostgreSQL")).rows;
    } catch (error) {
      if (error instanceof Unavailable || !isDisconnection(error)) throw error;
      throw new Unavailable(`the ledger's PostgreSQL is not there: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Keeps one connection on LISTEN for as long as the store is open; the poll covers its absences. */
  private async listen(): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        const client = await this.database.connect('ledger');
        const ended = new Promise((resolve) => client.once('end', resolve));
        const end = () => void client.end();
        onAbort(this.closing.signal, end);
        client.on('notification', () => {
          this.notify();
        });
        await client.query('listen isoloir_ledger');
        this.notify();
        await ended;
        this.closing.signal.removeEventListener('abort', end);
      } catch {
        await sleep(POLL, undefined, { signal: this.closing.signal }).catch(() => undefined);
      }
    }
  }

  private notify(): void {
    this.notifications += 1;
    for (const wake of this.sleepers) wake();
  }

  /** Resolves at the next notification, the next poll, or the end. */
  private nextNotification(stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(poll);
        this.sleepers.delete(wake);
        stop.removeEventListener('abort', wake);
        resolve();
      };
      const poll = setTimeout(wake, POLL);
      this.sleepers.add(wake);
      stop.addEventListener('abort', wake, { once: true });
      if (stop.aborted) wake();
    });
  }
}

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

const names = new Map<string, string>();

/** A prepared statement for each of our few query texts. */
function statementName(text: string): string {
  let name = names.get(text);
  if (!name) names.set(text, (name = `ledger_${names.size}`));
  return name;
}
