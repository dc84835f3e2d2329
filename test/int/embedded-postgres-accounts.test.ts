import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { removeStorage } from '../../src/storage/postgres-place.js';
import { endAll, startChild, type Child } from '../support/child.js';
import { eventually, postgresOf, temporaryFolder } from '../support/folders.js';
import { applyUmask, copyProject } from '../support/project-copy.js';

const NOBODY = { uid: 65534, gid: 65534 };
const FALLBACK = '/var/lib/isoloir';
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

let folder: string;
const places = new Set<string>();
beforeEach(async () => {
  folder = await temporaryFolder('account');
});
afterEach(async () => {
  await endAll();
  for (const place of [folder, ...places]) {
    expect(await eventually(5_000, async () => (await postgresOf(place)).length === 0)).toBe(true);
    await rm(place, { recursive: true, force: true });
  }
  if (places.size > 0 && (await readdir(FALLBACK)).length === 0) await rm(FALLBACK, { recursive: true });
  places.clear();
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
interface Held {
  readonly url: string;
  readonly ownerUrl: string;
  readonly place: string;
}
const held = async (child: Child) => {
  const answer = JSON.parse(await child.line()) as Held & { message?: string };
  if (answer.message) throw new Error(answer.message);
  if (answer.place !== folder) places.add(answer.place);
  return answer;
};

asRoot(isRoot ? 'as root' : 'as root (skipped: this run is not)', () => {
  it('PostgreSQL runs as nobody', async () => {
    const server = await startEmbeddedPostgres(folder);
    try {
      for (const pid of await postgresOf(folder)) expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
    } finally {
      await server.stop();
    }
  });

  it('data and binaries below a folder that only root can enter are kept elsewhere', async () => {
    await chmod(folder, 0o700);
    const scripts = await copyProject(join(folder, 'project'));
    await applyUmask(folder, 0o077); // as an installation by a careful root leaves it
    const data = join(folder, 'data');
    for (const n of [0, 1]) {
      const child = startChild('hold-folder.mjs', [data, '{"umask":63}'], { scripts });
      const { ownerUrl, place } = await held(child);
      expect(dirname(place)).toBe(FALLBACK);
      expect(await readlink(join(data, 'postgres'))).toBe(join(place, 'postgres'));
      await query(ownerUrl, n === 0 ? 'create table t as select 7 as n' : 'select 1');
      expect(await query(ownerUrl, 'select n from t')).toEqual([{ n: 7 }]);
      expect((await readdir(place)).filter((name) => name.startsWith('binaries-'))).toHaveLength(1);
      expect((await stat(join(place, 'postgres.password'))).mode & 0o077).toBe(0);
      await child.end(n === 0 ? 'SIGKILL' : 'SIGTERM');
    }
    await chmod(folder, 0o711); // the data stays where it is, also when the folder is opened later
    const server = await startEmbeddedPostgres(data);
    expect(await query(server.ownerUrl, 'select n from t')).toEqual([{ n: 7 }]);
    await server.stop();
    await rm(server.folder, { recursive: true });
    await expect(startEmbeddedPostgres(data)).rejects.toThrow('which is gone');
  });

  it('data that are kept elsewhere go with their folder', async () => {
    await chmod(folder, 0o700);
    const data = join(folder, 'data');
    const server = await startEmbeddedPostgres(data);
    places.add(server.folder);
    await server.stop();
    expect(dirname(server.folder)).toBe(FALLBACK);
    await removeStorage(data);
    for (const gone of [server.folder, data]) await expect(stat(gone)).rejects.toThrow('ENOENT');
  });

  it('data that became out of reach are not replaced by an empty ledger', async () => {
    const data = join(folder, 'data');
    await (await startEmbeddedPostgres(data)).stop();
    await chmod(folder, 0o700);
    await expect(startEmbeddedPostgres(data)).rejects.toThrow('chmod o+x');
    expect((await lstat(join(data, 'postgres'))).isDirectory()).toBe(true);
  });

  it('a socket folder of somebody else is not used', async () => {
    const data = join(folder, 'data');
    await (await startEmbeddedPostgres(data)).stop();
    await mkdir(join(data, 'socket'));
    await chown(join(data, 'socket'), 12345, 12345);
    await expect(startEmbeddedPostgres(data)).rejects.toThrow('belongs to another account (12345)');
  });
});

asRoot(isRoot ? 'as an ordinary user' : 'as an ordinary user (skipped: the whole run is one)', () => {
  let project: string;
  let scripts: string;
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'isoloir-project-'));
    await chmod(project, 0o755);
    scripts = await copyProject(project);
    await applyUmask(project, 0o022);
  });
  afterAll(() => rm(project, { recursive: true, force: true }));

  it('it starts, warm and cold, below a home that only the user can enter', async () => {
    const home = join(folder, 'home');
    await mkdir(home, { mode: 0o700 });
    await chown(home, NOBODY.uid, NOBODY.gid);
    const data = join(home, 'data');
    const user = { scripts, account: NOBODY, env: { HOME: home } };
    for (const n of [0, 1]) {
      const child = startChild('hold-folder.mjs', [data, '{"umask":63}'], user);
      const { ownerUrl, place } = await held(child);
      places.delete(place);
      expect(place).toBe(data);
      await query(ownerUrl, n === 0 ? 'create table t as select 7 as n' : 'select 1');
      expect(await query(ownerUrl, 'select n from t')).toEqual([{ n: 7 }]);
      await child.end(n === 0 ? 'SIGKILL' : 'SIGTERM');
    }
    expect((await readdir(data)).sort()).toEqual(['postgres', 'postgres.password']);
  });

  it('root can take over a folder of that user, and give it back', async () => {
    const data = join(folder, 'data');
    await mkdir(data);
    const account = { uid: 1, gid: 1 };
    await chown(data, account.uid, account.gid);
    const user = { scripts, account, env: { HOME: data } };
    const first = startChild('hold-folder.mjs', [data], user);
    places.delete((await held(first)).place);
    await first.end();
    const server = await startEmbeddedPostgres(data);
    expect(basename(server.folder)).toBe('data');
    await server.stop();
    const again = startChild('hold-folder.mjs', [data], user);
    places.delete((await held(again)).place);
    await again.end();
  });

  it('a second account on the folder of the first is told what is wrong', async () => {
    const data = join(folder, 'data');
    await (await startEmbeddedPostgres(data)).stop();
    const child = startChild('hold-folder.mjs', [data], { scripts, account: { uid: 1, gid: 1 } });
    const { message } = JSON.parse(await child.line()) as { message: string };
    expect(message).toContain(data);
  });
});
