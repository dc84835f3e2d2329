import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import {
  queriesOf,
  schemaOf,
  type Projection,
  type Recorded,
  type Statement,
} from '../projections/projection.js';
import { allProjections } from '../projections/projections.js';
import { Database } from '../storage/database.js';
import { loginOf, migrate } from '../storage/migrate.js';
import { openStorage, type Storage } from '../storage/open-storage.js';
import { removeStorage } from '../storage/postgres-place.js';

const FETCHED = 1_000; // rows at a time

/** Read models of our own, in a PostgreSQL that is thrown away: filled from events alone, wherever these come from. */
export class Twin {
  private constructor(
    private readonly folder: string,
    private readonly storage: Storage,
    readonly database: Database,
  ) {}

  static async open(): Promise<Twin> {
    const folder = await mkdtemp(join(tmpdir(), 'isoloir-replay-'));
    const storage = await openStorage(
      { databaseUrl: undefined, databaseOwnerUrl: undefined, dataFolder: folder },
      false,
    );
    await migrate(storage.ownerUrl, loginOf(storage.url));
    return new Twin(folder, storage, new Database(storage.url, 2));
  }

  /** Applies events in their order: a page in one transaction of each read model. */
  async apply(page: readonly Recorded[], projections: readonly Projection[] = allProjections): Promise<void> {
    for (const projection of projections) {
      await this.database.transaction(projection.role, async (tx) => {
        const statements: Statement[] = [];
        for (const recorded of page) statements.push(...(await projection.apply(recorded)));
        for (const { name, text, values } of queriesOf(statements))
          await tx.query({ name: `${projection.name} ${name}`, text, values });
      });
    }
  }

  /** The rows of a table as JSON texts, in an order that depends on the rows alone. */
  async *rows(role: Projection['role'], table: string): AsyncGenerator<string> {
    const client = await this.database.pool(role).connect();
    try {
      await client.query('begin');
      yield* rowsOf(client, table);
      await client.query('commit');
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.storage.close();
    await removeStorage(this.folder);
  }
}

/** The rows of a table within a transaction, never all in memory. */
export async function* rowsOf(tx: Pick<pg.ClientBase, 'query'>, table: string): AsyncGenerator<string> {
  await tx.query(
    `declare replayed cursor for select to_jsonb(t)::text as row from ${table} t order by (to_jsonb(t)::text) collate "C"`,
  );
  for (;;) {
    const { rows } = await tx.query<{ row: string }>(`fetch ${FETCHED} from replayed`);
    for (const { row } of rows) yield row;
    if (rows.length < FETCHED) break;
  }
  await tx.query('close replayed');
}

/** Where the checkpoint of a read model is, in the transaction in which its rows are looked at. */
export function checkpointOf({ name, role }: Projection) {
  return { text: `select position from ${schemaOf[role]}.checkpoints where name = $1`, values: [name] };
}
