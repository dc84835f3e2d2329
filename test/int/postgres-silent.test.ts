import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Unavailable } from '../../src/ledger/refusal.js';
import { Database } from '../../src/storage/database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { migrate } from '../../src/storage/migrate.js';
import { newEvent, streamOf, timed } from '../support/contract-events.js';
import { postgresOf, temporaryFolder } from '../support/folders.js';

const timeLimit = 1_000;
const margin = 800; // of a machine that does other things too
let folder: string;
let server: EmbeddedPostgres;
let database: Database;
let store: PostgresEventStore;
beforeAll(async () => {
  folder = await temporaryFolder('silent');
  server = await startEmbeddedPostgres(folder);
  await migrate(server.ownerUrl, 'isoloir');
  database = new Database(server.url, 2);
  store = new PostgresEventStore(database, timeLimit);
});
afterAll(async () => {
  await store.close();
  await database.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Nobody hangs up and nobody answers: what a stuck disk or a lost network looks like. */
async function silenced<T>(during: () => Promise<T>): Promise<T> {
  const all = await postgresOf(folder);
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  try {
    return await during();
  } finally {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  }
}

describe('a PostgreSQL that falls silent', () => {
  it('makes every call Unavailable in time, also those that wait for others, and is found again', async () => {
    const first = newEvent();
    await store.append('silent-1', 'none', [first]);
    const events = Array.from({ length: 3 }, () => newEvent());
    const answers = await silenced(async () => {
      const reads = [timed(store.head()), timed(streamOf(store, 'silent-1')), timed(store.head())];
      const appends = events.map((event, i) => timed(store.append('silent-1', i, [event])));
      return await Promise.all([...reads, ...appends]);
    });
    for (const { error, took } of answers) {
      expect(error).toBeInstanceOf(Unavailable);
      expect(took).toBeLessThan(timeLimit + margin);
    }
    for (const [i, event] of events.entries()) {
      let answer = await timed(store.append('silent-1', i, [event]));
      for (let tries = 0; tries < 20 && answer.error instanceof Unavailable; tries++)
        answer = await timed(store.append('silent-1', i, [event]));
      expect(answer.value?.revision).toBe(i + 1);
    }
    expect((await streamOf(store, 'silent-1')).map(({ id }) => id)).toEqual(
      [first, ...events].map(({ id }) => id),
    );
  });

  it('lets a subscription go on', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const head = await store.head(); // before anything below is appended
    const following = (async () => {
      for await (const page of store.subscribe(head, stop.signal)) {
        seen.push(...page.map(({ id }) => id));
        if (seen.length >= 2) stop.abort();
      }
    })();
    const events = [newEvent(), newEvent()];
    await store.append('silent-2', 'none', events.slice(0, 1));
    await silenced(() => new Promise((resolve) => setTimeout(resolve, 2 * timeLimit)));
    await store.append('silent-2', 0, events.slice(1));
    await following;
    expect(seen).toEqual(events.map(({ id }) => id));
  });
});
