import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import type { StaffRole } from '../../src/events/staff.events.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { openBrowser } from '../support/browser.js';
import { textOf } from '../support/pdf.js';
import { openPortal, someone, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection } from '../support/sealed-election.js';
import { written } from '../support/service.js';
import { heading, press, shown } from '../support/walk.js';

jest.setTimeout(300_000); // axe on every screen at three widths

const PASSWORD = 'un bon mot de passe';
const NOW = '2022-12-01T11:27:00.000Z';

let browser: Browser;
let portal: Portal;
let sealed: SealedElection;
let context: BrowserContext;
let page: Page;
let batch = 0;

beforeAll(async () => {
  [browser, portal] = await Promise.all([openBrowser(), openPortal({ ISOLOIR_CLOCK: NOW })]);
  const existing: string[] = [];
  for (let number = 0; number < 24; number++) {
    const academy = number < 12 ? 'Paris' : number < 22 ? 'Nancy-Metz' : 'Mayotte';
    existing.push((await portal.register(someone({ academy }))).electorId);
  }
  sealed = await sealElection(portal.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing,
    electors: 24,
    scrutins: 2,
    now: NOW,
    closesAt: '2022-12-08T16:00:00.000Z',
  });
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});
afterEach(() => context.close());

/** Makes somebody the substitute of the first delegate. */
async function sit(staffId: string): Promise<void> {
  const { boardId } = sealed;
  const at = NOW;
  const data = { boardId, seat: 3, office: 'delegate', substitute: true, staffId, at } as const;
  const { store, projections } = portal.foundation;
  await store.append(`board-${boardId}`, 'any', [written({ type: 'BoardMemberAppointed', data })]);
  await projections.waitFor('boards', await store.head(), 10_000);
}

/** Signs in as one of the staff with this role, with a name, a password and a code. */
async function signIn(role: StaffRole, on = page): Promise<string> {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  const { totpKey, staffId } = await portal.app
    .get(StaffAccounts, { strict: false })
    .add(login, PASSWORD, role);
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  await on.goto(`${portal.url}/personnel/connexion`);
  await on.fill('[name=login]', login);
  await on.fill('[name=password]', PASSWORD);
  await on.fill('[name=code]', totp(totpKey, stepAt(clock.now())));
  await press(on, 'CONNEXION');
  await on.waitForURL('**/personnel');
  return staffId;
}

/** Signatures of some electors in a scrutin, as the box writer appends them. */
async function vote(scrutin: number, electors: readonly number[]): Promise<void> {
  const { scrutinId } = sealed.scrutins[scrutin] as { scrutinId: string };
  const ids = electors.map((number) => sealed.electors[number]?.electorId ?? '');
  const signatures = (await new RegisterKeys(portal.foundation.vaultKeys).tagsOf(scrutinId, ids)).sort();
  const ballots = electors.map((number) => {
    const [elector, of] = [sealed.electors[number], sealed.scrutins[scrutin]];
    if (!elector || !of) throw new Error('nobody');
    return sealed.ballotFor(elector, of, number % 2).text;
  });
  const at = '2022-12-01T11:30:00.000Z';
  await portal.foundation.store.append(`box-${scrutinId}`, 'any', [
    written({ type: 'VotesCast', data: { scrutinId, batch: ++batch, signatures, ballots, at } }),
  ]);
  await portal.foundation.projections.waitFor('turnout', await portal.foundation.store.head(), 20_000);
  await portal.foundation.projections.waitFor('register', await portal.foundation.store.head(), 20_000);
  await portal.foundation.projections.waitFor('boxes', await portal.foundation.store.head(), 20_000);
}

const turnoutPage = () => `${portal.url}/personnel/participation?election=${sealed.electionId}`;

