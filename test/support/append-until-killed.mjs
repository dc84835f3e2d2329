// Appends with 64 writers on 64 streams until it is killed. Says each append on a line of its own once it was
// acknowledged: stream, position and ids of its events, revision of the last. Arguments: folder, round.
import { randomUUID } from 'node:crypto';
import { PostgresEventStore } from '../../dist/ledger/postgres-event-store.js';
import { Database } from '../../dist/storage/database.js';
import { startEmbeddedPostgres } from '../../dist/storage/embedded-postgres.js';
import { migrate } from '../../dist/storage/migrate.js';

const [folder, round] = process.argv.slice(2);
const server = await startEmbeddedPostgres(folder);
await migrate(server.ownerUrl, 'isoloir');
const store = new PostgresEventStore(new Database(server.url, 2));

async function write(stream) {
  for (let last = -1; ;) {
    const events = Array.from({ length: 1 + (last % 3 === 0) }, (_, n) => ({
      id: randomUUID(),
      type: 'Noted.v1',
      data: JSON.stringify({ n, stream }),
    }));
    const { revision, position } = await store.append(stream, last === -1 ? 'none' : last, events);
    // A pipe takes it at once, so what was said was acknowledged, and what was acknowledged is said.
    process.stdout.write(`${[stream, revision, position, ...events.map(({ id }) => id)].join(' ')}\n`);
    last = revision;
  }
}

const lanes = Array.from({ length: 64 }, (_, lane) => write(`crash-${round}-${lane}`));
Promise.all(lanes).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
