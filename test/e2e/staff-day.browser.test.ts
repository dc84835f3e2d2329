import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import type { StaffRole } from '../../src/events/staff.events.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { openBrowser } from '../support/browser.js';
import { eventually } from '../support/folders.js';
import { openPortal, someone, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { tableOfRoles, type Visitor } from '../support/routes.js';
import { sealElection, type SealedElection } from '../support/sealed-election.js';
import { written } from '../support/service.js';
import { heading, press, shown } from '../support/walk.js';

jest.setTimeout(600_000); // every page of the staff at three widths

const PASSWORD = 'un bon mot de passe';
const NOW = '2022-12-01T11:27:00.000Z';
const SOON = 30_000;

let browser: Browser;
let portal: Portal;
let sealed: SealedElection;
let people: { electorId: string; email: string; lastName: string; unit: string }[];
let board: Login[];

interface Login {
  readonly login: string;
  readonly totpKey: string;
  readonly staffId: string;
}

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: NOW, REMIND_ABSTAINERS: 'yes' }),
  ]);
  board = [];
  for (let i = 0; i < 6; i++) board.push(await hire('board'));
  const units = ['Lycée Voltaire', 'Collège Rabelais', 'Rectorat'];
  people = [];
  for (let i = 0; i < 12; i++)
    people.push(
      i < 2 ? await portal.activated() : await portal.register(someone({ unit: units[i % 3] ?? '' })),
    );
  sealed = await sealElection(portal.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing: people.map(({ electorId }) => electorId),
    electors: 12,
    scrutins: 2,
    now: NOW,
    closesAt: '2022-12-08T16:00:00.000Z',
    staffIds: board.map(({ staffId }) => staffId),
  });
  await vote(0, [0, 1, 2]);
  await vote(1, [0, 3]);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

async function hire(role: StaffRole): Promise<Login> {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  return { login, ...(await accounts.add(login, PASSWORD, role)) };
}

function code({ totpKey }: Login): string {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  return totp(totpKey, stepAt(clock.now()));
}

/** A page of one of the staff, signed in, in a browser of its own. */
async function comeIn(member: Login, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR', javaScriptEnabled });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', member.login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', code(member));
  await press(page, 'CONNEXION');
  await page.waitForURL('**/personnel');
  return page;
}

async function client(member: Login): Promise<PortalClient> {
  const one = portal.client();
  const { status } = await one.post('/api/staff/sign-in', {
    login: member.login,
    password: PASSWORD,
    code: code(member),
  });
  expect(status).toBe(204);
  return one;
}

/** Signatures of some electors in a scrutin, as the box writer appends them. */
async function vote(number: number, voters: readonly number[]): Promise<void> {
  const scrutin = sealed.scrutins[number];
  if (!scrutin) throw new Error('no scrutin');
  const electors = voters.map((one) => sealed.electors[one]).filter((one) => one !== undefined);
  const { store, projections, vaultKeys } = portal.foundation;
  const tags = await new RegisterKeys(vaultKeys).tagsOf(
    scrutin.scrutinId,
    electors.map(({ electorId }) => electorId),
  );
  const data = {
    scrutinId: scrutin.scrutinId,
    batch: 1,
    signatures: tags.sort(),
    ballots: electors.map((elector) => sealed.ballotFor(elector, scrutin, 0).text),
    at: '2022-12-01T11:30:00.000Z',
  };
  await store.append(`box-${scrutin.scrutinId}`, 'any', [written({ type: 'VotesCast', data })]);
  for (const name of ['register', 'boxes', 'box_index', 'turnout'])
    await projections.waitFor(name, await store.head(), SOON);
}