describe('an administrator', () => {
  it('watches turnout live, by hour, scrutin and unit, and compares it with an earlier election', async () => {
    await vote(0, [0, 1, 2]);
    await signIn('administrator');
    await shown(page, 'personnel-accueil');
    await page.goto(turnoutPage());
    expect(await page.locator('[data-votes]').innerText()).toBe('3');
    expect(await page.locator('svg.chart').count()).toBe(1);
    await shown(page, 'personnel-participation');

    await vote(0, [12, 13]); // the open page shows it by itself
    await page.locator('[data-votes]', { hasText: /^5$/ }).waitFor();

    await page.fill('#csv', 'scrutin;heures;inscrits;votants\nfaux');
    await press(page, 'ENREGISTRER');
    expect(await page.locator('#csv-erreur').innerText()).toContain('Ligne 2');
    expect(await page.inputValue('#csv')).toContain('faux'); // nothing typed is lost
    await shown(page, 'personnel-participation-erreur');
    const title = (await page.locator('table th[scope=row] a').first().innerText()).trim();
    await page.fill('#csv', `scrutin;heures;inscrits;votants\n${title};0;100;50\n`);
    await press(page, 'ENREGISTRER');
    await page.waitForURL('**/participation?election=*');
    await portal.foundation.projections.waitFor(
      'earlier_turnout',
      await portal.foundation.store.head(),
      10_000,
    );
    await page.reload();
    expect(await page.locator('main').innerText()).toContain('50,00 %');

    await page.locator('table th[scope=row] a').first().click();
    await page.waitForURL('**/scrutins/*');
    const said = await page.locator('main').innerText();
    expect(said).toMatch(/Paris\t12\t3/);
    expect(said).not.toMatch(/Mayotte|Nancy/); // two electors, and ten that would give them away by subtraction
    expect(said).toContain('Autres unités, réunies');
    await shown(page, 'personnel-participation-scrutin');
  });

  it('has the same figures as JSON and CSV', async () => {
    await signIn('auditor');
    const get = async (path: string) =>
      (await page.request.get(`${portal.url}/api/elections/${sealed.electionId}/turnout${path}`)).text();
    const { votes, electors } = JSON.parse(await get('')) as { votes: number; electors: number };
    expect([votes, electors]).toStrictEqual([5, 48]);
    expect(await get('/scrutins.csv')).toMatch(/;24;5;0,2083\r\n/);
    expect(await get('/heures.csv')).toContain('2022-12-01T11:00:00.000Z;5;5');
  });

  it('opens the page of a scrutin that is sealed, with its lists', async () => {
    await signIn('administrator');
    const { scrutinId, lists } = sealed.scrutins[0] as SealedElection['scrutins'][number];
    expect((await page.goto(`${portal.url}/personnel/scrutins/${scrutinId}`))?.status()).toBe(200);
    for (const { title } of lists) await page.getByRole('link', { name: title, exact: true }).waitFor();
    await press(page, lists[0]?.title ?? '?');
    expect(await page.inputValue('#candidates')).toContain('Candidat 10 ; Camille');
  });

  it('works without JavaScript', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const other = await plain.newPage();
    await signIn('administrator', other);
    await press(other, 'Participation');
    await other.waitForURL('**/participation');
    expect(await heading(other)).toBe('Participation');
    await plain.close();
  });
});

