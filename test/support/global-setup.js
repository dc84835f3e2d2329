import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/storage/embedded-postgres.js';
import { migrate } from '../../dist/storage/migrate.js';

/** One PostgreSQL for the whole run, with a migrated template that `freshDatabase` copies (test/support/database.ts). */
export default async function setup() {
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-test-'));
  await chmod(folder, 0o711); // as root, PostgreSQL runs as another account that must pass through
  let server;
  const stop = async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    server = await startEmbeddedPostgres(folder);
    await migrate(server.ownerUrl, 'isoloir');
    await makeTemplate(server.ownerUrl.replace('/isoloir?', '/postgres?'));
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.TEST_DATABASE_URL = server.url;
  process.env.TEST_DATABASE_OWNER_URL = server.ownerUrl;
  globalThis.stopTestStorage = stop;
}

async function makeTemplate(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('alter database isoloir is_template true');
  } finally {
    await client.end();
  }
}
