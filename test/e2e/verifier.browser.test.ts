import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { ballotEntry } from '../../src/crypto/log-entries.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import { caughtUp } from '../support/audited-election.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, type Portal } from '../support/portal.js';
import { written } from '../support/service.js';
import { fetched } from '../support/fetched.js';

let portal: Portal;
let browser: Browser;
let folder: string;
const ballots = Array.from({ length: 12 }, () => `{"ballot":"${randomBytes(20).toString('hex')}"}`).sort(
  (a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1),
);
const [reference = ''] = ballots.map(sha256Base64);
const [electionId, scrutinId, at] = [randomUUID(), randomUUID(), '2022-10-01T10:00:00.000Z'];
const declared: readonly (readonly [stream: string, event: LedgerEvent])[] = [
  [
    `election-${electionId}`,
    { type: 'ElectionDeclared', data: { electionId, title: 'Élections', preset: '2022', at } },
  ],
  [
    `scrutin-${scrutinId}`,
    {
      type: 'ScrutinDeclared',
      data: {
        ...{ scrutinId, electionId, boardId: randomUUID(), uuid: 'bmwrT8uHomwjwS', group: 'Ed25519' },
        ...{ title: 'CSA', body: 'CSA', seats: 15, held: 'here', at },
      },
    },
  ],
];

beforeAll(async () => {
  [portal, browser] = await Promise.all([openPortal(), openBrowser()]);
  folder = await mkdtemp(join(tmpdir(), 'isoloir-verify-'));
  const votes: LedgerEvent = {
    type: 'VotesCast',
    data: {
      ...{ scrutinId, batch: 1, at: '2022-12-01T08:00:00.000Z', ballots },
      signatures: ballots.map(() => randomBytes(32).toString('hex')).sort(),
    },
  };
  const { projections, store, transparency } = portal.foundation;
  for (const [stream, event] of declared) await store.append(stream, 'none', [written(event)]);
  // Not the stream of a box, which other read models would refuse: only the log is looked at here.
  await store.append(`log-${scrutinId}`, 'none', [written(votes)]);
  await caughtUp(transparency, store);
  await transparency.checkpoints.sign();
  for (const name of ['elections', 'scrutins'])
    expect(await projections.waitFor(name, await store.head(), 30_000)).toBe(true);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
  await rm(folder, { recursive: true });
});

describe('« Vérifier mon bulletin »', () => {
  it('says whether a ballot is in the box, without a session, and asks by prefix only', async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${portal.url}/verifier`);
    await page.getByLabel('Référence du bulletin').fill(` ${reference.slice(0, 20)} ${reference.slice(20)} `);
    await page.getByRole('button', { name: 'Vérifier' }).click();
    await page.getByRole('heading', { name: 'Ce bulletin est dans l’urne.' }).waitFor();
    expect(asked.filter((url) => url.includes('/api/deposits'))).toEqual([
      `${portal.url}/api/deposits?prefix=${encodeURIComponent(reference.slice(0, 1))}`,
    ]);
    expect(asked.filter((url) => url.includes(reference.slice(0, 6)))).toEqual([]);

    await page
      .getByLabel('Référence du bulletin')
      .fill(`${reference.slice(0, 42)}${reference.endsWith('A') ? 'E' : 'A'}`);
    await page.getByRole('button', { name: 'Vérifier' }).click();
    await page.getByRole('heading', { name: 'Ce bulletin n’est pas dans le journal publié.' }).waitFor();
    await page.close();
  });

  it('works offline, saved as one file, with the proof', async () => {
    const answer = (await (
      await fetch(`${portal.url}/api/deposits?prefix=${encodeURIComponent(reference.slice(0, 2))}`)
    ).json()) as { digits: number; deposits: { entry: string; proof: string }[] };
    expect(JSON.stringify(answer)).not.toContain(scrutinId);
    expect(JSON.stringify(answer)).not.toContain(reference.slice(2));
    const entry = Buffer.from(ballotEntry(scrutinId, reference)).toString('base64');
    const made = answer.deposits.find((one) => one.entry === entry)?.proof ?? '';
    expect(made.startsWith('c2sp.org/tlog-proof@v1\nindex ')).toBe(true);
    const extra = Buffer.from(scrutinId).toString('base64'); // which the page writes, when it is online
    const proof = made.replace('\nindex ', `\nextra ${extra}\nindex `);
    const html = await (await fetch(`${portal.url}/verifier/hors-ligne`)).text();
    await writeFile(join(folder, 'page.html'), html);
    await writeFile(join(folder, 'mine.tlog-proof'), proof);
    await writeFile(join(folder, 'forged.tlog-proof'), proof.replace(/\nindex \d+\n/, '\nindex 0\n'));
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await page.goto(`file://${join(folder, 'page.html')}`);
    await page.getByLabel('Référence du bulletin').fill(reference);
    await page.getByLabel('Preuve de dépôt').setInputFiles(join(folder, 'mine.tlog-proof'));
    await page.getByRole('button', { name: 'Vérifier' }).click();
    await page.getByRole('heading', { name: 'Ce bulletin est dans l’urne.' }).waitFor();
    await page.getByLabel('Preuve de dépôt').setInputFiles(join(folder, 'forged.tlog-proof'));
    await page.getByRole('button', { name: 'Vérifier' }).click();
    await page.getByRole('heading', { name: 'Cette preuve n’est pas celle de ce bulletin.' }).waitFor();
    await context.close();
  });

  it('refuses what is no prefix, and serves the log to mirrors', async () => {
    expect((await fetched(`${portal.url}/api/deposits?prefix=abcd`)).status).toBe(400);
    expect((await fetched(`${portal.url}/transparence/checkpoint`)).status).toBe(200);
    const tile = await fetch(`${portal.url}/transparence/tile/0/000.p/12`);
    expect(tile.headers.get('cache-control')).toContain('immutable');
    expect((await tile.arrayBuffer()).byteLength).toBe(12 * 32);
    const { store, transparency } = portal.foundation;
    const { size = 0 } = (await transparency.checkpoints.latest()) ?? {};
    const later = { ...declared[0]?.[1].data, title: 'Encore', electionId: randomUUID() };
    await store.append(`election-${later.electionId}`, 'none', [
      written({ type: 'ElectionDeclared', data: later } as LedgerEvent),
    ]);
    await caughtUp(transparency, store);
    expect((await transparency.log.state()).size).toBeGreaterThan(size); // and the log is signed once a minute
    for (const kind of ['0', 'entries']) {
      const of = (width: number) => fetched(`${portal.url}/transparence/tile/${kind}/000.p/${width}`);
      expect([(await of(size)).status, (await of(size + 1)).status]).toEqual([200, 404]);
    }
    expect((await fetched(`${portal.url}/transparence/tile/0/001`)).status).toBe(404);
  });
});
