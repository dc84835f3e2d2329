import { randomUUID } from 'node:crypto';
import { encode, type LedgerEvent } from '../../src/events/codec.js';
import type { NewEvent } from '../../src/ledger/event-store.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Database } from '../../src/storage/database.js';
import { freshDatabase } from './database.js';

/** A migrated database of the test's own with a ledger on it, and its end. */
export async function freshLedger() {
  const made = await freshDatabase();
  const database = new Database(made.url, 5);
  const store = new PostgresEventStore(database);
  const close = async () => {
    await store.close();
    await database.close();
    await made.drop();
  };
  return { ...made, database, store, close };
}

/** An event as it is written: a fresh id, its wire name, its canonical JSON. */
export function written(event: LedgerEvent): NewEvent {
  return { id: randomUUID(), ...encode(event) };
}

/** An election with a calendar: two events. */
export function electionEvents(electionId: string, title = 'Élections'): LedgerEvent[] {
  const at = '2022-09-01T00:00:00.000Z';
  return [
    { type: 'ElectionDeclared', data: { electionId, title, preset: '2022', at } },
    {
      type: 'CalendarSet',
      data: {
        electionId,
        portalOpensAt: '2022-10-13T08:00:00.000Z',
        votingOpensAt: '2022-12-01T07:00:00.000Z',
        votingClosesAt: '2022-12-08T16:00:00.000Z',
        graceMinutes: 20,
        at,
      },
    },
  ];
}
