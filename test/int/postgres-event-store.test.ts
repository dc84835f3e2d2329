import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { StoredEvent } from '../../src/ledger/event-store.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Database } from '../../src/storage/database.js';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { migrate } from '../../src/storage/migrate.js';
import { temporaryFolder } from '../support/folders.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { newEvent } from '../support/contract-events.js';
import { eventStoreContract } from './event-store.contract.js';

const timeLimit = 3_000;

/** An instance with its own connections, which closing it closes. */
class OwnStore extends PostgresEventStore {
  constructor(private readonly own: Database) {
    super(own, timeLimit);
  }
  override async close(): Promise<void> {
    await super.close();
    await this.own.close();
  }
}

eventStoreContract('PostgreSQL', {
  startsEmpty: true,
  canStop: true,
  timeLimit,
  async fresh() {
    const folder = await temporaryFolder('contract');
    let server = await startEmbeddedPostgres(folder);
    await migrate(server.ownerUrl, 'isoloir');
    return {
      open: () => Promise.resolve(new OwnStore(new Database(server.url, 3))),
      server: {
        stop: () => server.stop(),
        start: async () => {
          server = await startEmbeddedPostgres(folder);
        },
      },
      remove: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});

describe('the ledger tables', () => {
  let made: TestDatabase;
  let store: OwnStore;
  beforeAll(async () => {
    made = await freshDatabase();
    store = new OwnStore(new Database(made.url, 3));
    await store.append('test-1', 'none', [newEvent(), newEvent()]);
  });
  afterAll(async () => {
    await store.close();
    await made.drop();
  });

  const asRole = async (url: string, role: string | undefined, sql: string) => {
    const client = new pg.Client({
      connectionString: url,
      ...(role ? { options: `-c role=isoloir_${role}` } : {}),
    });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };

  it.each(['update ledger.events set data = data', 'delete from ledger.events', 'truncate ledger.events'])(
    'refuse « %s », even from their owner',
    async (sql) => {
      await expect(asRole(made.ownerUrl, undefined, sql)).rejects.toThrow('append-only');
    },
  );

  it('let the ledger role append through the function only', async () => {
    const insert = `insert into ledger.events values (99, 'test-2', 0, gen_random_uuid(), 'T.v1', '{}')`;
    await expect(asRole(made.url, 'ledger', insert)).rejects.toThrow('permission denied');
  });

  it.each([undefined, 'vault', 'documents', 'reactions', 'register', 'box'])(
    'are closed to role %s',
    async (role) => {
      await expect(asRole(made.url, role, 'select * from ledger.events')).rejects.toThrow(
        'permission denied',
      );
    },
  );

  it('are read once for all who wait at the same place', async () => {
    const stop = new AbortController();
    const head = await store.head();
    const readers = Array.from({ length: 8 }, () =>
      store.subscribe(head, stop.signal)[Symbol.asyncIterator](),
    );
    const pages = Promise.all(readers.map((reader) => reader.next()));
    await store.append('shared-1', 'none', [newEvent()]);
    const events = (await pages).map(({ value }) => (value as readonly StoredEvent[])[0]);
    expect(events[7]?.stream).toBe('shared-1');
    expect(new Set(events).size).toBeLessThan(readers.length); // the very same objects, not equal ones
    stop.abort();
  });

  it('give positions without gaps in the order of commits', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.append(`gap-${i}`, 'none', [newEvent()])));
    await expect(store.append('gap-1', 'none', [newEvent()])).rejects.toThrow('expected revision none');
    await store.append('gap-1', 0, [newEvent()]);
    const { rows } = await asRole(
      made.ownerUrl,
      undefined,
      'select max(position) - count(*) as gaps from ledger.events',
    );
    expect(rows).toEqual([{ gaps: '0' }]);
  });
});
