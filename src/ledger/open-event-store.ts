import type { Database } from '../storage/database.js';
import type { EventStore } from './event-store.js';
import { EventStoreDbEventStore, type EventStoreDbOptions } from './eventstoredb-event-store.js';
import { PostgresEventStore } from './postgres-event-store.js';

/** The engine that keeps the ledger: EventStoreDB where one is configured, the tables of PostgreSQL otherwise. */
export function openEventStore(
  eventStoreUrl: string | undefined,
  database: Database,
  options: EventStoreDbOptions = {},
): EventStore {
  return eventStoreUrl
    ? new EventStoreDbEventStore(eventStoreUrl, options)
    : new PostgresEventStore(database);
}
