import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimFolder } from '../../src/storage/folder-claim.js';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { endAll, startChild } from '../support/child.js';
import { temporaryFolder } from '../support/folders.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('claim');
});
afterEach(async () => {
  await endAll();
  await rm(folder, { recursive: true, force: true });
});

describe('a folder', () => {
  it('is refused to a second process within a second, which is told the folder and its owner', async () => {
    const server = await startEmbeddedPostgres(folder);
    try {
      const second = startChild('hold-folder.mjs', [folder]);
      const answer = JSON.parse(await second.line()) as { error: string; message: string; took: number };
      expect(answer.error).toBe('FolderInUse');
      expect(answer.message).toContain(`${folder} is in use by process ${process.pid}`);
      expect(answer.message).toContain('ISOLOIR_DATA');
      expect(answer.took).toBeLessThan(1_000);
      await expect(startEmbeddedPostgres(folder)).rejects.toThrow(`process ${process.pid}`);
    } finally {
      await server.stop();
    }
  });

  it('goes to exactly one of the processes that race for it, also over the mark of a dead owner', async () => {
    const racers = Array.from({ length: 6 }, () => startChild('claim-folder.mjs', [folder]));
    for (const racer of racers) expect(await racer.line()).toBe('ready');
    for (let round = 0; round < 20; round++) {
      if (round % 2) await writeFile(join(folder, 'owner-999999-1'), '');
      for (const racer of racers) racer.say('go');
      const answers = await Promise.all(racers.map((racer) => racer.line()));
      expect(answers.sort()).toEqual([
        'FolderInUse',
        'FolderInUse',
        'FolderInUse',
        'FolderInUse',
        'FolderInUse',
        'won',
      ]);
      for (const racer of racers) racer.say('release');
      for (const racer of racers) expect(await racer.line()).toBe('released');
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes to exactly one of two that start PostgreSQL on it at once', async () => {
    const both = [startChild('hold-folder.mjs', [folder]), startChild('hold-folder.mjs', [folder])];
    const answers = await Promise.all(
      both.map(async (child) => JSON.parse(await child.line()) as { error?: string }),
    );
    expect(answers.map(({ error }) => error ?? 'started').sort()).toEqual(['FolderInUse', 'started']);
    await Promise.all(both.map((child) => child.end()));
  });

  it.each([
    ['that died', () => 'owner-999999-4711'],
    ['whose number belongs to another process by now', () => `owner-${process.ppid}-4711`],
    ['whose number is ours by now', () => `owner-${process.pid}-4711`],
  ])('is taken over from an owner %s', async (_, mark) => {
    await writeFile(join(folder, mark()), '');
    const claim = await claimFolder(folder);
    expect(await readdir(folder)).not.toContain(mark());
    await claim.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over at once from an owner that was killed', async () => {
    const owner = startChild('claim-folder.mjs', [folder]);
    await owner.line();
    owner.say('go');
    expect(await owner.line()).toBe('won');
    await expect(claimFolder(folder)).rejects.toThrow(`process ${owner.pid}`);
    await owner.end('SIGKILL');
    await (await claimFolder(folder)).release();
  });

  it('is free again when its owner released it', async () => {
    const first = await claimFolder(folder);
    await expect(claimFolder(folder)).rejects.toThrow('in use');
    await first.release();
    await (await claimFolder(folder)).release();
  });
});
