import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore, ExpectedRevision } from '../../src/ledger/event-store.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Database } from '../../src/storage/database.js';
import { newEvent, streamOf } from '../support/contract-events.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { MemoryEventStore } from '../support/memory-event-store.js';

let made: TestDatabase;
let database: Database;
let store: PostgresEventStore;
beforeAll(async () => {
  made = await freshDatabase();
  database = new Database(made.url, 2);
  store = new PostgresEventStore(database);
});
afterAll(async () => {
  await store.close();
  await database.close();
  await made.drop();
});

interface Ask {
  readonly stream: number;
  readonly expected: ExpectedRevision;
  /** Which of a few events of that stream, so that some are sent again, and in other places. */
  readonly events: readonly number[];
}

const ask: fc.Arbitrary<Ask> = fc.record({
  stream: fc.nat({ max: 2 }),
  expected: fc.oneof(fc.constantFrom('none' as const, 'any' as const), fc.nat({ max: 5 })),
  events: fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 1, maxLength: 3 }),
});

/** What an append answered, in a form that two engines share. */
async function outcome(to: EventStore, stream: string, { expected, events }: Ask, ids: readonly string[]) {
  const sent = events.map((n) => ({ ...newEvent({ n }), id: ids[n] ?? '' }));
  return to.append(stream, expected, sent).then(
    ({ revision }) => revision,
    (error: unknown) => `${(error as Error).name} ${String((error as { actual?: number }).actual)}`,
  );
}

describe('appends that are written as one group', () => {
  it('have the outcomes that they would have had one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 24 }), async (asks) => {
        const memory = new MemoryEventStore();
        const ids = [0, 1, 2].map(() => Array.from({ length: 16 }, () => randomUUID()));
        const streams = [0, 1, 2].map(() => `group-${randomUUID()}`);
        const alone: unknown[] = [];
        for (const one of asks)
          alone.push(await outcome(memory, streams[one.stream] ?? '', one, ids[one.stream] ?? []));
        // Behind this one, the others wait and form a group.
        const ahead = store.append(`group-${randomUUID()}`, 'none', [newEvent()]);
        const grouped = await Promise.all(
          asks.map((one) => outcome(store, streams[one.stream] ?? '', one, ids[one.stream] ?? [])),
        );
        await ahead;
        expect(grouped).toEqual(alone);
        for (const stream of streams) {
          const facts = async (from: EventStore) =>
            (await streamOf(from, stream)).map(({ id, revision, data }) => ({ id, revision, data }));
          expect(await facts(store)).toEqual(await facts(memory));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('do not fall with one among them that uses the id of another stream', async () => {
    const taken = newEvent();
    await store.append(`group-${randomUUID()}`, 'none', [taken]);
    const ahead = store.append(`group-${randomUUID()}`, 'none', [newEvent()]);
    const asks = [newEvent(), taken, newEvent()].map((e) =>
      store.append(`group-${randomUUID()}`, 'none', [e]),
    );
    const settled = await Promise.allSettled(asks);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(asks[1]).rejects.toThrow('an event id is used elsewhere');
    await ahead;
  });

  it('leave no gap in the positions, whatever was refused among them', async () => {
    const [row] = await made.asOwner<{ gaps: number; first: number }>(
      'select (max(position) - count(*))::int as gaps, min(position)::int as first from ledger.events',
    );
    expect(row).toEqual({ gaps: 0, first: 1 });
  });

  it('on one stream are one transaction', async () => {
    const stream = `group-${randomUUID()}`;
    await store.append(stream, 'none', [newEvent()]);
    await Promise.all(Array.from({ length: 200 }, () => store.append(stream, 'any', [newEvent()])));
    const [row] = await made.asOwner<{ transactions: number }>(
      `select count(distinct xmin::text)::int as transactions from ledger.events where stream = '${stream}'`,
    );
    expect(row?.transactions).toBeLessThanOrEqual(3); // the first, the one that went ahead, the group
  });

  it('of writers that ask again as soon as they are answered are two transactions each time', async () => {
    const run = randomUUID();
    const [writers, times] = [64, 20];
    const lane = async (_: unknown, writer: number) => {
      for (let last = -1; last < times - 1; last++)
        await store.append(`lane-${run}-${writer}`, last === -1 ? 'none' : last, [newEvent()]);
    };
    await Promise.all(Array.from({ length: writers }, lane));
    const [row] = await made.asOwner<{ transactions: number }>(
      `select count(distinct xmin::text)::int as transactions from ledger.events where stream like 'lane-${run}-%'`,
    );
    expect(row?.transactions).toBeLessThan(2.5 * times); // half of them are answered while the others are written
  });
});
