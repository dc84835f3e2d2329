import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { arrived, choose, enter, participate, passGate, vote } from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PlaceVoter, type PollingPlace } from '../support/polling-place.js';
import { PASSWORD as ELECTOR_PASSWORD } from '../support/portal.js';
import { identify, press, shown } from '../support/walk.js';

jest.setTimeout(300_000);

const PASSWORD = 'un bon mot de passe';

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;
let answers: string[];

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace({ voters: 5 })]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  answers = [];
  page.on('download', () => answers.push('download'));
});
afterEach(() => context.close());

/** A member of the board makes a workstation of this browser. */
async function makeStation(kind: 'print' | 'no-print' | 'none'): Promise<void> {
  const login = `board-${randomUUID().slice(0, 8)}`;
  const { totpKey } = await place.app.get(StaffAccounts, { strict: false }).add(login, PASSWORD, 'board');
  const clock = place.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  await page.goto(`${place.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', totp(totpKey, stepAt(clock.now())));
  await press(page, 'CONNEXION');
  await page.waitForURL('**/personnel');
  await press(page, 'Poste de vote dédié');
  await page.waitForURL('**/personnel/poste');
  await shown(page, kind === 'no-print' ? 'poste-de-vote' : undefined);
  await page.check(`[name=station][value=${kind}]`);
  await press(page, 'ENREGISTRER');
  await page.waitForURL(`${place.url}/`);
}

/** Comes to the workstation, signs in on its screens, and passes the gate. */
async function comeIn(): Promise<PlaceVoter> {
  const voter = place.voter();
  await identify(page, place.url, voter.email);
  await page.fill('#password', ELECTOR_PASSWORD);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/espace');
  await page.goto(`${place.url}/vote`);
  await passGate(page, voter.code);
  return voter;
}

const cookies = async () => (await context.cookies()).map(({ name }) => name).sort();

/** All that a script of this site could find in the browser. */
const kept = () =>
  page.evaluate(`(async () => JSON.stringify({
    local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie,
    databases: (await indexedDB.databases?.() ?? []).map(({ name }) => name),
    caches: 'caches' in self ? await caches.keys() : [],
  }))()`);

const sessions = async () => {
  const { rows } = await place.foundation.database
    .pool('vault')
    .query<{ data: string }>('select data from vault.sessions where owner is not null');
  return rows.length;
};

describe('a dedicated voting workstation', () => {
  it('forgets everything between two electors who vote one after the other', async () => {
    await makeStation('no-print');
    expect(await cookies()).toStrictEqual(['isoloir-station']);
    const before = await sessions();
    const first = await comeIn();
    await participate(page, 1);
    await choose(page, 'Liste A');
    const reference = await vote(page);
    await arrived(page, 'Accusé de réception');
    const receipt = await page.locator('main').innerText();
    expect(receipt).toContain('notez la référence');
    expect(await page.locator('a[download]').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Télécharger|Imprimer/ }).count()).toBe(0);
    await shown(page, 'poste-de-vote-recepisse');
    const { scrutinId = '' } = place.election.scrutins[0] ?? {};
    const file = await page.request.get(`${place.url}/vote/emargements/${scrutinId}`);
    expect(file.status()).toBe(403);

    const [answer] = await Promise.all([
      page.waitForResponse((one) => one.url().endsWith('/deconnexion') && one.request().method() === 'POST'),
      press(page, 'J’AI TERMINÉ'),
    ]);
    expect(await answer.headerValue('clear-site-data')).toBe('"cache", "storage"');
    await page.waitForURL(/\/(deconnexion)?$/);
    expect(await sessions()).toBe(before);
    expect(await cookies()).not.toContain('isoloir-browser');
    expect(JSON.parse((await kept()) as string)).toStrictEqual({
      local: {},
      session: {},
      cookies: '',
      databases: [],
      caches: [],
    });
    for (let steps = 0; steps < 6; steps++) {
      await page.goBack({ waitUntil: 'load', timeout: 5_000 }).catch(() => null);
      const text = await page.locator('body').innerText();
      expect(text).not.toContain(reference);
      expect(text).not.toContain('Accusé de réception');
      expect(text).not.toContain(first.code);
    }

    const second = await comeIn();
    expect(second.electorId).not.toBe(first.electorId);
    expect(await page.locator('main').innerText()).not.toContain('Choix enregistré');
    await participate(page, 1);
    await choose(page, 'Liste B');
    expect(await vote(page)).not.toBe(reference);
    await arrived(page, 'Accusé de réception');
    await press(page, 'J’AI TERMINÉ');
    await page.waitForURL(/\/(deconnexion)?$/);
    expect(answers).toStrictEqual([]); // nothing was downloaded
  });

  it('signs out whoever walked away, after a warning, also in the booth', async () => {
    await makeStation('no-print');
    await page.clock.install();
    const before = await sessions();
    await enter(page, place);
    expect(await sessions()).toBe(before + 1);
    await page.clock.fastForward(95_000);
    await page.getByText('Êtes-vous toujours là ?').waitFor();
    await shown(page);
    await page.getByRole('button', { name: 'Je suis là' }).click();
    await page.getByText('Êtes-vous toujours là ?').waitFor({ state: 'hidden' });
    await page.clock.fastForward(80_000);
    expect(await sessions()).toBe(before + 1);
    await page.clock.fastForward(41_000);
    await page.waitForURL(/\/deconnexion$/);
    expect(await sessions()).toBe(before);
    await page.clock.fastForward(121_000);
    await page.waitForURL(`${place.url}/`); // ready for the next one
  });

  it('prints the proof of deposit where there is a printer, and keeps no file', async () => {
    await makeStation('print');
    await context.addInitScript(
      'window.printed = []; window.print = () => { printed.push(document.querySelector(".sheet-of-paper").innerText); dispatchEvent(new Event("afterprint")); };',
    );
    await enter(page, place);
    await participate(page, 1);
    await choose(page, 'Liste C');
    const reference = await vote(page);
    await arrived(page, 'Accusé de réception');
    await press(page, 'Imprimer ma preuve de dépôt du bulletin de vote dans l’urne');
    const [sheet = ''] = await page.evaluate<string[]>('printed');
    expect(await page.locator('.sheet-of-paper').count()).toBe(0);
    for (const said of [reference, 'Preuve de dépôt', place.election.acknowledgementKey])
      expect(sheet.replaceAll(/\s/g, '')).toContain(said.replaceAll(/\s/g, ''));
    expect(answers).toStrictEqual([]);
    await press(page, 'J’AI TERMINÉ');
    await page.waitForURL(/\/(deconnexion)?$/);
    await makeStation('none');
    expect(await cookies()).not.toContain('isoloir-station');
  });
});
