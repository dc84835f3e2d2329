import pg from 'pg';
import { readConfig, type Config } from '../config.js';
import type { EventStore } from '../ledger/event-store.js';
import { openEventStore } from '../ledger/open-event-store.js';
import { Database } from '../storage/database.js';
import { loginOf, migrate } from '../storage/migrate.js';
import { openStorage } from '../storage/open-storage.js';

/** What a command works on that reads or writes the storage as a whole. */
export interface OwnerContext {
  readonly config: Config;
  readonly database: Database;
  readonly store: EventStore;
  /** A connection of the owner of the schemas. */
  readonly owner: pg.Client;
}

/** Opens the storage as its owner. `beside` a running server, or only when there is none. */
export async function asOwner<T>(
  { beside }: { readonly beside: boolean },
  work: (context: OwnerContext) => Promise<T>,
): Promise<T> {
  const config = readConfig();
  const storage = await openStorage(config, beside);
  const database = new Database(storage.url, config.databasePool);
  const owner = new pg.Client({ connectionString: storage.ownerUrl });
  try {
    await migrate(storage.ownerUrl, loginOf(storage.url));
    await owner.connect();
    const store = openEventStore(config.eventStoreUrl, database);
    try {
      return await work({ config, database, store, owner });
    } finally {
      await store.close();
    }
  } finally {
    await owner.end();
    await database.close();
    await storage.close();
  }
}
