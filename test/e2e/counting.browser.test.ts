import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { auditBundle } from '../../src/auditor/audit.js';
import { exportBundle } from '../../src/bundle/export-bundle.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { keyholderCommand } from '../../src/cli/keyholder.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { caughtUp as logged } from '../support/audited-election.js';
import { openBrowser } from '../support/browser.js';
import { castBatch, caughtUp, moveClock } from '../support/counted-election.js';
import { textOf } from '../support/pdf.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { press, shown } from '../support/walk.js';

jest.setTimeout(240_000);

const PASSWORD = 'un bon mot de passe';
let browser: Browser;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
const members: { login: string; totpKey: string; staffId: string }[] = [];

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' }),
  ]);
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  for (let seat = 1; seat <= 6; seat++) {
    const login = `siege-${seat}`;
    members.push({ login, ...(await accounts.add(login, PASSWORD, 'board')) });
  }
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    closesAt: '2022-12-08T16:00:00.000Z',
    ...{ electors: 5, scrutins: 2, lists: 2, staffIds: members.map(({ staffId }) => staffId) },
    joint: [
      { affiliation: 'Une organisation', percent: 55 },
      { affiliation: 'Une autre', percent: 45 },
    ],
  });
  scrutin = election.scrutins[0] as TestScrutin;
  await castBatch(
    portal,
    election,
    scrutin,
    [
      [0, 0],
      [1, 1],
      [2, 0],
      [3, 'blank'],
    ],
    { batch: 1, at: '2022-12-02T10:00:00.000Z' },
  );
  const tampered = election.scrutins[1] as TestScrutin;
  const two = [[0, 0], [1, 1]] as const; // prettier-ignore
  await castBatch(portal, election, tampered, two, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
  await caughtUp(portal);
  await portal.database.asOwner(
    `delete from read_register.scrutin_electors
       where scrutin_id = '${tampered.scrutinId}' and elector_id = '${election.electors[0]?.electorId ?? ''}'`,
  );
  moveClock(portal, '2022-12-08T16:21:00.000Z');
  await portal.app.get(Freezing, { strict: false }).freezeDue();
  await caughtUp(portal);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

/** Signs a member in, in a browser of their own, and opens the count. */
async function member(seat: number): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const { login, totpKey } = members[seat - 1] as (typeof members)[number];
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', totp(totpKey, stepAt(portal.foundation.clock.now())));
  await page.click('main form button');
  await page.waitForURL('**/personnel');
  await page.goto(`${portal.url}/bureau/depouillement/${election.boardId}`);
  return page;
}

async function decrypts(page: Page, share: string): Promise<string> {
  await page.fill('#part', share);
  await press(page, 'VÉRIFIER ET DÉCHIFFRER');
  await page.waitForSelector('[data-said] p:has-text("Terminé"), [data-said] p:has-text("envoyé")');
  return (await page.textContent('[data-said]')) ?? '';
}

