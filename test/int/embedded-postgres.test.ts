import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { endAll, startChild, type Child } from '../support/child.js';
import { eventually, postgresOf, temporaryFolder } from '../support/folders.js';

interface Held {
  readonly url: string;
  readonly ownerUrl: string;
  readonly place: string;
}

let folder: string;
afterEach(async () => {
  await endAll();
  expect(await eventually(5_000, async () => (await postgresOf(folder)).length === 0)).toBe(true);
});

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ n: number }>(sql)).rows;
  } finally {
    await client.end();
  }
};
const held = async (child: Child) => JSON.parse(await child.line()) as Held;
const hold = (at = folder) => startChild('hold-folder.mjs', [at]);

describe('the embedded PostgreSQL, on one folder', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('embedded');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('starts cold, starts warm, keeps data, and leaves only its data behind', async () => {
    const cold = await startEmbeddedPostgres(folder);
    await query(cold.ownerUrl, 'create table t as select 7 as n');
    await cold.stop();
    const warm = await startEmbeddedPostgres(folder);
    expect(await query(warm.ownerUrl, 'select n from t')).toEqual([{ n: 7 }]);
    expect(await query(warm.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await cold.stop(); // a second stop must not touch the one that runs now
    expect(await query(warm.ownerUrl, 'select n from t')).toEqual([{ n: 7 }]);
    await warm.stop();
    expect(await readdir(folder)).toEqual(['postgres', 'postgres.password']);
  });

  it('is on the disk before it acknowledges, and logs no statement', async () => {
    const server = await startEmbeddedPostgres(folder);
    try {
      const settings = await query(
        server.url,
        `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes',
          'listen_addresses', 'log_min_error_statement', 'server_encoding') order by name`,
      );
      expect(settings).toEqual([
        { name: 'fsync', setting: 'on' },
        { name: 'full_page_writes', setting: 'on' },
        { name: 'listen_addresses', setting: '' },
        { name: 'log_min_error_statement', setting: 'panic' },
        { name: 'server_encoding', setting: 'UTF8' },
        { name: 'synchronous_commit', setting: 'on' },
      ]);
    } finally {
      await server.stop();
    }
  });

  it('gives its login no right of its own, and asks everybody for the password', async () => {
    const server = await startEmbeddedPostgres(folder);
    try {
      await expect(query(server.url, 'create table t (n int)')).rejects.toThrow('permission denied');
      await expect(query(server.url, 'create role other')).rejects.toThrow('permission denied');
      const wrong = server.ownerUrl.replace(/:[0-9a-f]+@/, ':wrong@');
      await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
    } finally {
      await server.stop();
    }
  });

  it('dies with the Node that owns it, even by SIGKILL, and starts again with the data', async () => {
    for (let round = 0; round < 3; round++) {
      const owner = hold();
      const { ownerUrl } = await held(owner);
      await query(ownerUrl, `insert into t values (${round})`);
      expect(await postgresOf(folder)).not.toEqual([]);
      await owner.end('SIGKILL');
      if (round > 0)
        expect(await eventually(5_000, async () => (await postgresOf(folder)).length === 0)).toBe(true);
    } // after the first round it is started again at once, while the orphan may still be stopping
    const server = await startEmbeddedPostgres(folder);
    try {
      expect(await query(server.ownerUrl, 'select n from t order by n')).toEqual(
        [0, 1, 2, 7].map((n) => ({ n })),
      );
    } finally {
      await server.stop();
    }
  });

  it('starts again after PostgreSQL itself was killed, once the sessions that outlived it are gone', async () => {
    const owner = hold();
    const { ownerUrl } = await held(owner);
    const client = new pg.Client({ connectionString: ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    const busy = client.query('select count(*) from generate_series(1, 10000000)').catch(() => undefined);
    await eventually(5_000, async () => {
      const [row] = await query(
        ownerUrl,
        `select count(*)::int as n from pg_stat_activity where state = 'active'`,
      );
      return row?.n === 2;
    });
    const lock = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8');
    process.kill(Number(lock.split('\n')[0]), 'SIGKILL');
    await owner.end('SIGKILL');
    const lingering = await postgresOf(folder);
    const server = await startEmbeddedPostgres(folder);
    try {
      expect(lingering).not.toEqual([]);
      expect(await postgresOf(folder)).toEqual(expect.not.arrayContaining(lingering));
      expect(await query(server.ownerUrl, 'select count(*)::int as n from t')).toEqual([{ n: 4 }]);
    } finally {
      await server.stop();
      await busy;
    }
  });

  it.each([
    ['of a process that is gone', () => '999999'],
    ['of another living process', () => String(process.pid)],
    [
      'of a living process of the account PostgreSQL runs as',
      async () => {
        const idle = startChild(
          'claim-folder.mjs',
          [folder],
          process.getuid?.() === 0 ? { account: { uid: 65534, gid: 65534 } } : {},
        );
        await Promise.resolve();
        return String(idle.pid);
      },
    ],
    ['cut short by a power cut', () => ''],
    ['that is no number', () => '\u0000\u0000\u0000'],
  ])('recovers from a postmaster.pid %s', async (_, first) => {
    const pid = await first();
    const rest =
      pid === '' ? [] : [join(folder, 'postgres'), '1700000000', '5432', '', '', '12345 67890', ''];
    await writeFile(join(folder, 'postgres/postmaster.pid'), [pid, ...rest].join('\n'));
    const server = await startEmbeddedPostgres(folder);
    await server.stop();
  });

  it('says so when the password beside its data is another one', async () => {
    await writeFile(join(folder, 'postgres.password'), 'other'); // last: nobody finds the right one again
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow('postgres.password');
  });
});

describe('the embedded PostgreSQL', () => {
  beforeEach(async () => {
    folder = await temporaryFolder('embedded');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['with spaces, accents and quotes', `à l'urne, 100 % « sûr » "x" #?&`],
    ['too long for a socket address', `${'a'.repeat(60)}/${'é'.repeat(60)}`],
    ['made by nobody yet', 'a/b/c'],
  ])('works in a folder %s', async (_, name) => {
    const at = join(folder, name);
    for (let round = 0; round < 2; round++) {
      const server = await startEmbeddedPostgres(at);
      expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
      expect(server.folder).toBe(at);
      await server.stop();
    }
    const socket = (await readdir(tmpdir())).filter((one) => /^isoloir-[0-9a-f]{12}$/.test(one));
    expect(socket).toEqual([]);
  });

  it('works in a folder named from here', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const server = await startEmbeddedPostgres('data');
      expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
      await server.stop();
    } finally {
      process.chdir(before);
    }
  });

  it('works under a umask of 077', async () => {
    const at = join(folder, 'new', 'data');
    const child = startChild('hold-folder.mjs', [at, '{"umask":63}']);
    const { url, place } = await held(child);
    expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
    expect(place).toBe(at);
    await child.end();
  });

  it.each([
    ['a platform without binaries', { platform: 'sunos' }],
    ['a platform whose package is not installed', { arch: process.arch === 'arm64' ? 'x64' : 'arm64' }],
  ])('names DATABASE_URL on %s', async (_, pretend) => {
    const child = startChild('hold-folder.mjs', [folder, JSON.stringify(pretend)]);
    const answer = JSON.parse(await child.line()) as { error: string; message: string };
    expect(answer.error).toBe('EmbeddedUnavailable');
    expect(answer.message).toContain('Set DATABASE_URL');
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives up the folder when it cannot start', async () => {
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres/PG_VERSION'), '9\n');
    await writeFile(join(folder, 'postgres.password'), 'x');
    await chmod(join(folder, 'postgres'), 0o700);
    await expect(startEmbeddedPostgres(folder)).rejects.toThrow('PostgreSQL did not start');
    expect(await readdir(folder)).toEqual(['postgres', 'postgres.password']);
  });
});
