import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Document, type Page as PdfPage } from 'mupdf';
import type { Browser, Page } from 'playwright-core';
import { auditBundle } from '../../src/auditor/audit.js';
import { readConfig } from '../../src/config.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { DEMONSTRATION_ELECTION, DEMONSTRATION_SEED } from '../../src/demonstration.js';
import { SHARE_PASSPHRASE } from '../../src/demonstration/notebook.js';
import { DEMONSTRATION_BOARD } from '../../src/demonstration/prepare-vote.js';
import { decode } from '../../src/events/codec.js';
import { inventedElector } from '../../src/modules/account/invented-electors.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Log } from '../../src/operations/log.js';
import { start, type Running } from '../../src/start.js';
import { arrived, choose, passGate, vote } from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { freshDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folders.js';
import { activate, choosePassword, openMail, press, shown } from '../support/walk.js';

jest.setTimeout(400_000);

const SCRUTIN = 'CSA de proximité de Paris';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
let running: Running;
let browser: Browser;
let elector: Page;

beforeAll(async () => {
  [browser, database, folder] = await Promise.all([
    openBrowser(),
    freshDatabase(),
    temporaryFolder('demonstration'),
  ]);
  const config = readConfig({
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    ISOLOIR_CLOCK: '2022-12-01T12:27:00+01:00',
    PORT: '0',
  });
  running = await start(config, new Log('silent'));
});
afterAll(async () => {
  await browser.close();
  await running.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** The code on the notice of an elector, read from the PDF as the elector reads it from the paper. */
async function codeOf(name: string): Promise<string> {
  const answer = await fetch(`${running.url}/demonstration/fichiers/notices-00001.pdf`);
  const notices = Document.openDocument(await answer.arrayBuffer(), 'application/pdf');
  const pages = Array.from({ length: notices.countPages() }, (_, place) => notices.loadPage(place));
  const text = pages
    .map((page: PdfPage) => page.toStructuredText('').asText())
    .find((one) => one.includes(`${name}\n`));
  return /[0-9A-Z]{5}(-[0-9A-Z]{5}){3}/.exec(text ?? '')?.[0] ?? '';
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** Somebody of the staff, in a browser of their own. */
async function staffMember(login: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${running.url}/demonstration`);
  const cells = page.getByRole('row').filter({ hasText: login }).locator('code');
  const [name = '', password = '', code = ''] = await cells.allInnerTexts();
  await page.goto(`${running.url}/personnel/connexion`);
  await page.fill('[name=login]', name);
  await page.fill('[name=password]', password);
  await page.fill('[name=code]', code);
  await page.click('main form button');
  await page.waitForURL('**/personnel');
  return page;
}

/** A change by somebody of the staff through the API, with the token of their session. */
async function posts(page: Page, path: string, data: object = {}) {
  const session = await page.request.get(`${running.url}/api/session`);
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  return page.request.post(running.url + path, { data, headers: { 'X-CSRF-Token': csrfToken } });
}

async function scrutinCalled(title: string): Promise<string> {
  for await (const { type, data } of running.foundation.store.readAll()) {
    const event = decode(type, data);
    if (event.type === 'ScrutinDeclared' && event.data.title === title) return event.data.scrutinId;
  }
  throw new Error(`no scrutin is called ${title}`);
}

/** Signs the minutes with a code of the next minute, because a code serves once, and waits for the answer. */
async function signs(page: Page, count: string, login: string, said: string): Promise<void> {
  (running.foundation.clock as MovedClock).offset += 60_000;
  await page.goto(`${running.url}/demonstration`);
  const code = await page.getByRole('row').filter({ hasText: login }).locator('code').nth(2).innerText();
  await page.goto(count);
  await page.fill('#code', code);
  await press(page, 'SIGNER');
  await page.waitForSelector(`text=${said}`);
}

describe('a newcomer, with the demonstration', () => {
  it('finds mails, notices, staff and keys on one page', async () => {
    elector = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    elector.setDefaultTimeout(30_000);
    await elector.goto(`${running.url}/demonstration`);
    expect(await elector.getByRole('row').count()).toBe(10);
    await shown(elector, 'demonstration');
  });

  it('activates an account from its mail, and votes with the code of its notice', async () => {
    const { known } = inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, 0);
    await openMail(elector, running.url, known.email, 'Ouverture du portail élections professionnelles');
    await elector.click('main form button'); // what opened the link changed nothing yet (F96)
    await choosePassword(elector);
    await activate(elector);
    await elector.waitForURL('**/espace');
    await elector.goto(`${running.url}/vote`);
    await passGate(elector, await codeOf(`${known.firstName} ${known.lastName}`));
    await elector.getByRole('button', { name: `PARTICIPER au scrutin ${SCRUTIN} →` }).click();
    await elector.waitForSelector('ul.lists');
    await choose(elector, 'CGT Éduc’action');
    expect(await vote(elector)).toMatch(/^[\w+/]{43}$/);
    await arrived(elector, 'Accusé de réception');
    expect(await elector.innerText('main')).toContain(`Vous venez de voter au scrutin ${SCRUTIN}.`);
  });

  it('asks for another code, which makes the one of the notice worth nothing', async () => {
    const { known } = inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, 0);
    await elector.goto(`${running.url}/vote/reassort`);
    await elector.fill('#answer', 'Épagneul breton');
    await elector.fill('#proof', known.numen);
    await elector.check('input[value=mail]');
    await elector.fill('#address', 'ailleurs@messagerie.example');
    await press(elector, 'ENVOYER');
    await elector.waitForSelector('text=Un lien vient de vous être envoyé');
    const mails = (await running.mails.catchAll?.newest(50)) ?? [];
    const sent = mails.find(({ to }) => to.includes('ailleurs@messagerie.example'));
    const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    await page.goto(/https?:\/\/\S+\/reassort\/[\w-]{80}/.exec(sent?.text ?? '')?.[0] ?? '');
    await press(page, 'OBTENIR MON NOUVEAU CODE');
    expect(await page.textContent('[data-code]')).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/);
    await page.context().close();
  });

  it('sees a box suspended, resumed and extended by two of the board', async () => {
    const [one, other] = [await staffMember('presidence'), await staffMember('secretariat')];
    const scrutinId = await scrutinCalled(SCRUTIN);
    for (const [action, closesAt] of [
      ['suspend', undefined],
      ['resume', undefined],
      ['extend', '2022-12-08T18:00:00+01:00'],
    ]) {
      const asked = { scrutinId, action, closesAt, reason: 'Panne du réseau de l’académie' };
      const answer = await posts(one, '/api/boxes/requests', asked);
      expect(answer.status()).toBe(201);
      const { requestId } = (await answer.json()) as { requestId: string };
      expect((await posts(one, `/api/boxes/requests/${requestId}/approval`)).status()).toBe(403);
      expect((await posts(other, `/api/boxes/requests/${requestId}/approval`)).status()).toBe(204);
    }
  });

  it('moves the clock past the end, and counts as the board does', async () => {
    await elector.goto(`${running.url}/demonstration`);
    await press(elector, 'Après le délai de grâce : l’urne est figée, le bureau dépouille');
    (running.foundation.clock as MovedClock).offset += 3_600_000; // the box that was extended
    const board = await staffMember('secretariat');
    await board.goto(`${running.url}/bureau/${DEMONSTRATION_BOARD}`);
    await press(board, 'Dépouillement');
    await board.waitForURL('**/bureau/depouillement/*');
    const count = board.url();
    while (!(await board.getByRole('button', { name: 'RAPPROCHER' }).isVisible())) {
      await board.waitForTimeout(500); // the boxes freeze by themselves
      await board.reload();
    }
    await press(board, 'RAPPROCHER');
    await board.waitForSelector('text=Concordant');
    for (const [seat, login] of [
      [2, 'secretariat'],
      [3, 'delegue-1'],
      [5, 'delegue-3'],
    ] as const) {
      const page = login === 'secretariat' ? board : await staffMember(login);
      await page.goto(count);
      await page.setInputFiles('#fichier', `${folder}/demonstration/part-${seat}-${login}.json`);
      await page.fill('#phrase', SHARE_PASSPHRASE);
      await press(page, 'VÉRIFIER ET DÉCHIFFRER');
      await page.waitForSelector('[data-said] p:has-text("Terminé")');
    }
    const chair = await staffMember('presidence');
    await signs(chair, count, 'presidence', 'Le secrétaire signe d’abord');
    await signs(board, count, 'secretariat', 'Vous avez signé les procès-verbaux');
    await signs(chair, count, 'presidence', 'Vous avez signé les procès-verbaux');
    await elector.goto(`${running.url}/resultats/${DEMONSTRATION_ELECTION}`);
    const row = elector.getByRole('row').filter({ hasText: 'CGT Éduc’action' }).first();
    expect(await row.innerText()).toMatch(/\b1\b/);
    await shown(elector, 'resultats-demonstration');
  });

  it('exports it all, and the auditor finds it sound', async () => {
    await running.foundation.transparency.signWhenCaughtUp();
    const types = new Set<string>();
    for await (const { type } of running.foundation.store.readAll()) types.add(type);
    for (const type of ['VotingCodeReassorted', 'BoxSuspended', 'BoxResumed', 'BoxExtended'])
      expect(types).toContain(`${type}.v1`);
    const auditor = await staffMember('audit');
    for (const path of ['/transparence/dossier', '/api/audit/bundle']) {
      const answer = await auditor.request.get(running.url + path);
      expect(answer.status()).toBe(200);
      const report = await auditBundle(Readable.from([await answer.text()]), { threads: 2 });
      expect(report.claims.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
      expect(report.sound).toBe(true);
      expect(report.results.map(({ ballots }) => ballots).sort()).toEqual([0, 0, 1]);
      const unchecked = report.claims.filter(({ verdict }) => verdict === 'unchecked');
      const hidden = path.includes('dossier') ? ['lists-were-closed-before-sealing'] : [];
      expect(unchecked.map(({ name }) => name)).toEqual([
        ...['witnesses-saw-the-freeze', ...hidden, 'ballots-asked-for-are-in-a-box'],
      ]);
    }
  });

  it('is kept for two years: everything that the law names, summed up and audited', async () => {
    const kept = join(folder, 'conserve');
    const env = {
      ...{ ...process.env, ISOLOIR_MODE: 'demonstration', ISOLOIR_DATA: folder, DEMONSTRATION: 'empty' },
      ...{ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl },
      ISOLOIR_CLOCK: running.foundation.clock.now(),
    };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [resolve('bin/isoloir.js'), 'retain', kept],
      { env },
    );
    expect(stdout).not.toContain('manque');
    const sums = await readFile(join(kept, 'SHA256SUMS'), 'utf8');
    expect(stdout).toContain(`SHA256SUMS ${sha256(Buffer.from(sums))}`);
    const files = new Map(
      sums
        .trim()
        .split('\n')
        .map((line) => line.split('  ').reverse() as [string, string]),
    );
    for (const [path, sum] of files)
      expect([path, sha256(await readFile(join(kept, path)))]).toEqual([path, sum]);
    const ofScrutins = [...files.keys()].filter((path) => /^scrutins\/[^/]+\/[^/]+$/.test(path));
    expect(new Set(ofScrutins.map((path) => path.split('/')[2]))).toEqual(
      new Set(['urne.bel', 'emargements.json', 'proces-verbal.json', 'proces-verbal.pdf']),
    );
    for (const path of ofScrutins.filter((one) => one.endsWith('urne.bel')))
      expect((await verifyElection(await readFile(join(kept, path)), { groupOf: serverGroup })).sound).toBe(
        true,
      );
    const registers = ofScrutins.filter((path) => path.endsWith('emargements.json'));
    const names = await Promise.all(registers.map((path) => readFile(join(kept, path), 'utf8')));
    expect(names.join('')).toContain(
      inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, 0).known.lastName,
    );
    for (const path of [
      'logiciel/src/main.ts',
      'logiciel/dist/main.js',
      'logiciel/package-lock.json',
      'journal.jsonl',
    ])
      expect(files.has(path)).toBe(true);
    expect(await readFile(join(kept, 'audit.txt'), 'utf8')).toContain('Conforme : aucune anomalie.');
    const list = await readFile(join(kept, 'LISTE.md'), 'utf8');
    expect(list).toMatch(/À conserver jusqu’au \S+ 08 décembre 2024/);
    expect(list).toContain('## Ce qui manque\n\nRien.');
    await expect(
      promisify(execFile)(process.execPath, [resolve('bin/isoloir.js'), 'retain', kept], { env }),
    ).rejects.toMatchObject({ code: 2 }); // what is kept is not written over
  });

  it('serves the booth that was sealed, as anybody finds out', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[resolve('bin/isoloir.js'), 'audit', running.url, '--booth', running.url],
    ]);
    expect(stdout).toContain('OUI  Le script de l’isoloir servi est celui qui compte');
    expect(stdout).toContain('Conforme : aucune anomalie.');
    const other = [running.url, '--booth', `${running.url}/assets/session.js`, '--lang', 'en'];
    const failure = await promisify(execFile)(process.execPath, [
      ...[resolve('bin/isoloir.js'), 'audit', ...other],
    ]).catch((error: unknown) => error as { code: number; stdout: string });
    expect(failure).toMatchObject({ code: 1 });
    expect(failure.stdout).toContain(' NO  The script of the booth is NOT the one that counts');
  });
});
