import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { auditCommand } from '../../src/cli/audit.js';
import { keyholderCommand } from '../../src/cli/keyholder.js';
import { parseAuditedTallies } from '../../src/crypto/audited-tallies.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { openBrowser } from '../support/browser.js';
import { castBatch, caughtUp, moveClock } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { press } from '../support/walk.js';

jest.setTimeout(240_000);

const PASSWORD = 'un bon mot de passe';
const MANY = 2_001; // one more than a page adds up, says the server
const [DELEGATE, LOGIN] = [3, 'delegue'];
let browser: Browser;
let portal: Portal;
let folder: string;
let election: SealedElection;
let [first, second]: TestScrutin[] = [];
let totpKey: string;
let page: Page;
let tallies: string;

beforeAll(async () => {
  [browser, portal, folder] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' }),
    mkdtemp(join(tmpdir(), 'isoloir-decrypting-')),
  ]);
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  const staffIds: string[] = [];
  for (const seat of [1, 2, 3, 4, 5, 6]) {
    const made = await accounts.add(seat === DELEGATE ? LOGIN : `siege-${seat}`, PASSWORD, 'board');
    staffIds.push(made.staffId);
    if (seat === DELEGATE) ({ totpKey } = made);
  }
  election = await sealElection(portal.foundation, {
    ...{ now: '2022-12-01T08:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z' },
    ...{ electors: 4, scrutins: 2, lists: 1, staffIds },
  });
  [first, second] = election.scrutins as [TestScrutin, TestScrutin];
  for (const scrutin of election.scrutins) {
    const votes = election.electors.slice(1).map((_, i) => [i, i ? 0 : 'blank'] as const);
    await castBatch(portal, election, scrutin, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
  }
  await caughtUp(portal);
  moveClock(portal, '2022-12-08T16:21:00.000Z');
  await portal.app.get(Freezing, { strict: false }).freezeDue();
  await caughtUp(portal);
  await portal.app.get(Reconciling, { strict: false }).reconcile(election.boardId, staffIds[0] as string);
  await portal.foundation.transparency.checkpoints.sign();
  await caughtUp(portal);
  tallies = await audits();
  page = await delegate();
});
afterAll(async () => {
  await browser.close();
  await portal.close();
  await rm(folder, { recursive: true });
});

async function delegate(): Promise<Page> {
  const opened = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  opened.setDefaultTimeout(60_000);
  await opened.goto(`${portal.url}/personnel/connexion`);
  await opened.fill('[name=login]', LOGIN);
  await opened.fill('[name=password]', PASSWORD);
  await opened.fill('[name=code]', totp(totpKey, stepAt(portal.foundation.clock.now())));
  await opened.click('main form button');
  await opened.waitForURL('**/personnel');
  return opened;
}

/** Opens the count and decrypts what it shows, with this file of audited tallies or none. */
async function decrypts(file?: string): Promise<string> {
  await page.goto(`${portal.url}/bureau/depouillement/${election.boardId}`);
  await page.fill('#part', String(election.shares[DELEGATE - 1]));
  if (file !== undefined) await page.setInputFiles('#totaux', file);
  await press(page, 'VÉRIFIER ET DÉCHIFFRER');
  await page.waitForSelector('[data-said] a');
  return (await page.textContent('[data-said]')) ?? '';
}

/** From now on the server says this of the first scrutin, and nothing of the other. */
async function says(about: object): Promise<void> {
  await page.route('**/api/boards/*/count', async (route) => {
    const answer = await route.fetch();
    const { scrutins, ...count } = (await answer.json()) as { scrutins: { scrutinId: string }[] };
    const own = scrutins.filter(({ scrutinId }) => scrutinId === first?.scrutinId);
    await route.fulfill({
      response: answer,
      json: { ...count, scrutins: own.map((one) => ({ ...one, ...about })) },
    });
  });
}

/** What the page says of a lie, and what it posts. */
async function lied(about: object, file?: string): Promise<{ said: string; posted: string[] }> {
  const posted: string[] = [];
  await says(about);
  await page.route('**/decryptions', async (route) => {
    posted.push(route.request().postData() ?? '');
    await route.abort();
  });
  const said = await decrypts(file);
  await page.unrouteAll();
  return { said, posted };
}

/** A ballot of an elector as if it were a tally: what a dishonest server would like to have decrypted. */
async function oneBallot(): Promise<string> {
  const text = await (await fetch(`${portal.url}/api/scrutins/${first?.scrutinId ?? ''}/ballots`)).text();
  const { answers } = JSON.parse(text.split('\n')[0] ?? '') as { answers: { choices: unknown }[] };
  return JSON.stringify(answers.map(({ choices }) => choices));
}

/** `isoloir audit` by the holder, who has kept a signed root: the file that it writes. */
async function audits(): Promise<string> {
  const [checkpoint, file] = [join(folder, 'checkpoint'), join(folder, 'totaux.json')];
  await writeFile(checkpoint, await (await fetch(`${portal.url}/transparence/checkpoint`)).text());
  let said = '';
  await auditCommand()
    .configureOutput({ writeOut: (text) => (said += text), writeErr: (text) => (said += text) })
    .parseAsync([portal.url, '--checkpoint', checkpoint, '--tallies', file], { from: 'user' });
  expect(said).toContain('totaux.json: 2 tallies');
  expect(process.exitCode).toBe(3); // sound, and not counted yet
  process.exitCode = undefined;
  return file;
}