describe('the count, in browsers of the board', () => {
  it('shows no result, in any role, before the quorums', async () => {
    const page = await member(1);
    expect(await page.textContent('main')).toContain('Urne gelée, à rapprocher');
    const early = await page.request.post(`${portal.url}/api/boards/${election.boardId}/decryptions`, {
      data: { parts: [{ scrutinId: scrutin.scrutinId, decryption: '{}', binding: '{}' }] },
      headers: { 'X-CSRF-Token': (await page.getAttribute('[name=_csrf]', 'value')) ?? '' },
    });
    expect([early.status(), await early.json()]).toMatchObject([409, { code: 'counting.key-alive' }]);
    await press(page, 'RAPPROCHER');
    await page.waitForSelector('text=Concordant');
    expect(page.url()).toBe(`${portal.url}/bureau/depouillement/${election.boardId}`);
    await page.reload();
    expect(await page.textContent('main')).not.toContain('Concordant'); // what was sent is not sent again
    await caughtUp(portal);
    const results = await portal.client().get(`/api/elections/${election.electionId}/results`);
    expect(results.body).toMatchObject([
      { phase: 'encrypted', lists: [], blank: null, expressed: null },
      { phase: 'frozen', discrepancy: false },
    ]);
    expect((await portal.client().get(`/api/scrutins/${scrutin.scrutinId}/archive`)).status).toBe(409);
    await page.context().close();
  });

  it('takes the parts of two delegates, one of them from the command line, and of the secretary', async () => {
    const [delegate, secretary] = [await member(3), await member(2)];
    expect(await decrypts(delegate, '12345')).toContain('celle d’aucun détenteur');
    const another = await decrypts(delegate, String(election.shares[3]));
    expect(another).toContain(
      'Rien d’autre n’a été envoyé : cette part est celle du siège 4, et vous tenez le siège 3',
    );
    await delegate.fill('#phrase', 'une phrase, mais pour quel fichier ?');
    expect(await decrypts(delegate, 'liste.csv')).toContain('ce n’est pas le fichier d’une part de la clé');
    const said = await decrypts(delegate, String(election.shares[2]));
    expect(said).toContain('4 bulletin(s) vérifié(s)');
    expect(said).toContain('part acceptée');

    const folder = await mkdtemp(join(tmpdir(), 'isoloir-share-'));
    await writeFile(join(folder, 'share.json'), JSON.stringify({ share: String(election.shares[3]) }));
    const out = join(folder, 'parts.json');
    const options = ['--url', portal.url, '--board', election.boardId, '--out', out];
    await keyholderCommand()
      .configureOutput({ writeOut: () => undefined })
      .parseAsync(['decrypt', ...options, '--share', join(folder, 'share.json')], { from: 'user' });
    const other = await member(4);
    const path = `/api/boards/${election.boardId}/decryptions`;
    const answer = await other.request.post(portal.url + path, {
      data: JSON.parse(await readFile(out, 'utf8')) as object,
      headers: { 'X-CSRF-Token': (await other.getAttribute('form[data-decrypt]', 'data-csrf')) ?? '' },
    });
    expect(await answer.json()).toMatchObject([{ verdict: 'valid', proclaimed: false }]);
    await rm(folder, { recursive: true });

    expect(await decrypts(secretary, `"${election.shares[1]}"`)).toContain('résultat proclamé');
    for (const page of [delegate, secretary, other]) await page.context().close();
  });

  it('shows result and seats to everybody, with an archive that verifies', async () => {
    await caughtUp(portal);
    const context = await browser.newContext({ locale: 'fr-FR' });
    const page = await context.newPage();
    await page.goto(portal.url);
    await page.click('text=Résultats et procès-verbaux');
    await page.click(`a[href="/resultats/${election.electionId}"]`); // the portal holds another election
    await page.waitForSelector('h2');
    await shown(page, 'resultats');
    const text = (await page.textContent('main'))?.replaceAll(/\s+/g, ' ') ?? '';
    expect(text).toContain('Inscrits : 5. Votants : 4 (80,00 %). Votes blancs : 1. Suffrages exprimés : 3.');
    const rows = await page.locator('table tbody tr').allTextContents();
    expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').trim())).toEqual([
      'Liste A266,67 %10',
      'Liste B133,33 %5',
    ]);
    expect(text).toMatch(
      /Liste B Titulaires : (Camille Candidat [1-5](, )?){5}\. Suppléants : (Camille Candidat \d+(, )?){5}\./,
    );
    await context.close();
    const answer = await fetch(`${portal.url}/api/elections/${election.electionId}/results`);
    const [result] = (await answer.json()) as { elected: { listId: string; titulars: unknown[] }[] }[];
    expect(result?.elected.map(({ titulars }) => titulars.length)).toEqual([10, 5]);
    const archive = await fetch(`${portal.url}/api/scrutins/${scrutin.scrutinId}/archive`);
    const report = await verifyElection(new Uint8Array(await archive.arrayBuffer()), {
      groupOf: serverGroup,
    });
    expect(report.sound).toBe(true);
    expect(report.result).toEqual([[2, 1, 1]]);
  });

  it('has observations of the board written in the minutes, until they are signed', async () => {
    const { clock } = portal.foundation;
    moveClock(portal, new Date(Date.parse(clock.now()) + 60_000).toISOString()); // a code serves once
    const page = await member(3);
    await page.fill('#observation', 'Un assesseur est arrivé en retard.\nRien d’autre à signaler.');
    await page.click('text=ÉCRIRE AU PROCÈS-VERBAL');
    await page.waitForSelector('text=Un assesseur est arrivé en retard.');
    await shown(page, 'depouillement-observation');
    await page.context().close();
  });

  it('has minutes that the secretary signs and the president countersigns, each with a code', async () => {
    const path = `/api/scrutins/${scrutin.scrutinId}/minutes`;
    const drawn = (await portal.client().get<Record<string, unknown>>(path)).body;
    expect(drawn).toMatchObject({ ballots: 4, signatures: 4, thinBatches: 1, blank: 1, remarks: [] });
    expect(drawn).toMatchObject({ election: 'Élections professionnelles', title: 'CSA ministériel n° 1' });
    const sign = async (seat: number, right = true) => {
      const later = () => new Date(Date.parse(portal.foundation.clock.now()) + 60_000).toISOString();
      moveClock(portal, later()); // a code serves once
      const page = await member(seat);
      const { totpKey } = members[seat - 1] as (typeof members)[number];
      moveClock(portal, later());
      const code = right ? totp(totpKey, stepAt(portal.foundation.clock.now())) : '000000';
      const answer = await page.request.post(`${portal.url}${path}/signature`, {
        data: { code },
        headers: { 'X-CSRF-Token': (await page.getAttribute('[name=_csrf]', 'value')) ?? '' },
      });
      await page.context().close();
      return answer.status();
    };
    expect(await sign(1)).toBe(409);
    expect(await sign(2, false)).toBe(403);
    expect(await sign(2)).toBe(200);
    const shown = await (await fetch(`${portal.url}/resultats/proces-verbal/${scrutin.scrutinId}`)).text();
    expect(shown).toContain('La présidence n’a pas encore contresigné');
    expect(await sign(1)).toBe(200);
  });

  it('shows the minutes to everybody, as a page and on paper, with signatures and hash', async () => {
    await caughtUp(portal);
    const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    await page.goto(`${portal.url}/resultats/${election.electionId}`);
    await page.click('a:has-text("Procès-verbal")');
    await page.waitForSelector('h1:has-text("Procès-verbal")');
    await shown(page, 'proces-verbal');
    const onScreen = (await page.textContent('main'))?.replaceAll(/\s+/g, ' ') ?? '';
    const text = await (await fetch(`${portal.url}/api/scrutins/${scrutin.scrutinId}/minutes`)).text();
    const hash = createHash('sha256').update(text).digest('hex');
    const pdf = await fetch(`${portal.url}/api/scrutins/${scrutin.scrutinId}/minutes.pdf`);
    const bytes = Buffer.from(await pdf.arrayBuffer());
    const paper = textOf(bytes).replaceAll(/\s+/g, ' ');
    for (const whole of [onScreen, paper]) {
      expect(whole).toMatch(/Élection\s*Élections professionnelles/);
      expect(whole).toContain('secrétaire (siège 2)');
      expect(whole).toContain('présidence (siège 1)');
      expect(whole).toContain('contresigne');
      expect(whole).toMatch(/N’ont pas contresigné : délégué \(siège 3\), .*délégué \(siège 6\)\./);
      expect(whole).not.toContain('La présidence n’a pas encore contresigné');
      expect(whole).toContain('Compteur, émargements et bulletins dépouillés concordent');
      expect(whole.replaceAll(' ', '')).toContain(hash);
      expect(whole).toContain('3 suffrages / 15 sièges');
      expect(whole).toContain('« Liste A », 10 siège(s) :');
      expect(whole).toMatch(/Titulaire 10\s*Camille Candidat 10/);
      expect(whole).toMatch(/Suppléant 5\s*Camille Candidat 10/); // of list B
      expect(whole).toContain('10 place(s) de suppléant sans candidat'); // of list A
      expect(whole).toMatch(
        /délégué \(siège 3\), .* Un assesseur est arrivé en retard\. Rien d’autre à signaler\./,
      );
      expect(whole).toContain('Aucun écart.');
      expect(whole).toContain('Incident');
    }
    if (process.env['ISOLOIR_SCREENS'] !== undefined)
      await writeFile(join(process.env['ISOLOIR_SCREENS'], 'proces-verbal.pdf'), bytes);
    expect(bytes.toString('latin1')).toMatch(/\/Marked true/);
    const again = await fetch(`${portal.url}/api/scrutins/${scrutin.scrutinId}/minutes.pdf`);
    expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true);
    await page.context().close();
  });

  it('says nothing in seats and minutes that the audit does not find too', async () => {
    const { store, documents, transparency } = portal.foundation;
    const { origin, vkey: key } = transparency.signer;
    await logged(transparency, store);
    await transparency.checkpoints.sign(); // a bundle ends with what is signed
    async function* bundle() {
      for await (const { text } of exportBundle('auditor', { store, documents, origin, key })) yield text;
    }
    const { claims } = await auditBundle(bundle(), { threads: 0 });
    const names = ['seats-follow-the-votes', 'elected-are-those-of-the-lists', 'minutes-are-signed'];
    for (const name of [...names, 'minutes-say-what-was-found'])
      expect(claims.find((claim) => claim.name === name)).toMatchObject({
        name,
        verdict: 'holds',
        findings: [],
      });
    const minutes = claims.find(({ name }) => name === 'minutes-say-what-was-found');
    expect(minutes?.checked).toBeGreaterThan(35); // of its fields, each
    expect(minutes?.notes?.map(({ reason }) => reason)).toEqual([
      'not checked: texts of the journal and of interruptions, by their hashes alone',
    ]);
  });

  it('has two members state what does not agree, and that scrutin goes on', async () => {
    const { clock } = portal.foundation;
    moveClock(portal, new Date(Date.parse(clock.now()) + 60_000).toISOString()); // a code serves once
    const [delegate, president] = [await member(4), await member(1)];
    expect(await delegate.textContent('main')).toMatch(/Émargements sans nom\s: 1\./);
    const long = 'é'.repeat(4_001); // the page takes no more than 4,000
    const csrf = (await delegate.getAttribute('[name=_csrf]', 'value')) ?? '';
    const path = `${portal.url}/bureau/depouillement/${election.boardId}/ecart`;
    const form = { _csrf: csrf, ecart: election.scrutins[1]?.scrutinId ?? '', constat: long };
    const answer = await delegate.request.post(path, { form });
    const text = (await answer.text()).replaceAll('\u00a0', ' ');
    expect(answer.status()).toBe(409);
    expect(text).toContain('<a href="#constat">Constat du bureau : 4000 caractères au plus.</a>');
    expect(text).toContain(`>${long}</textarea>`);
    await delegate.fill('#constat', '   ');
    await press(delegate, 'PROPOSER LE CONSTAT');
    await delegate.waitForSelector('#constat-erreur');
    const words = 'Un nom manque au registre : le bureau a vérifié la liste sur papier.';
    await delegate.fill('#constat', words);
    await press(delegate, 'PROPOSER LE CONSTAT');
    await delegate.waitForSelector('text=Vous l’avez proposé');
    expect(await delegate.locator('button:has-text("APPROUVER LE CONSTAT")').count()).toBe(0);

    const api = `${portal.url}/api/boards/${election.boardId}/discrepancies`;
    const asked = { text: words, by: { seat: 4, office: 'delegate' } };
    const told = (await (await delegate.request.get(api)).json()) as { asked: { requestId: string } }[];
    expect(told).toMatchObject([{ names: 1, signatures: 2, asked, stated: null }]);
    const headers = { 'X-CSRF-Token': csrf };
    const own = await delegate.request.post(`${api}/${told[0]?.asked.requestId ?? ''}/approval`, { headers });
    expect([own.status(), await own.json()]).toMatchObject([403, { code: 'counting.two-members' }]);
    const data = { scrutinId: election.scrutins[1]?.scrutinId, text: ' ' };
    expect((await delegate.request.post(api, { headers, data })).status()).toBe(400);

    await president.reload();
    await shown(president, 'depouillement-ecart');
    expect(await president.textContent('main')).toContain('Constat proposé par délégué (siège 4)');
    await press(president, 'APPROUVER LE CONSTAT');
    await president.waitForSelector('text=par délégué (siège 4), présidence (siège 1)');
    await press(president, 'RAPPROCHER');
    await president.waitForSelector('td:has-text("Non concordant, comme le bureau l’a constaté")');
    await caughtUp(portal);
    await president.reload();
    const row = president.locator('tr', { hasText: 'écart constaté' });
    expect(await row.textContent()).toMatch(/À déchiffrer|En attente des témoins/);
    expect(await president.locator('#ecarts').count()).toBe(0);
    for (const page of [delegate, president]) await page.context().close();
  });

  it('makes who types wrong codes wait, more each time', async () => {
    const page = await member(5);
    const csrf = (await page.getAttribute('[name=_csrf]', 'value')) ?? '';
    const path = `${portal.url}/bureau/depouillement/${election.boardId}/proces-verbal`;
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 12) {
      const answer = await page.request.post(path, { form: { _csrf: csrf, code: '000000' } });
      statuses.push(answer.status());
    }
    expect(statuses.slice(0, 4)).toEqual([422, 422, 422, 422]);
    expect(statuses.at(-1)).toBe(429);
    await page.context().close();
  });
});
