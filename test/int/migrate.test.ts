import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Database, roles } from '../../src/storage/database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { MigrationError, loginOf, migrate, rolesSql } from '../../src/storage/migrate.js';
import { temporaryFolder } from '../support/folders.js';

// Roles belong to a whole server, so these tests have one of their own, on which none exists at first.
let folder: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  folder = await temporaryFolder('migrate');
  server = await startEmbeddedPostgres(folder);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};
const admin = (sql: string) => run(server.ownerUrl.replace('/isoloir?', '/postgres?'), sql);

/** A database of its own, owned by `owner`, and the connection strings of owner and administrator. */
async function makeDatabase(owner = 'postgres'): Promise<{ url: string; adminUrl: string }> {
  const name = `m${randomBytes(6).toString('hex')}`;
  await admin(`create database ${name} owner ${owner}`);
  const adminUrl = server.ownerUrl.replace('/isoloir?', `/${name}?`);
  if (owner === 'postgres') return { url: adminUrl, adminUrl };
  await admin(`alter role ${owner} password 'of-the-test'`);
  return { url: adminUrl.replace(/\/\/[^@]+@/, `//${owner}:of-the-test@`), adminUrl };
}

describe('a login that may not create roles', () => {
  it('is told what to have the administrator run, and then migrates', async () => {
    await admin('create role modest login nocreaterole');
    const { url } = await makeDatabase('modest');
    const refused = await migrate(url, 'modest').catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(MigrationError);
    expect((refused as Error).message).toContain('isoloir db setup');
    expect(await run(url, `select 1 from pg_namespace where nspname = 'ledger'`)).toEqual([]);

    await admin(rolesSql('modest'));
    expect(await migrate(url, loginOf(url))).not.toEqual([]);
    const database = new Database(url, 1);
    for (const role of roles) await database.pool(role).query('select 1');
    expect((await database.pool('ledger').query('select from ledger.events')).rowCount).toBe(0);
    await database.close();
  });

  it('may be another one than the login of the server', async () => {
    await admin('create role servant login; create role keeper login createrole');
    const { url } = await makeDatabase('keeper');
    await expect(migrate(url, 'servant')).rejects.toThrow('isoloir db setup'); // the roles are another's
    await admin(rolesSql('servant'));
    expect(await migrate(url, 'servant')).not.toEqual([]);
  });
});

describe('the roles', () => {
  it('are made again without harm, and give the login nothing by themselves', async () => {
    await admin('create role twice login');
    await admin(rolesSql('twice'));
    await admin(rolesSql('twice'));
    const rows = await admin(
      `select r.rolname, m.inherit_option, m.set_option from pg_auth_members m join pg_roles r on r.oid = m.roleid
        where m.member = 'twice'::regrole order by 1`,
    );
    expect(rows).toEqual(
      [...roles].sort().map((r) => ({ rolname: `isoloir_${r}`, inherit_option: false, set_option: true })),
    );
  });

  it('can be given to a login with an awkward name', async () => {
    await admin('create role "L\'électeur ""1""" login');
    await admin(rolesSql(`L'électeur "1"`));
  });
});

describe('migrations', () => {
  it('are applied once when three migrators start together', async () => {
    const { url } = await makeDatabase();
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, 'isoloir')));
    const [names = [], ...others] = applied.sort((a, b) => b.length - a.length);
    expect(names).toEqual([...names].sort());
    expect(names[0]).toMatch(/^0001_/);
    expect(others).toEqual([[], []]);
    const rows = await run(url, 'select name from public.isoloir_migration order by name');
    expect(rows.map(({ name }) => name)).toEqual(names);
    expect(await migrate(url, 'isoloir')).toEqual([]);
  });

  it('that race in two databases of one server both succeed', async () => {
    for (let round = 0; round < 2; round++) {
      await admin(`create role racer${round} login`);
      const three = [await makeDatabase(), await makeDatabase(), await makeDatabase()];
      const applied = await Promise.all(three.map(({ url }) => migrate(url, `racer${round}`)));
      expect(new Set(applied.map(String)).size).toBe(1);
    }
  });

  it('that changed after they were applied are refused', async () => {
    const { url } = await makeDatabase();
    const [first = ''] = await migrate(url, 'isoloir');
    await run(url, `update public.isoloir_migration set sha256 = repeat('0', 64) where name = '${first}'`);
    const refused = migrate(url, 'isoloir');
    await expect(refused).rejects.toBeInstanceOf(MigrationError);
    await expect(refused).rejects.toThrow(`${first} has changed`);
  });

  it('of a newer program are refused', async () => {
    const { url } = await makeDatabase();
    await migrate(url, 'isoloir');
    await run(url, `insert into public.isoloir_migration values ('9999_future.sql', repeat('0', 64))`);
    await expect(migrate(url, 'isoloir')).rejects.toThrow('ahead of this program: it has 9999_future.sql');
  });

  it('that fail leave nothing, and can be tried again', async () => {
    const { url } = await makeDatabase();
    await run(url, 'create schema ledger');
    await expect(migrate(url, 'isoloir')).rejects.toThrow('already exists');
    expect(await run(url, 'select name from public.isoloir_migration')).toEqual([]);
    await run(url, 'drop schema ledger');
    expect(await migrate(url, 'isoloir')).not.toEqual([]);
  });
});

describe('a server that could lose what it acknowledged', () => {
  it('is refused when synchronous_commit is off', async () => {
    const { url } = await makeDatabase();
    const name = new URL(url.replace('@/', '@host/')).pathname.slice(1);
    await admin(`alter database ${name} set synchronous_commit = off`);
    await expect(migrate(url, 'isoloir')).rejects.toThrow('synchronous_commit is off');
  });

  it('is refused when fsync is off', async () => {
    const { url } = await makeDatabase();
    const reload = async (fsync: string) => {
      await admin(`alter system set fsync = ${fsync}`);
      await admin('select pg_reload_conf()');
      await admin('select pg_sleep(0.2)');
    };
    await reload('off');
    try {
      await expect(migrate(url, 'isoloir')).rejects.toThrow('fsync is off');
    } finally {
      await reload('on');
    }
    expect(await migrate(url, 'isoloir')).not.toEqual([]);
  });
});
