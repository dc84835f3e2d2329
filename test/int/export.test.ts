import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { linesOf, readLine } from '../../src/auditor/bundle-lines.js';
import { sortedLines } from '../../src/crypto/line-list.js';
import { readConfig } from '../../src/config.js';
import { layFoundation } from '../../src/foundation.js';
import { Log } from '../../src/operations/log.js';
import { freshDatabase } from '../support/database.js';
import { caughtUp } from '../support/audited-election.js';
import { written } from '../support/service.js';

jest.setTimeout(300_000);

const BATCHES = 260;
const SIZE = 512 * 1024; // bytes of a batch, the most that a box writer makes
const HEAP = 110; // megabytes: less than what is exported

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  [database, folder] = await Promise.all([freshDatabase(), mkdtemp(join(tmpdir(), 'isoloir-export-test-'))]);
  const settings = {
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
  };
  environment = { ...process.env, ...settings, NODE_OPTIONS: `--max-old-space-size=${HEAP}` };
  const foundation = await layFoundation(readConfig(settings), new Log('silent'), false);
  const { store, transparency } = foundation;
  const scrutinId = randomUUID();
  transparency.builder.start();
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    const ballots = Array.from({ length: 64 }, () => randomBytes(SIZE / 128).toString('hex'));
    const signatures = sortedLines(ballots.map(() => randomBytes(32).toString('hex')));
    const data = { scrutinId, at: '2022-12-01T08:00:00.000Z', batch, signatures, ballots };
    await store.append(`box-${scrutinId}`, batch === 1 ? 'none' : batch - 2, [
      written({ type: 'VotesCast', data }),
    ]);
  }
  await caughtUp(transparency, store);
  await transparency.checkpoints.sign();
  await transparency.builder.stop();
  await foundation.close();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const exporting = (file: string) =>
  [process.execPath, [resolve('bin/isoloir.js'), 'export', '--kind', 'auditor', join(folder, file)]] as const;

describe('isoloir export', () => {
  it('writes a bundle that is larger than its memory', async () => {
    await promisify(execFile)(...exporting('whole.jsonl'), { env: environment });
    const { size } = await stat(join(folder, 'whole.jsonl'));
    expect(size).toBeGreaterThan(1.15 * HEAP * 1024 * 1024);
    const kinds = new Map<string, number>();
    for await (const text of linesOf(createReadStream(join(folder, 'whole.jsonl')))) {
      const { line } = readLine(text);
      kinds.set(line, (kinds.get(line) ?? 0) + 1);
    }
    expect(Object.fromEntries(kinds)).toEqual({ header: 1, event: BATCHES + 1, end: 1 });
  });

  it('goes on where it was killed, and gives the same bytes', async () => {
    const progress = async () => {
      const text = await readFile(join(folder, 'cut.jsonl.progress'), 'utf8').catch(() => '{"bytes":0}');
      return (JSON.parse(text) as { bytes: number }).bytes;
    };
    const child = spawn(...exporting('cut.jsonl'), { env: environment, stdio: 'ignore' });
    const ended = once(child, 'exit');
    while ((await progress()) < 20 * SIZE && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    const cut = await progress();
    expect(cut).toBeGreaterThanOrEqual(20 * SIZE);
    await promisify(execFile)(...exporting('cut.jsonl'), { env: environment });
    const whole = createReadStream(join(folder, 'whole.jsonl'))[Symbol.asyncIterator]();
    for await (const piece of createReadStream(join(folder, 'cut.jsonl')))
      expect((piece as Buffer).equals((await whole.next()).value as Buffer)).toBe(true);
    expect((await whole.next()).done).toBe(true);
    expect(await progress()).toBe(0); // what was kept beside it is gone
  });
});