describe('a board member', () => {
  it('controls the emargement list by name and unit, on the screen and on paper', async () => {
    await vote(1, [3, 4]);
    (portal.foundation.clock as MovedClock).moveTo('2022-12-01T12:05:00.000Z'); // the list stands at the full hour
    const staffId = await signIn('board');
    await press(page, 'Listes d’émargement');
    expect(await page.locator('main').innerText()).toContain('Vous ne siégez dans aucun bureau de vote');
    await sit(staffId);
    await page.reload();
    const { scrutinId } = sealed.scrutins[1] as { scrutinId: string };
    await page.selectOption('#scrutin', scrutinId);
    await press(page, 'AFFICHER');
    await page.waitForSelector('table');
    expect(await page.locator('main').innerText()).toContain('24 électeurs affichés, dont 2 ont émargé');
    const { lastName } = (await portal.identities.of(sealed.electors[3]?.electorId ?? '')) ?? {
      lastName: '?',
    };
    await page.fill('#nom', lastName.toUpperCase());
    await press(page, 'AFFICHER');
    await page.locator('main', { hasText: '1 électeurs affichés, dont 1 ont émargé' }).waitFor();
    await shown(page); // not drawn: names
    expect(await page.locator('main').innerText()).toContain(
      '2 émargements pour 24 électeurs inscrits, arrêtés au 01/12/2022 à 13h00 (heure de Paris).',
    );
    expect(page.url()).toBe(`${portal.url}/personnel/emargement`); // no name in an address
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('button', { hasText: 'PDF' }).click(),
    ]);
    const pdf = await readFile(await download.path());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(textOf(pdf)).toContain(lastName);
    expect(textOf(pdf)).toContain('a voté le 01/12/2022');
    await page.fill('#nom', '');
    await page.fill('#unite', 'lycee volt');
    await press(page, 'AFFICHER');
    await page.locator('main', { hasText: 'Unités : LYCEE VOLTAIRE.' }).waitFor();
    await context.clearCookies();
    await signIn('administrator');
    expect((await page.goto(`${portal.url}/personnel/emargement`))?.status()).toBe(403); // for the board alone
  });

  it('enters incidents and interventions, which nobody takes away', async () => {
    const staffId = await signIn('board');
    await page.goto(`${portal.url}/personnel/journal?election=${sealed.electionId}`);
    await page.fill('#incident', 'Coupure de courant de 10 h 12 à 10 h 15 au bureau central.');
    await press(page, 'INSCRIRE L’INCIDENT');
    await page.waitForSelector('article');
    await page.selectOption('#component', 'database');
    await page.fill('#intervention', 'Mme Martin a ajouté un serveur de secours, à la demande du bureau.');
    await press(page, 'INSCRIRE L’INTERVENTION');
    await page.waitForSelector('article:nth-of-type(2)');
    expect(await page.locator('article').first().innerText()).toMatch(/par board-[0-9a-f]{8}$/m);
    expect(await page.locator('main').innerText()).not.toContain(staffId);
    await shown(page, 'personnel-journal');
    let events = '';
    for await (const { type, data } of portal.foundation.store.readStream(`election-${sealed.electionId}`))
      events += type + data;
    expect(events).toMatch(/IncidentLogged.*InterventionLogged/s);
    expect(events).not.toContain('Coupure');
  });

  it('is told which field of an entry is wrong, loses nothing that was typed, and enters a form sent twice once', async () => {
    await signIn('board');
    const journal = `${portal.url}/personnel/journal?election=${sealed.electionId}`;
    await page.goto(journal);
    const before = await page.locator('article').count();
    const { scrutinId } = sealed.scrutins[1] as { scrutinId: string };
    await page.selectOption('#scrutinId', scrutinId);
    await page.fill('#incident', 'Bref.');
    await press(page, 'INSCRIRE L’INCIDENT');
    await page.waitForSelector('[role=alert]');
    expect(await page.locator('#incident-erreur').innerText()).toMatch(
      /^Incident\s: 10 caractères au moins\.$/u,
    );
    expect(await page.locator('[role=alert] a').getAttribute('href')).toBe('#incident');
    expect([await page.inputValue('#incident'), await page.inputValue('#scrutinId')]).toStrictEqual([
      'Bref.',
      scrutinId,
    ]);
    expect(await page.inputValue('#intervention')).toBe('');
    await shown(page, 'personnel-journal-erreur');
    await page.evaluate("document.querySelector('#component').required = false");
    await page.evaluate("document.querySelector('#component').append(new Option('', 'cafetière'))");
    await page.selectOption('#component', 'cafetière');
    await page.fill('#intervention', 'Détartrage de la cafetière.');
    await press(page, 'INSCRIRE L’INTERVENTION');
    await page.waitForSelector('#component-erreur');
    expect(await page.inputValue('#intervention')).toBe('Détartrage de la cafetière.');

    const lines = `${'a'.repeat(1_998)}\n${'é'.repeat(2_001)}`; // 4,000 characters as the browser counts them
    await page.selectOption('#scrutinId', scrutinId);
    await page.fill('#incident', lines);
    await press(page, 'INSCRIRE L’INCIDENT');
    await page.waitForURL(journal);
    expect(await page.locator('article').count()).toBe(before + 1);
    expect(await page.locator('article').first().innerText()).toContain(
      sealed.scrutins[1]?.poll.election.name,
    );
    const value = (name: string) => page.locator(`form:has(#intervention) [name=${name}]`).inputValue();
    const form = {
      ...{ _csrf: await value('_csrf'), id: await value('id'), kind: 'intervention', component: 'network' },
      intervention: 'Un câble a été remplacé.',
    };
    const path = `${portal.url}/personnel/journal/${sealed.electionId}`;
    for (let sent = 0; sent < 2; sent++) expect((await page.request.post(path, { form })).ok()).toBe(true);
    const other = await page.request.post(path, { form: { ...form, intervention: 'Deux câbles.' } });
    expect(other.ok()).toBe(true);
    await page.goto(journal);
    expect(await page.locator('article').count()).toBe(before + 3); // the same form filled in otherwise says another thing
  });
});
