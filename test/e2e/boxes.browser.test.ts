import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, type Portal } from '../support/portal.js';
import { PortalClient } from '../support/portal-client.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { writesNothing } from '../support/standing.js';
import { passed, voterOf } from '../support/voters.js';
import { press, shown } from '../support/walk.js';

jest.setTimeout(300_000);

const NOW = '2022-12-05T10:00:00.000Z';
const CLOSES = '2022-12-08T16:00:00.000Z';
const LATER = '2022-12-08T18:00:00.000Z';
const PASSWORD = 'un bon mot de passe';
const API = '/api/boxes/requests';

let browser: Browser;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
const staff = new Map<string, { client: PortalClient; totpKey: string }>();
let next = 0;

beforeAll(async () => {
  const env = { DEMONSTRATION: 'empty', ISOLOIR_CLOCK: NOW, BATCH_WAIT_MS: '20', THIN_BATCH_WAIT_MS: '20' };
  [browser, portal] = await Promise.all([openBrowser(), openPortal(env)]);
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  const seats: string[] = [];
  for (const login of [
    'administration',
    'adjointe',
    'auditrice',
    'presidence',
    'secretariat',
    'd1',
    'd2',
    'd3',
    'd4',
    'ailleurs',
  ]) {
    const role =
      { administration: 'administrator', adjointe: 'administrator', auditrice: 'auditor' }[login] ?? 'board';
    const { staffId, totpKey } = await accounts.add(login, PASSWORD, role as 'board');
    staff.set(login, { client: new PortalClient(portal.url), totpKey });
    if (role === 'board' && login !== 'ailleurs') seats.push(staffId);
  }
  election = await sealElection(portal.foundation, {
    ...{ scrutins: 2, electors: 8, now: NOW, closesAt: CLOSES, staffIds: seats },
  });
  scrutin = election.scrutins[0] as TestScrutin;
  for (const login of ['administration', 'adjointe', 'presidence', 'secretariat', 'ailleurs']) {
    const body = { login, password: PASSWORD, code: code(login) };
    expect((await as(login).post('/api/staff/sign-in', body)).status).toBeLessThan(300);
  }
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

/** Each one-time password serves once, so the clock goes on by a step for each. */
function code(login: string): string {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  return totp(staff.get(login)?.totpKey ?? '', stepAt(clock.now()));
}

function as(login: string): PortalClient {
  const { client } = staff.get(login) as { client: PortalClient };
  return client;
}

/** Asks over the API; gives the id, or what was wrong. */
async function asked(login: string, wish: object) {
  const { status, body } = await as(login).post<{
    requestId?: string;
    code?: string;
    fields?: { field: string }[];
  }>(API, { scrutinId: scrutin.scrutinId, reason: 'Panne du réseau', ...wish });
  return { status, ...body };
}

const approve = (login: string, requestId = '') =>
  as(login).post<{ code?: string }>(`${API}/${requestId}/approval`);

/** A ballot of an elector who has not voted: status and code of the answer. */
async function vote() {
  const elector = election.electors[next++];
  if (!elector) throw new Error('no elector is left');
  const { text } = election.ballotFor(elector, scrutin, 0);
  const voter = await voterOf(portal, elector.electorId, passed(election, elector.electorId));
  const { status, body } = await voter.vote(scrutin.scrutinId, text);
  return [status, body.code];
}

async function signedIn(login: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', code(login));
  await page.click('main form button');
  await page.waitForURL('**/personnel');
  return page;
}

describe('a suspension, a resumption and an extension of one box, over the API', () => {
  it('take two, of whom each may speak of this box', async () => {
    const { requestId, status } = await asked('administration', { action: 'suspend' });
    expect(status).toBe(201);
    await writesNothing(portal, async () => {
      expect((await approve('administration', requestId)).body).toMatchObject({ code: 'box.two-staff' });
      expect((await approve('ailleurs', requestId)).status).toBe(403); // a member of no board, or of another
      expect((await approve('adjointe', requestId)).body).toMatchObject({ code: 'box.board-decides' });
      expect((await as('ailleurs').delete(`${API}/${requestId ?? ''}`)).status).toBe(403);
      expect((await asked('ailleurs', { action: 'suspend' })).status).toBe(403);
    });
    expect(await vote()).toEqual([200, undefined]); // asked is not done
    expect((await approve('presidence', requestId)).status).toBe(204);
    expect(await writesNothing(portal, vote)).toEqual([409, 'vote.suspended']);
    expect((await approve('presidence', requestId)).body).toMatchObject({ code: 'box.no-request' });
    expect(await asked('presidence', { action: 'suspend' })).toMatchObject({
      status: 409,
      code: 'box.suspended',
    });

    const resume = await asked('presidence', { action: 'resume' });
    expect((await approve('secretariat', resume.requestId)).status).toBe(204);
    expect(await vote()).toEqual([200, undefined]);
    const extend = await asked('secretariat', { action: 'extend', closesAt: LATER });
    expect((await approve('administration', extend.requestId)).status).toBe(204);
    const events = [];
    for await (const { type, data } of portal.foundation.store.readStream(`box-${scrutin.scrutinId}`))
      if (!/VotesCast|BoxOpened/.test(type))
        events.push([type, (JSON.parse(data) as { staffIds: string[] }).staffIds.length]);
    expect(events).toEqual([
      ['BoxSuspended.v1', 2],
      ['BoxResumed.v1', 2],
      ['BoxExtended.v1', 2],
    ]);
  });

  it('say by field what is wrong, and write nothing of it', async () => {
    await writesNothing(portal, async () => {
      const wrong = async (wish: object) => {
        const { status, fields } = await asked('administration', wish);
        return [status, fields?.map(({ field }) => field)];
      };
      expect(await wrong({ action: 'burn' })).toEqual([400, ['action']]);
      expect(await wrong({ action: 'extend' })).toEqual([400, ['closesAt']]);
      expect(await wrong({ action: 'extend', closesAt: 'tomorrow' })).toEqual([400, ['closesAt']]);
      expect(await wrong({ action: 'suspend', reason: '' })).toEqual([400, ['reason']]);
      expect(await wrong({ action: 'suspend', scrutinId: 'all of them' })).toEqual([400, ['scrutinId']]);
      expect(await asked('administration', { action: 'extend', closesAt: CLOSES })).toMatchObject({
        ...{ status: 409, code: 'box.earlier-closing' },
      });
      expect(
        await asked('administration', { action: 'suspend', scrutinId: election.electionId }),
      ).toMatchObject({
        ...{ status: 409, code: 'box.not-open' },
      });
    });
  });
});

describe('the same on the page of the board', () => {
  it('asks, says what is wrong, and approves with two people', async () => {
    const [secretary, president] = [await signedIn('secretariat'), await signedIn('presidence')];
    await secretary.goto(`${portal.url}/bureau/${election.boardId}`);
    await press(secretary, 'Suspendre ou reprendre un scrutin, reporter sa clôture');
    const path = `${portal.url}/bureau/${election.boardId}/urnes`;
    expect(secretary.url()).toBe(path);
    await secretary.selectOption('#scrutinId', election.scrutins[1]?.scrutinId ?? '');
    await secretary.selectOption('#action', 'extend');
    await press(secretary, 'DEMANDER');
    expect(await secretary.locator('.errors').innerText()).toContain('Veuillez indiquer le motif.');
    await secretary.fill('#reason', 'Deux heures de panne du réseau');
    await press(secretary, 'DEMANDER');
    expect(await secretary.locator('.errors').innerText()).toContain('après l’heure actuelle de clôture');
    expect(await secretary.inputValue('#reason')).toBe('Deux heures de panne du réseau'); // what was typed is still there
    await shown(secretary, 'urnes-erreur');
    await secretary.fill('#closesAt', '2022-12-08T19:30');
    await press(secretary, 'DEMANDER');
    await secretary.getByText('une autre personne doit l’approuver').waitFor();
    expect(await secretary.getByRole('button', { name: 'APPROUVER' }).count()).toBe(0);

    await president.goto(path);
    const card = president.locator('section.card', { hasText: 'CSA ministériel n° 2' });
    expect(await card.innerText()).toMatch(
      /Reporter la clôture au jeudi 08 décembre 2022 à 19h30 \(heure de Paris\), demandé par secretariat/,
    );
    expect(await card.innerText()).toContain('Deux heures de panne du réseau');
    await shown(president, 'urnes');
    await card.getByRole('button', { name: 'APPROUVER' }).click();
    await card.getByText('Clôture : jeudi 08 décembre 2022 à 19h30 (heure de Paris)').waitFor();
    expect(await president.getByRole('button', { name: 'APPROUVER' }).count()).toBe(0);
  });

  it('suspends, lets a request be dropped, and shows auditors no button', async () => {
    const page = await signedIn('presidence');
    await page.goto(`${portal.url}/bureau/${election.boardId}/urnes`);
    const card = page.locator('section.card', { hasText: 'CSA ministériel n° 1' });
    await page.selectOption('#scrutinId', scrutin.scrutinId);
    await page.fill('#reason', 'Attaque en cours');
    await press(page, 'DEMANDER');
    await card.getByRole('button', { name: 'ABANDONNER' }).click();
    await page.waitForLoadState();
    await card.getByText('demandé par').waitFor({ state: 'detached' });
    const { requestId } = await asked('administration', { action: 'suspend' });
    expect(requestId).toBeDefined();
    await page.reload();
    await card.getByRole('button', { name: 'APPROUVER' }).click();
    await card.getByText('Urne suspendue').waitFor();
    expect(await vote()).toEqual([409, 'vote.suspended']);
    const auditor = await signedIn('auditrice');
    await auditor.goto(`${portal.url}/bureau/${election.boardId}/urnes`);
    expect(await auditor.locator('main').innerText()).toContain('Urne suspendue');
    expect(await auditor.locator('main button').count()).toBe(0);
  });
});

describe('the page of the software of a board', () => {
  it('has two members decide on what another server runs, and then says that this one runs something else', async () => {
    const [build, booth] = ['d'.repeat(64), 'e'.repeat(64)];
    await portal.database.asOwner(
      `insert into vault.running_builds values ('${build}', '${booth}', now() + interval '1 hour')`,
    );
    const [secretary, president] = [await signedIn('secretariat'), await signedIn('presidence')];
    await secretary.goto(`${portal.url}/bureau/${election.boardId}`);
    await press(secretary, 'Logiciel scellé et logiciel en service');
    const path = `${portal.url}/bureau/${election.boardId}/logiciel`;
    expect(secretary.url()).toBe(path);
    await secretary.fill('#build', 'dddd');
    await press(secretary, 'DEMANDER');
    expect(await secretary.locator('.errors').innerText()).toMatch(
      /64 chiffres et lettres[^]*Motif\s: à remplir/,
    );
    await secretary.fill('#build', build);
    await secretary.fill('#reason', 'Correctif de sécurité');
    await press(secretary, 'DEMANDER');
    await secretary.getByText('un autre membre doit l’approuver').waitFor();
    expect(await secretary.getByRole('button', { name: 'APPROUVER' }).count()).toBe(0);
    await president.goto(path);
    await president.fill('#approval', build);
    await shown(president, 'logiciel');
    await press(president, 'APPROUVER');
    await president.getByText('Logiciel non scellé en service').waitFor();
    expect(president.url()).toBe(path);
    expect(await president.locator('#compte ~ dl').innerText()).toMatch(/Depuis\s+la décision du/);
    await shown(president, 'logiciel-autre');
  });
});
