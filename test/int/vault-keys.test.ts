import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/database.js';
import { Digests } from '../../src/vault/digests.js';
import { BadKeyFile, VaultKeys, readWrappingKey } from '../../src/vault/keys.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folders.js';

const wrapping = randomBytes(32);
let made: TestDatabase;
let database: Database;
let keys: VaultKeys;
beforeAll(async () => {
  made = await freshDatabase();
  database = new Database(made.url, 4);
  keys = new VaultKeys(database, wrapping);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

describe('a key of the vault', () => {
  it('is made once, and found again by any instance with the wrapping key', async () => {
    const key = await keys.obtain('register-1');
    expect(key).toHaveLength(32);
    expect(await keys.obtain('register-1')).toEqual(key);
    expect(await new VaultKeys(database, Buffer.from(wrapping)).find('register-1')).toEqual(key);
    expect(await keys.obtain('register-2')).not.toEqual(key);
  });

  it('is one key when instances ask for it at once', async () => {
    const others = [new Database(made.url, 4), new Database(made.url, 4)];
    const instances = [keys, ...others.map((other) => new VaultKeys(other, wrapping))];
    const asks = instances.flatMap((one) => Array.from({ length: 4 }, () => one.obtain('race')));
    const got = await Promise.all(asks);
    expect(new Set(got.map((key) => key.toString('hex'))).size).toBe(1);
    for (const other of others) await other.close();
  });

  it('is nowhere in the database, and neither is the wrapping key', async () => {
    const secrets = [await keys.obtain('secret'), wrapping];
    const [{ columns } = { columns: [] }] = await made.asOwner<{
      columns: { s: string; t: string; c: string }[];
    }>(
      `select json_agg(json_build_object('s', table_schema, 't', table_name, 'c', column_name)) as columns
         from information_schema.columns where table_schema in ('vault', 'ledger', 'documents', 'public')`,
    );
    expect(columns.length).toBeGreaterThan(10);
    for (const { s, t, c } of columns) {
      const cells = await made.asOwner<{ cell: unknown }>(`select "${c}" as cell from "${s}"."${t}"`);
      for (const { cell } of cells) {
        const bytes = Buffer.isBuffer(cell) ? cell : Buffer.from(String(cell));
        for (const secret of secrets)
          for (const form of [secret, secret.toString('hex'), secret.toString('base64')])
            expect(bytes.includes(form)).toBe(false);
      }
    }
  });

  it('is gone once destroyed, also for those who hold the wrapping key', async () => {
    await keys.obtain('mortal');
    await keys.destroy('mortal');
    await keys.destroy('mortal');
    expect(await keys.find('mortal')).toBeUndefined();
  });

  it('does not open with another wrapping key, under another name, or altered', async () => {
    await keys.obtain('sealed');
    const stranger = new VaultKeys(database, randomBytes(32));
    await expect(stranger.find('sealed')).rejects.toThrow('key sealed cannot be unwrapped');
    await expect(stranger.obtain('sealed')).rejects.toThrow('key sealed cannot be unwrapped');
    await made.asOwner(
      `insert into vault.keys select 'renamed', wrapped from vault.keys where name = 'sealed'`,
    );
    await expect(keys.find('renamed')).rejects.toThrow('cannot be unwrapped');
    for (const altered of [
      `set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)`,
      `substr(wrapped, 1, 20)`,
      `''`,
    ]) {
      await made.asOwner(`update vault.keys set wrapped = ${altered} where name = 'renamed'`);
      await expect(keys.find('renamed')).rejects.toThrow('cannot be unwrapped');
    }
  });
});

describe('the file of the wrapping key', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder('key');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds 32 bytes in base64', async () => {
    const path = join(folder, 'good');
    await writeFile(path, ` ${wrapping.toString('base64')}\n\n`);
    expect(await readWrappingKey(path)).toEqual(wrapping);
  });

  it('is made on first use when asked for, for its owner only, and once', async () => {
    const path = join(folder, 'made');
    const all = await Promise.all(Array.from({ length: 5 }, () => readWrappingKey(path, true)));
    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readWrappingKey(path, true)).toEqual(all[0]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'utf8')).trim()).toBe(all[0]?.toString('base64'));
  });

  it.each([
    ['that is not there', undefined, 'cannot be read'],
    ['that is empty', '', 'holds 0 bytes'],
    ['with a shorter key', randomBytes(16).toString('base64'), 'holds 16 bytes'],
    ['with a longer key', randomBytes(64).toString('base64'), 'holds 64 bytes'],
    ['in hex', randomBytes(32).toString('hex'), 'holds 48 bytes'],
  ])('%s is refused, and named', async (_, content, reason) => {
    const path = join(folder, 'bad');
    await rm(path, { force: true });
    if (content !== undefined) await writeFile(path, content);
    const refused = await readWrappingKey(path).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(BadKeyFile);
    const { message } = refused as Error;
    expect(message).toContain(path);
    expect(message).toContain(reason);
    expect(message).toContain('32 random bytes in base64');
    if (content) expect(message).not.toContain(content);
  });

  it('that is a folder is refused, and named', async () => {
    await mkdir(join(folder, 'folder'));
    await expect(readWrappingKey(join(folder, 'folder'))).rejects.toThrow('cannot be read');
  });
});

describe('the key of a digest', () => {
  it('is remembered for a minute, and forgotten by a running server once it was erased', async () => {
    let now = 0;
    const digests = new Digests(keys, () => now);
    const before = await digests.of('numen', '01E1234567XYZ');
    await keys.destroy('digest/numen');
    now = 59_000;
    expect(await digests.of('numen', '01E1234567XYZ')).toEqual(before);
    now = 61_000;
    const after = await digests.of('numen', '01E1234567XYZ');
    expect(after).not.toEqual(before);
    expect(await new Digests(keys).of('numen', '01E1234567XYZ')).toEqual(after);
  });
});