describe('a dishonest server, before a holder who decrypts', () => {
  it('gets no ballot decrypted as the tally of a box that it says to be large', async () => {
    const { said, posted } = await lied({ ballots: MANY, tally: await oneBallot() });
    expect(said).toContain('CSA ministériel n° 1 : NON DÉCHIFFRÉ, plus de 2000 bulletins');
    expect(posted).toEqual([]);
  });

  it('nor where the holder has a file of an audit, whatever it says of count, tally or election', async () => {
    const tally = await oneBallot();
    const larger = await lied({ ballots: MANY, tally }, tallies);
    expect(larger.said).toContain(
      'NON DÉCHIFFRÉ, le nombre de bulletins n’est pas celui de vos totaux audités',
    );
    const same = await lied({ tally }, tallies);
    expect(same.said).toContain('NON DÉCHIFFRÉ, le résultat chiffré n’est pas celui de vos totaux audités');
    const election = second?.poll.election.raw ?? '';
    const moved = await lied({ election, tally }, tallies);
    expect(moved.said).toContain('ce scrutin est celui d’une autre élection ou d’un autre bureau');
    expect([...larger.posted, ...same.posted, ...moved.posted]).toEqual([]);
  });

  it('nor with the file of another election, or with no such file', async () => {
    const foreign = join(folder, 'autre.json');
    const text = await readFile(tallies, 'utf8');
    await writeFile(foreign, text.replaceAll(/"scrutinId": "[0-9a-f]{8}/g, '"scrutinId": "00000000'));
    const said = await decrypts(foreign);
    expect(said).toContain(
      '« autre.json » est d’une autre élection ou d’un autre bureau : il ne parle pas de',
    );
    expect(said).toMatch(/« CSA ministériel n° \d », « CSA ministériel n° \d »/);
    const none = join(folder, 'part.json');
    await writeFile(none, '{"share":"12345"}');
    expect(await decrypts(none)).toContain('« part.json » n’est pas un fichier de totaux audités');
  });
});

describe('the command of a holder', () => {
  const decrypt = async (out: string, ...more: string[]) => {
    let said = '';
    const share = join(folder, 'share.json');
    await writeFile(share, JSON.stringify({ share: String(election.shares[3]) }));
    const command = keyholderCommand().commands.find((one) => one.name() === 'decrypt');
    command?.configureOutput({ writeOut: (text) => (said += text) });
    const where = [
      '--url',
      portal.url,
      '--board',
      election.boardId,
      '--share',
      share,
      '--out',
      join(folder, out),
    ];
    await command?.parseAsync([...where, ...more], { from: 'user' });
    return said;
  };

  it('verifies the ballots of each box, or takes the file of the audit', async () => {
    const said = await decrypt('streamed.json');
    for (const { title, tally } of parseAuditedTallies(await readFile(tallies, 'utf8')))
      expect(said).toContain(`${title}: 3 ballots verified, tally ${tally}, decrypted for seat 4`);
    expect(await decrypt('audited.json', '--audited', tallies)).toContain('audited.json: 2 parts');
  });

  it('decrypts nothing that differs from the file, and takes none of another election', async () => {
    const other = join(folder, 'other.json');
    const text = await readFile(tallies, 'utf8');
    await writeFile(other, text.replaceAll(/"tally": "[0-9a-f]{4}/g, '"tally": "0000'));
    await expect(decrypt('no.json', '--audited', other)).rejects.toThrow(/not the one that was audited/);
    await writeFile(other, text.replaceAll(/"scrutinId": "[0-9a-f]{8}/g, '"scrutinId": "00000000'));
    await expect(decrypt('no.json', '--audited', other)).rejects.toThrow(
      /of another election or board: it does not speak of CSA ministériel n° \d, CSA ministériel n° \d/,
    );
    await expect(readFile(join(folder, 'no.json'))).rejects.toThrow('ENOENT');
  });
});

describe('a box of more ballots than a page adds up', () => {
  it('is decrypted with the file of the audit, without a look at the ballots; the hash is shown', async () => {
    const many = join(folder, 'many.json');
    const audited = await readFile(tallies, 'utf8');
    await writeFile(many, audited.replaceAll('"ballots": 3', `"ballots": ${MANY}`));
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    await says({ ballots: MANY });
    const said = await decrypts(many);
    await page.unrouteAll();
    const own = parseAuditedTallies(audited).find(({ scrutinId }) => scrutinId === first?.scrutinId);
    expect(said).toContain(
      `${MANY} bulletin(s) vérifié(s). Empreinte du total chiffré : ${own?.tally ?? ''}`,
    );
    expect(said).toContain('CSA ministériel n° 1 : part acceptée');
    expect(fetched.filter((url) => url.endsWith('/ballots'))).toEqual([]);
  });

  it('leaves smaller ones to the page, which adds them up', async () => {
    const said = await decrypts();
    expect(said).toContain('CSA ministériel n° 1 : déjà déchiffré par ce siège');
    expect(said).toMatch(/n° 2 : 3 bulletin\(s\) vérifié\(s\)\. Empreinte du total chiffré : [0-9a-f]{64}/);
    expect(said).toContain('CSA ministériel n° 2 : part acceptée');
  });
});

describe('isoloir audit', () => {
  it('writes no tallies of a log that nobody else has seen', async () => {
    const silent = auditCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await expect(
      silent.parseAsync([portal.url, '--tallies', join(folder, 'none.json')], { from: 'user' }),
    ).rejects.toThrow('--tallies needs --policy or --checkpoint');
  });
});