/** A real address for a route of the table. */
function addressOf(route: string): string {
  const scrutin = sealed.scrutins[0];
  const ids: Record<string, string | undefined> = {
    electionId: sealed.electionId,
    boardId: sealed.boardId,
    scrutinId: scrutin?.scrutinId,
    listId: scrutin?.lists[0]?.listId,
    electorId: people[0]?.electorId,
    kind: 'opening',
    staffId: board[0]?.staffId,
  };
  const path = route.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? randomUUID());
  return path.endsWith('/apercu') ? `${path}?kind=not-voted` : path;
}

// Not a page, or one that tests of its own walk: a unit is asked for by name, a seat is replaced by its substitute.
const NO_PAGE = /\/(notices\/unite|remplacement|flux|fichier|fichier\.\w+)$|\.(csv|pdf|yaml)$/;

/** The pages that somebody of the staff may open, by the table of roles. */
function pagesOf(who: Visitor): string[] {
  return [...tableOfRoles()]
    .filter(([, visitors]) => visitors.includes(who) && !visitors.includes('nobody'))
    .map(([route]) => route)
    .filter((route) => /^GET \/(personnel|bureau)/.test(route) && !NO_PAGE.test(route))
    .map((route) => route.slice('GET '.length));
}

describe('every page of the staff', () => {
  const drawn = new Set<string>();

  it.each([
    ['administrator', 20],
    ['board', 8],
    ['assistance', 5],
  ] as const)('for the %s passes axe, fits 320 pixels and works without JavaScript', async (role, least) => {
    const who = role === 'board' ? (board[0] as Login) : await hire(role);
    const page = await comeIn(who);
    const plain = await comeIn(who, false);
    const routes = pagesOf(role);
    expect(routes.length).toBeGreaterThanOrEqual(least);
    for (const route of routes) {
      const address = portal.url + addressOf(route);
      const answer = await page.goto(address);
      expect([route, answer?.status()]).toStrictEqual([route, 200]);
      if (drawn.has(route)) {
        await page.setViewportSize({ width: 320, height: 800 });
        expect([route, await page.evaluate('document.documentElement.scrollWidth')]).toStrictEqual([
          route,
          320,
        ]);
      } else await shown(page);
      drawn.add(route);
      await plain.goto(address);
      expect([route, await heading(plain)]).toStrictEqual([route, await heading(page)]);
    }
    await page.context().close();
    await plain.context().close();
  });
});

