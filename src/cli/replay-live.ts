import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from '../events/codec.js';
import type { EventStore, Position, StoredEvent } from '../ledger/event-store.js';
import type { Projection, Recorded } from '../projections/projection.js';
import { allProjections } from '../projections/projections.js';
import type { Database } from '../storage/database.js';
import { checkpointOf, rowsOf, type Twin } from './replay-twin.js';

/** A table of the service beside the same one rebuilt. */
export interface TableCompared {
  readonly table: string;
  readonly rows: number;
  /** Rows that one of the two has and the other has not; the first ten in words. */
  readonly differing: number;
  readonly examples: readonly string[];
}

const PAGE = 500; // events
const EXAMPLES = 10;
const PATIENCE = 60_000; // milliseconds for a read model to pass where the ledger was

/**
 * Compares every read model of a running service with its twin, row for row. The service is only read, each read model by
 * its own role, in one snapshot of rows and checkpoint; the twin is brought to that very checkpoint.
 */
export async function* compareLive(
  store: EventStore,
  live: Database,
  twin: Twin,
  onProgress: (events: number) => void = () => undefined,
): AsyncGenerator<TableCompared> {
  const head = await store.head();
  const passed = await replay(store, twin, undefined, head, allProjections, onProgress);
  for (const projection of allProjections) {
    await untilPassed(live, projection, passed);
    const client = await live.pool(projection.role).connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      const { rows } = await client.query<{ position: Position }>(checkpointOf(projection));
      await replay(store, twin, passed, rows[0]?.position, [projection]);
      for (const table of projection.tables) {
        yield await compare(table, rowsOf(client, table), twin.rows(projection.role, table));
      }
      await client.query('rollback');
    } finally {
      client.release();
    }
  }
}

/** Applies what follows `from` up to `to`; gives where that ended. */
async function replay(
  store: EventStore,
  twin: Twin,
  from: Position | undefined,
  to: Position | undefined,
  projections: readonly Projection[],
  onProgress: (events: number) => void = () => undefined,
): Promise<Position | undefined> {
  if (to === undefined || (from !== undefined && from >= to)) return from;
  let [page, last, count]: [Recorded[], Position | undefined, number] = [[], from, 0];
  const apply = async () => {
    await twin.apply(page, projections);
    count += page.length;
    page = [];
    onProgress(count);
  };
  for await (const stored of store.readAll(from)) {
    if (stored.position > to) break;
    page.push(recorded(stored));
    last = stored.position;
    if (page.length >= PAGE) await apply();
  }
  await apply();
  return last;
}

function recorded({ type, data, id, stream, revision, position }: StoredEvent): Recorded {
  return { event: decode(type, data), id, stream, revision, position };
}

async function untilPassed(
  live: Database,
  projection: Projection,
  position: Position | undefined,
): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const { rows } = await live
      .pool(projection.role)
      .query<{ position: Position | null }>(checkpointOf(projection));
    const at = rows[0]?.position;
    if (position === undefined || (at !== undefined && at !== null && at >= position)) return;
    if (performance.now() > deadline)
      throw new Error(`${projection.name} lags behind the ledger: is a server running?`);
    await sleep(100);
  }
}

/** Two lists of rows in the same order, side by side. */
async function compare(
  table: string,
  live: AsyncGenerator<string>,
  twin: AsyncGenerator<string>,
): Promise<TableCompared> {
  const examples: string[] = [];
  let [rows, differing] = [0, 0];
  const differs = (who: string, row: string) => {
    differing += 1;
    if (examples.length < EXAMPLES) examples.push(`${who}: ${row}`);
  };
  let [own, other] = [await live.next(), await twin.next()];
  while (!own.done || !other.done) {
    const order = own.done
      ? 1
      : other.done
        ? -1
        : Buffer.compare(Buffer.from(own.value), Buffer.from(other.value));
    if (order < 0 && !own.done) differs('only in the service', own.value);
    if (order > 0 && !other.done) differs('only in the events', other.value);
    if (order <= 0) {
      rows += 1;
      own = await live.next();
    }
    if (order >= 0) other = await twin.next();
  }
  return { table, rows, differing, examples };
}
