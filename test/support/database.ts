import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of a test's own: migrated, empty, dropped at the end. */
export interface TestDatabase {
  readonly url: string;
  readonly ownerUrl: string;
  /** Runs one statement as the owner of the schemas: what an intruder or an administrator could do. */
  asOwner<R extends pg.QueryResultRow>(sql: string): Promise<R[]>;
  drop(): Promise<void>;
}

/** Copies the migrated template of the run (test/support/global-setup.js). */
export async function freshDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run('postgres', `create database ${name} template isoloir`);
  return {
    url: given('TEST_DATABASE_URL').replace('/isoloir?', `/${name}?`),
    ownerUrl: given('TEST_DATABASE_OWNER_URL').replace('/isoloir?', `/${name}?`),
    asOwner: (sql) => run(name, sql),
    drop: async () => {
      await run('postgres', `drop database ${name} with (force)`);
    },
  };
}

async function run<R extends pg.QueryResultRow>(database: string, sql: string): Promise<R[]> {
  const client = new pg.Client({
    connectionString: given('TEST_DATABASE_OWNER_URL').replace('/isoloir?', `/${database}?`),
  });
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

function given(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is missing: run the tests with npm test`);
  return value;
}