describe('a day of the vote', () => {
  it('of an administrator: turnout, a reminder, an elector and what happened to them', async () => {
    const page = await comeIn(await hire('administrator'));
    await press(page, 'Participation');
    await page.locator('[data-votes]', { hasText: /^5$/ }).waitFor();

    await page.goto(`${portal.url}/personnel`);
    await press(page, 'Envois et relances par messagerie');
    await press(page, 'Rappel, à ceux à qui il reste un scrutin ouvert');
    expect(await page.locator('main').innerText()).toContain('Au plus 19 message(s)');
    await page.fill('#perMinute', 'trop');
    await press(page, 'ENVOYER À TOUS');
    expect(await page.locator('#perMinute-erreur').innerText()).toContain('de 1 à 6000');
    expect(await page.inputValue('#perMinute')).toBe('trop');
    await shown(page);
    await page.fill('#address', 'essai@exemple.fr');
    await press(page, 'ENVOYER UN ESSAI');
    await page.getByText('L’essai est parti.').waitFor();
    await page.fill('#perMinute', '6000');
    await press(page, 'ENVOYER À TOUS');
    await page.waitForURL('**/relances?election=*');
    await shown(page, 'personnel-relances');
    const over = async () => {
      await page.reload();
      return (await page.locator('main').innerText()).includes('terminé le');
    };
    expect(await eventually(60_000, over)).toBe(true);
    const reminded = (await portal.mails.catchAll?.newest(500)) ?? [];
    const subject = 'Rappel : le vote est ouvert';
    const to = reminded.filter((mail) => mail.subject === subject).map((mail) => mail.to);
    // The first elector has voted in both scrutins.
    expect(to.sort()).toStrictEqual(
      [...people.slice(1).map(({ email }) => email), 'essai@exemple.fr'].sort(),
    );

    await page.goto(`${portal.url}/personnel/listes`);
    const { lastName = '', unit = '' } = people[3] ?? {};
    await page.fill('#unite', unit.slice(0, 8));
    await page.selectOption('#scrutin', sealed.scrutins[1]?.scrutinId ?? '');
    await press(page, 'CHERCHER');
    await page.waitForSelector('caption');
    expect(await page.locator('tbody tr').count()).toBe(people.filter((one) => one.unit === unit).length);
    await shown(page); // not drawn: names
    await page.fill('#nom', lastName.toUpperCase());
    await press(page, 'CHERCHER');
    await page.locator('tbody tr').first().getByRole('link').click();
    await page.waitForURL('**/personnel/electeurs/*');
    expect(await page.locator('#historique ~ .scroll').innerText()).toContain('Inscription');
    await page.context().close();
  });

  it('of an administrator: an account, its link, its roles, and another link with a second person', async () => {
    const member = await hire('board');
    const page = await comeIn(await hire('administrator'));
    await press(page, 'Comptes du personnel');
    const login = `déléguée-${randomUUID().slice(0, 8)}`;
    await page.fill('#login', member.login);
    await page.selectOption('#role', 'board');
    await press(page, 'AJOUTER');
    await page.waitForSelector('.errors');
    expect(await page.innerText('.errors')).toMatch(/Nom de connexion\s: quelqu’un d’autre le porte déjà\./u);
    expect(await page.inputValue('#login')).toBe(member.login);
    await page.fill('#login', login);
    await press(page, 'AJOUTER');
    await page.waitForSelector('main code');
    const link = await page.innerText('main code');
    await shown(page); // not drawn: a link
    await page.getByRole('button', { name: 'RETOUR AUX COMPTES' }).click();
    await page.waitForSelector('table');
    expect(await page.locator('tr', { hasText: login }).innerText()).toMatch(
      /bureau de vote\tjamais utilisé, lien valable/u,
    );
    await shown(page, 'personnel-comptes');
    const holder = await (await browser.newContext()).newPage();
    expect((await holder.goto(link))?.status()).toBe(200);
    expect(await holder.innerText('main')).toContain(login);
    await holder.context().close();

    await page.getByRole('link', { name: login, exact: true }).click();
    await page.selectOption('#role', 'auditor');
    await press(page, 'DONNER CE RÔLE');
    await page.getByRole('button', { name: 'Retirer le rôle bureau de vote' }).click();
    await page.getByRole('button', { name: 'Retirer le rôle bureau de vote' }).waitFor({ state: 'detached' });
    expect(await page.locator('form[action$=retrait]').innerText()).toContain('audit');
    await shown(page); // not drawn: a name made by chance
    await page.goto(`${portal.url}/personnel/comptes/${member.staffId}`);
    const second = await hire('administrator');
    await page.fill('#approver', second.login);
    await page.fill('#code', '000000');
    await press(page, 'FAIRE UN LIEN');
    await page.waitForSelector('.errors');
    expect(await page.inputValue('#approver')).toBe(second.login);
    await page.fill('#code', code(second));
    await press(page, 'FAIRE UN LIEN');
    await page.waitForSelector('main code');
    expect(await page.innerText('main')).toContain(member.login);
    await page.context().close();
  });

  it('of a member of the board: counters, roots, who is there, an incident, the register', async () => {
    const page = await comeIn(board[1] as Login);
    await press(page, 'Bureau de vote');
    await page.locator('main a[href^="/bureau/"]').first().click();
    await page.waitForSelector('#controle');
    const cells = (of: string) => page.locator(`td[data-${of}]`).allInnerTexts();
    expect((await cells('urne')).sort()).toStrictEqual(['2', '3']);
    expect(await cells('registre')).toStrictEqual(await cells('urne'));
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/État du scellement\s: scellé/u);
    expect(text).toMatch(/Connecté/);
    const [own] = await page.locator('tr', { hasText: (board[1] as Login).login }).allInnerTexts();
    expect(own).toMatch(/oui$/);
    await page.getByText('Empreintes').click();
    expect(await page.locator('details').innerText()).toContain(sealed.scrutins[0]?.sealed.roll.root ?? '?');
    await shown(page); // not drawn: roots
    await page.goto(`${portal.url}/personnel/journal?election=${sealed.electionId}`);
    await page.fill('#incident', 'Coupure de réseau de 10 h à 10 h 05.');
    await press(page, 'INSCRIRE L’INCIDENT');
    await page.waitForSelector('article');
    await page.goto(`${portal.url}/personnel/emargement`);
    expect(await heading(page)).toBe('Listes d’émargement');
    await page.context().close();
  });

  it('of assistance: a question, the state of an account, a new link, and nothing more', async () => {
    const [asker] = people as [(typeof people)[0]];
    const page = await comeIn(await hire('assistance'));
    expect((await page.locator('.ways').innerText()).split('\n').sort()).toStrictEqual(
      [
        'Changements d’adresse à approuver',
        'Chercher un électeur, lui envoyer un nouveau lien',
        'Demandes d’assistance',
        'Messages retournés, comptes jamais activés',
        'Mon mot de passe et mon application',
      ].sort(),
    );
    const elector = portal.client();
    for (let i = 0; i < 5; i++) await elector.signIn(asker.email, 'pas le bon mot de passe 1');
    await press(page, 'Chercher un électeur, lui envoyer un nouveau lien');
    await page.fill('[name=identifier]', asker.email);
    await press(page, 'CHERCHER');
    await page.waitForURL('**/personnel/electeurs/*');
    const said = await page.locator('dl').innerText();
    expect(said).toMatch(/activé le/);
    expect(said).toContain('ralenti');
    expect(said).toContain('Code de vote');
    expect(await page.getByRole('link', { name: /inscription/ }).count()).toBe(0);
    await press(page, 'Envoyer un lien de réassort du mot de passe');
    const sent = async () =>
      (await portal.mails.catchAll?.newest(500))?.some(
        (mail) => mail.to === asker.email && mail.subject.startsWith('Réassort'),
      ) ?? false;
    expect(await eventually(SOON, sent)).toBe(true);
    await page.reload();
    const [newest] = await page.locator('#historique ~ .scroll tbody tr').allInnerTexts();
    expect(newest).toMatch(/Lien de réassort du mot de passe.*assistance-/);
    await shown(page); // not drawn: names
    await page.context().close();
  });

  it('of assistance gives no power over codes, votes, lists and boards: each route refuses', async () => {
    const helper = await client(await hire('assistance'));
    const allowed: string[] = [];
    const token = await helper.token();
    for (const [route, visitors] of tableOfRoles()) {
      const [method = '', path = ''] = route.split(' ');
      if (method === 'GET' || visitors.includes('nobody')) continue;
      if (visitors.includes('assistance')) allowed.push(route);
      else {
        const { status } = await helper.send(method, addressOf(path), {}, token);
        expect([route, status]).toStrictEqual([route, 403]);
      }
    }
    expect(allowed.sort()).toStrictEqual([
      'POST /api/assistance/:assistanceId/answer',
      'POST /api/staff/bounces',
      'POST /api/staff/contact-requests/:requestId/approval',
      'POST /api/staff/electors/:electorId/contact',
      'POST /api/staff/electors/:electorId/link',
      'POST /personnel/assistance/:assistanceId/reponse',
      'POST /personnel/changements/:requestId/abandonner',
      'POST /personnel/changements/:requestId/approuver',
      'POST /personnel/compte',
      'POST /personnel/electeurs',
      'POST /personnel/electeurs/:electorId/adresse',
      'POST /personnel/electeurs/:electorId/lien',
      'POST /session',
    ]);
  });
});
