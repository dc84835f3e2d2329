import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '../../src/config.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { digestLedger } from '../../src/ledger/copy.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Log } from '../../src/operations/log.js';
import { start, type Running } from '../../src/start.js';
import { embeddedUrls } from '../../src/storage/embedded-postgres.js';
import { temporaryFolder } from '../support/folders.js';
import { activate, electorsOf, PASSWORD, someone } from '../support/portal.js';
import { PortalClient } from '../support/portal-client.js';
import { sealElection } from '../support/sealed-election.js';
import { traces } from '../support/traces.js';

const TITLE = 'Élections professionnelles 2022';
const QUESTION = 'Je ne suis plus à Lunéville depuis septembre.';

let folder: string;
let running: Running | undefined;
const identity = someone();
const secrets = [identity.email, identity.lastName, identity.firstName, QUESTION];

beforeAll(async () => {
  folder = await temporaryFolder('erasure');
  running = await open('2022-12-01T10:00:00.000Z');
  const { register, invite } = electorsOf(running);
  const { electorId } = await register(identity);
  const client = new PortalClient(running.url);
  await activate(client, await invite(electorId));
  await client.post('/api/assistance', { text: QUESTION });
  await sealElection(running.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing: [electorId],
    now: '2022-12-01T10:00:00.000Z',
    closesAt: '2022-12-08T16:00:00.000Z',
  });
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(clock: string): Promise<Running> {
  return start(
    readConfig({
      DEMONSTRATION: 'portal',
      ISOLOIR_DATA: folder,
      ISOLOIR_CLOCK: clock,
      PORT: '0',
      LOG_LEVEL: 'silent',
    }),
    new Log('silent'),
  );
}

/** `isoloir erase` beside the running server. */
async function erase(clock: string, title = TITLE): Promise<string> {
  const env = { PATH: process.env.PATH, ISOLOIR_DATA: folder, ISOLOIR_CLOCK: clock };
  const words = ['bin/isoloir.js', 'erase', DEMONSTRATION_ELECTION, '--title', title];
  return promisify(execFile)(process.execPath, words, { env }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

/** Which of the secrets are somewhere in a file below the folder, byte for byte. */
async function inFiles(): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
    for (const secret of secrets) if (bytes.includes(secret)) found.add(secret);
  }
  return [...found];
}

describe('an election', () => {
  it('is kept for two years after its closing, and is not erased under another title', async () => {
    expect(await inFiles()).toContain(identity.lastName); // so that not to find it later says something
    expect(await erase('2024-12-08T15:59:00.000Z')).toContain('must be kept until 2024-12-08T16:00:00.000Z');
    expect(await erase('2025-01-01T00:00:00.000Z', 'Élections')).toContain('has another title');
    expect(await inFiles()).toContain(identity.lastName);
  });

  it('then loses whom it was about, everywhere, and keeps its ledger to the byte', async () => {
    if (!running) throw new Error('not running');
    const before = await digestLedger(running.foundation.store);
    expect(await erase('2024-12-09T00:00:00.000Z')).toMatch(
      /^2\d electors: \d+ rows, [1-9]\d* keys, [1-9]\d* documents erased\n$/,
    );
    expect(await digestLedger(running.foundation.store)).toStrictEqual(before);
    const { ownerUrl } = await embeddedUrls(folder);
    const place = { foundation: running.foundation, database: { ownerUrl }, logged: () => '' };
    expect(await traces(place, secrets)).toStrictEqual([]);
    expect(await traces(place, secrets, ['vault', 'documents'])).toStrictEqual([]);
    expect(await inFiles()).toStrictEqual([]);
    expect(await erase('2024-12-09T00:00:00.000Z')).toMatch(/: 0 rows, 0 keys, 0 documents erased/);
  });

  it('leaves a service that works, on which nobody of it can sign in', async () => {
    if (!running) throw new Error('not running');
    (running.foundation.clock as MovedClock).moveTo('2024-12-09T00:00:00.000Z');
    const client = new PortalClient(running.url);
    expect((await client.get('/health/ready')).status).toBe(200);
    expect((await client.signIn(identity.email, PASSWORD)).status).toBe(403);
  });
});
