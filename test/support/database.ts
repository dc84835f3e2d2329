import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of a test's own: migrated, empty, dropped at the end. */
export interface TestDatabase {
  readonly url: string;
  readonly ownerUrl: string;
  drop(): Promise<void>;
}

/** Copies the migrated template of the run (test/support/global-setup.js). */
export async function freshDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asOwner((client) => client.query(`create database ${name} template isoloir`));
  return {
    url: given('TEST_DATABASE_URL').replace('/isoloir?', `/${name}?`),
    ownerUrl: given('TEST_DATABASE_OWNER_URL').replace('/isoloir?', `/${name}?`),
    drop: async () => {
      await asOwner((client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

async function asOwner(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({
    connectionString: given('TEST_DATABASE_OWNER_URL').replace('/isoloir?', '/postgres?'),
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function given(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is missing: run the tests with npm test`);
  return value;
}
