import { readConfig, type Config } from '../config.js';
import type { EventStore } from '../ledger/event-store.js';
import { openEventStore } from '../ledger/open-event-store.js';
import { Database } from '../storage/database.js';
import { loginOf, migrate } from '../storage/migrate.js';
import { openStorage } from '../storage/open-storage.js';

/** What a command works on: the same storage as the server of this configuration, also while that one runs. */
export interface Context {
  readonly config: Config;
  readonly database: Database;
  readonly store: EventStore;
}

/** Opens storage and ledger, does the work, closes them. */
export async function withContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const config = readConfig();
  const storage = await openStorage(config, true);
  const database = new Database(storage.url, config.databasePool);
  try {
    await migrate(storage.ownerUrl, loginOf(storage.url));
    const store = openEventStore(config.eventStoreUrl, database);
    try {
      return await work({ config, database, store });
    } finally {
      await store.close();
    }
  } finally {
    await database.close();
    await storage.close();
  }
}
