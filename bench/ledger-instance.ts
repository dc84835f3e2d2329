/** A second instance of the program, in a process of its own: one line of load in, one line of figures out. */
import { createInterface } from 'node:readline';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { Database } from '../src/storage/database.js';
import { appending, type Load } from './ledger-load.js';

const database = new Database(process.argv[2] ?? '', 2);
const store = new PostgresEventStore(database);
await store.head();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await appending(store, JSON.parse(line) as Load)));
}
await store.close();
await database.close();
