import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { disown } from '../../src/storage/postmaster-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the lock file of a PostgreSQL that is gone', () => {
  it('gets a number that nobody has, and keeps the rest', async () => {
    const lock = join(folder, 'postmaster.pid');
    const rest = ['/data', '1700000000', '5432', '/socket', '', '  1234567   65536', ''];
    for (const pid of ['7', '4194304', '999999999']) {
      await writeFile(lock, [pid, ...rest].join('\n'));
      await disown(lock, rest);
      expect(await readFile(lock, 'utf8')).toBe(['999999999', ...rest].join('\n'));
    }
  });

  it('is not made again when PostgreSQL removed it while it was read', async () => {
    await disown(join(folder, 'postmaster.pid'), ['/data']);
    expect(await readdir(folder)).toEqual([]);
  });
});
