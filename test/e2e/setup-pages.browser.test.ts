import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { inventedLogo, inventedStatement } from '../../src/demonstration/invented-papers.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { openBrowser } from '../support/browser.js';
import { eventually } from '../support/folders.js';
import { openPortal, type Portal } from '../support/portal.js';
import { signInAs } from '../support/staff.js';
import { heading, press, shown } from '../support/walk.js';

jest.setTimeout(240_000); // axe on every screen at three widths

const LOGINS = ['presidence', 'secretariat', 'delegue-1', 'delegue-2', 'delegue-3', 'delegue-4'];
const TITLE = 'Élections professionnelles de démonstration';

let browser: Browser;
let portal: Portal;
let page: Page; // without any script of ours, all along; axe needs its own
let electionPage = '';

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-10-01T10:00:00.000Z' }),
  ]);
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  for (const login of LOGINS) await accounts.add(login, 'un bon mot de passe', 'board');
  const context = await browser.newContext({ locale: 'fr-FR' });
  await context.route('**/*.js', (route) => route.abort());
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await signInAs(portal, page, 'administrator');
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

/** Without the ties of French signs to their words. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const errors = async () => (await page.locator('.errors li').allInnerTexts()).map(plain);
const said = async () => plain(await page.locator('main').innerText());
/** Presses a button or follows a link, and waits for the page that comes. */
const go = (name: string) => Promise.all([page.waitForEvent('load'), press(page, name)]);
/** Presses a button twice at once, which the browser may send once or twice, and waits for the page that stays. */
const twice = async (name: string, there: RegExp) => {
  await page.getByRole('button', { name }).dblclick();
  expect(await eventually(30_000, () => Promise.resolve(there.test(page.url())))).toBe(true);
  await page.waitForLoadState('networkidle');
};

it('an election is declared and gets its calendar; what is wrong is named and nothing typed is lost', async () => {
  await page.goto(`${portal.url}/personnel`);
  await page.getByRole('link', { name: /^Élections/ }).click();
  await shown(page, 'personnel-elections');
  await page.evaluate("document.querySelector('#title').removeAttribute('required')");
  await go('DÉCLARER L’ÉLECTION');
  expect(await errors()).toEqual(['Intitulé : à remplir.']);
  await page.fill('#title', TITLE);
  await page.selectOption('#preset', '2022');
  await twice('DÉCLARER L’ÉLECTION', /\/calendrier$/); // and declares one
  const calendarPage = page.url();
  await page.goto(`${portal.url}/personnel/elections`);
  expect(await page.getByRole('link', { name: TITLE }).count()).toBe(1);
  await page.goto(calendarPage);
  expect(await page.inputValue('#votingOpensAt')).toBe('2022-12-01T08:00');
  await shown(page, 'personnel-election-calendrier');

  await page.fill('#graceMinutes', '21');
  await page.fill('#noticesFrom', '2022-11-08T09:30');
  await go('ENREGISTRER LE CALENDRIER');
  expect(await errors()).toEqual([expect.stringMatching(/^Délai de grâce : 20 minutes au plus/)]);
  expect(await page.locator('#graceMinutes').getAttribute('aria-invalid')).toBe('true');
  expect(await page.inputValue('#noticesFrom')).toBe('2022-11-08T09:30');
  await shown(page);
  await page.fill('#graceMinutes', '20');
  await go('ENREGISTRER LE CALENDRIER');
  await page.waitForURL(/elections\/[0-9a-f-]{36}$/);
  electionPage = page.url();
  expect(await said()).toContain('jeudi 01 décembre 2022 à 08h00 (heure de Paris)');
});

it('the title of an election is corrected on its page, and read at the top of the portal', async () => {
  await page.goto(electionPage);
  await page.click('text=Corriger l’intitulé');
  await page.fill('#title', ' ');
  await go('CORRIGER L’INTITULÉ');
  expect(await errors()).toEqual(['Intitulé : à remplir.']);
  await page.click('text=Corriger l’intitulé');
  await page.fill('#title', `${TITLE}, corrigées`);
  await go('CORRIGER L’INTITULÉ');
  expect(await heading(page)).toBe(`${TITLE}, corrigées`);
  await page.click('text=Corriger l’intitulé');
  await page.fill('#title', TITLE);
  await go('CORRIGER L’INTITULÉ');
  expect(await heading(page)).toBe(TITLE);
});

it('a board is declared, its seats are given by the rules, and what it lacks is said', async () => {
  await page.goto(electionPage);
  await go('Déclarer un bureau');
  await shown(page, 'personnel-bureau-nouveau');
  await page.fill('#title', 'Bureau de l’académie de Paris');
  await twice('DÉCLARER LE BUREAU', /\/personnel\/bureaux\/[^/]+$/);
  await page.click('text=Corriger l’intitulé');
  await page.fill('#title', 'Bureau de Paris');
  await go('CORRIGER L’INTITULÉ');
  expect(await heading(page)).toBe('Bureau de Paris');
  await page.click('text=Corriger l’intitulé');
  await page.fill('#title', 'Bureau de l’académie de Paris');
  await go('CORRIGER L’INTITULÉ');
  const seat = async (number: number, login: string, place: string) => {
    await page.fill('#seat', String(number));
    await page.selectOption('#staffId', { label: login });
    await page.selectOption('#place', { label: place });
    await go('POURVOIR LE SIÈGE');
  };
  for (const [index, login] of LOGINS.entries()) await seat(index + 1, login, 'titulaire');
  expect(await said()).toContain('Un délégué n’a pas de suppléant');
  for (const number of [3, 4, 5]) await seat(number, LOGINS[number] ?? '', 'suppléant');
  await seat(6, 'presidence', 'suppléant');
  expect(await errors()).toEqual([expect.stringMatching(/^Membre : une personne n’exerce qu’une fonction/)]);
  expect(await page.inputValue('#seat')).toBe('6');
  await shown(page);
  await seat(6, 'delegue-1', 'suppléant');
  expect(await said()).not.toContain('Ce qui manque');
  await shown(page, 'personnel-bureau');
  await page.getByRole('button', { name: /siège 6 par son suppléant/ }).click();
  await page.waitForURL('**/sieges/6/remplacement');
  expect(await said()).toContain('delegue-4 (Délégué de liste) cède le siège 6 à delegue-1');
  await shown(page, 'personnel-bureau-remplacement');
  await page.goBack(); // nothing has changed yet
  await page.reload();
  expect(await said()).not.toContain('suppléant en fonction');
  await page.goForward();
  await go('CONFIRMER LE REMPLACEMENT');
  await page.waitForSelector('text=suppléant en fonction');
  const again = await page.goto(`${page.url()}/sieges/6/remplacement`);
  expect(again?.status()).toBe(404);
});

it('a scrutin is declared and corrected; below ten electors the page warns', async () => {
  await page.goto(electionPage);
  await go('Déclarer un scrutin');
  await shown(page, 'personnel-scrutin-nouveau');
  await page.fill('#code', 'CSA PARIS');
  await page.fill('#title', 'CSA de proximité de Paris');
  await page.fill('#seats', '2');
  await page.selectOption('#boardId', { label: 'Bureau de l’académie de Paris' });
  await go('ENREGISTRER LE SCRUTIN');
  expect(await errors()).toEqual([expect.stringMatching(/^Code : des lettres sans accent/)]);
  expect(await page.inputValue('#title')).toBe('CSA de proximité de Paris');
  await shown(page);
  await page.fill('#code', 'csa-paris');
  await go('ENREGISTRER LE SCRUTIN');
  await page.waitForURL(/scrutins\/[0-9a-f-]{36}$/);
  expect(await heading(page)).toBe('CSA de proximité de Paris');
  expect(await said()).toContain('moins de dix électeurs');
  await go('Corriger le scrutin');
  await page.fill('#seats', '3');
  await go('ENREGISTRER LE SCRUTIN');
  await page.waitForURL(/scrutins\/[0-9a-f-]{36}$/);
  expect(await said()).toContain('3 sièges');

  await page.goto(`${electionPage}/scrutins/nouveau`);
  await page.fill('#code', 'CSA-PARIS');
  await page.fill('#title', 'Un autre');
  await page.fill('#seats', '1');
  await go('ENREGISTRER LE SCRUTIN');
  expect(await errors()).toEqual(['Code : un autre scrutin de cette élection a ce code.']);
  await page.fill('#code', 'CSA-ETAB');
  await page.selectOption('#held', 'elsewhere');
  await go('ENREGISTRER LE SCRUTIN');
  await page.waitForURL(/scrutins\/[0-9a-f-]{36}$/);
  expect(await said()).toContain('ailleurs : les électeurs en sont avertis');
  await page.goto(electionPage);
  expect(await said()).toContain('moins de dix');
  await shown(page, 'personnel-election');
});

it('lists are filed with logo and statement, corrected, withdrawn, and put in an order drawn by lot', async () => {
  const list = { title: 'Liste UNSA Education', candidates: [{ lastName: 'Roux', firstName: 'Léa' }] };
  await page.goto(electionPage);
  await go('CSA de proximité de Paris');
  const scrutinPage = page.url();
  await go('Déposer une liste');
  await shown(page, 'personnel-liste-nouvelle');
  const script = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const send = () => go('DÉPOSER LA LISTE');
  await page.fill('#title', list.title);
  await page.fill('#affiliation', 'UNSA Education');
  await page.fill('#candidates', 'Lefèvre ; Zoé ; Professeure des écoles\nNguyen\nRoux\tLéa\t\tsuppléante');
  await page.fill('#joint', 'FSU ; 60\nCGT ; 39');
  await page.setInputFiles('#logo', { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: script });
  await send();
  expect(await errors()).toEqual([
    'Liste commune : les parts font 99 %, et non 100 %.',
    expect.stringMatching(/^Candidats, ligne 2 : le prénom manque/),
  ]);
  expect(await page.inputValue('#candidates')).toContain('Nguyen');
  await shown(page);
  await page.fill(
    '#candidates',
    'Lefèvre ; Zoé ; Professeure des écoles\nNguyen ; Karim\nRoux\tLéa\t\tsuppléante',
  );
  await page.fill('#joint', '');
  await page.setInputFiles('#logo', { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: script });
  await send();
  expect(await errors()).toEqual([
    expect.stringMatching(/^Logo : le dessin SVG contient un élément « script »/),
  ]);
  const logo = inventedLogo('UNSA', '#1d4ed8');
  await page.setInputFiles('#logo', { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: logo });
  await page.setInputFiles('#statement', { name: 'a.pdf', mimeType: 'application/pdf', buffer: script });
  await send();
  expect(await errors()).toEqual(['Profession de foi : ce fichier n’est pas un PDF.']);
  const buffer = await inventedStatement(list);
  await page.setInputFiles('#logo', { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: logo });
  await page.setInputFiles('#statement', { name: 'a.pdf', mimeType: 'application/pdf', buffer });
  await send();
  expect(page.url()).toBe(scrutinPage);
  await go('Liste UNSA Education');
  expect(await page.inputValue('#candidates')).toBe(
    'Lefèvre ; Zoé ; Professeure des écoles\nNguyen ; Karim\nRoux ; Léa ;  ; suppléant',
  );
  await shown(page, 'personnel-liste');
  await page.fill('#title', 'Liste UNSA Education Votre alliée');
  await send();
  expect(await page.locator('tbody tr').innerText()).toMatch(/Votre alliée\t2\toui\tPDF/); // logo and statement stay

  await go('Déposer une liste');
  await page.fill('#title', 'Une autre liste');
  await page.fill('#candidates', 'Diallo ; Rémi');
  const form = await page.locator('[name=id]').inputValue();
  await twice('DÉPOSER LA LISTE', new RegExp(`^${scrutinPage}$`));
  expect(await page.locator('tbody tr').count()).toBe(2);
  await go('Déposer une liste');
  await page.evaluate(`document.querySelector('[name=id]').value = '${form}'`); // as after a step back
  await page.fill('#title', 'Encore une liste');
  await page.fill('#candidates', 'Diallo ; Awa');
  await send();
  expect(await page.locator('tbody tr').count()).toBe(3);
  for (const title of ['Encore une liste', 'Une autre liste']) {
    await go(title);
    await go('RETIRER LA LISTE');
    expect(await errors()).toEqual([expect.stringMatching(/^Retrait : cochez la case/)]);
    await page.check('#certain');
    await go('RETIRER LA LISTE');
  }
  expect(await page.locator('tbody tr').count()).toBe(1);

  await page.fill('#seed', 'tirage du 20 octobre');
  await go('TIRER L’ORDRE AU SORT');
  expect(await errors()).toEqual([
    expect.stringMatching(/^Graine : des listes peuvent encore être déposées/),
  ]);
  expect(await page.inputValue('#seed')).toBe('tirage du 20 octobre');
  await shown(page);
  // The session ends with the idle minutes that pass.
  (portal.foundation.clock as MovedClock).moveTo('2022-10-20T15:00:00.000Z');
  await signInAs(portal, page, 'administrator');
  await page.goto(scrutinPage);
  await page.fill('#seed', 'tirage du 20 octobre');
  await go('TIRER L’ORDRE AU SORT');
  await page.waitForSelector('code:text("tirage du 20 octobre")');
  await shown(page, 'personnel-scrutin');
});

it('closing the lists takes a tick; after it every change is refused', async () => {
  await page.goto(electionPage);
  await go('CLORE LES LISTES');
  expect(await errors()).toEqual([expect.stringMatching(/^Clôture des listes : cochez la case/)]);
  await page.check('#certain');
  await go('CLORE LES LISTES');
  await page.waitForSelector('text=Les listes sont closes depuis');
  expect(await said()).not.toContain('Déclarer un scrutin');
  await page.goto(`${electionPage}/scrutins/nouveau`);
  await page.fill('#code', randomUUID().slice(0, 8));
  await page.fill('#title', 'Trop tard');
  await page.fill('#seats', '1');
  const [answer] = await Promise.all([
    page.waitForResponse((one) => one.request().method() === 'POST'),
    press(page, 'ENREGISTRER LE SCRUTIN'),
  ]);
  expect(answer.status()).toBe(409);
  expect(await errors()).toEqual(['Les listes sont closes : plus rien n’y change (CGFP R. 211-528).']);
});

it('the election is downloaded as YAML, and a changed file shows what it would change before it does', async () => {
  const download = await page.request.get(`${electionPage}/fichier`);
  expect(download.headers()['content-disposition']).toContain('.yaml');
  const yaml = await download.text();
  await page.goto(`${portal.url}/personnel/fichier`);
  await shown(page, 'personnel-fichier');
  await page.fill('#yaml', yaml);
  await go('VOIR CE QUI CHANGERAIT');
  expect(await said()).toContain('Rien : l’élection est déjà telle que ce fichier la dit.');

  await page.fill('#yaml', yaml.replace('seats: 3', 'seats: trois'));
  await go('VOIR CE QUI CHANGERAIT');
  expect(await errors()).toEqual([
    expect.stringMatching(/^Ligne \d+, scrutins\[0\]\.seats : un nombre entier de 1 à 200 est attendu\.$/),
  ]);
  expect(await page.inputValue('#yaml')).toContain('seats: trois');
  await shown(page);
  await page.fill('#yaml', yaml.replace('seats: 3', 'seats: 5'));
  await go('VOIR CE QUI CHANGERAIT');
  expect(await errors()).toEqual([
    expect.stringMatching(/^Scrutin « CSA de proximité de Paris » : CSA, 5 sièges : Les listes sont closes/),
  ]);

  // Another election, with a logo and a statement that come along.
  const list = { title: 'Liste', candidates: [{ lastName: 'Roux', firstName: 'Léa' }] };
  const example = (await readFile('docs/examples/election.yaml', 'utf8'))
    .replace('# logo: unsa.svg', 'logo: papiers/unsa.svg')
    .replace('# statement: unsa.pdf', 'statement: unsa.pdf');
  const file = { name: 'election.yaml', mimeType: 'application/yaml', buffer: Buffer.from(example) };
  await page.goto(`${portal.url}/personnel/fichier`);
  await page.setInputFiles('#fichier', file);
  await go('VOIR CE QUI CHANGERAIT');
  expect(await errors()).toEqual(['papiers/unsa.svg : ce fichier n’est pas parmi les pièces jointes.']);
  await page.setInputFiles('#fichier', file);
  await page.setInputFiles('#pieces', [
    { name: 'unsa.svg', mimeType: 'image/svg+xml', buffer: inventedLogo('UNSA', '#1d4ed8') },
    { name: 'unsa.pdf', mimeType: 'application/pdf', buffer: await inventedStatement(list) },
  ]);
  await go('VOIR CE QUI CHANGERAIT');
  expect(await page.locator('main ol li').count()).toBe(8);
  await shown(page, 'personnel-fichier-changements');
  await go('APPLIQUER CE FICHIER');
  expect(await heading(page)).toBe('Élections professionnelles 2030');
  electionPage = page.url();
  const again = await (await page.request.get(`${electionPage}/fichier`)).text();
  await page.goto(`${portal.url}/personnel/fichier`);
  await page.fill('#yaml', again);
  await go('VOIR CE QUI CHANGERAIT');
  expect(await said()).toContain('Rien : l’élection est déjà telle que ce fichier la dit.');
});

it('electors are imported and corrected by files: every bad line by its number, then nothing but clean files', async () => {
  const header = 'Identifiant;Nom;Prénom;Date de naissance;Corps;Académie;Affectation;NUMEN;NIR;Scrutins';
  const line = (n: number, change = '') =>
    `prenom.nom${n}@ac-paris.example;Nom${n};Prénom;30/06/1975;Certifiés;Paris;Lycée Voltaire;01E000000000${n};2750675123456;${change || 'CSA-PARIS'}`;
  const send = async (text: string, button: string) => {
    const buffer = Buffer.from(text);
    await page.setInputFiles('#fichier', { name: 'liste.csv', mimeType: 'text/csv', buffer });
    await go(button);
  };
  await page.goto(electionPage);
  await go('Importer ou corriger les listes électorales par un fichier');
  await shown(page, 'personnel-electeurs');
  await send([header, line(1), line(2, 'CSA-LYON'), line(1)].join('\n'), 'VÉRIFIER LE FICHIER');
  expect((await page.locator('main tbody tr').allInnerTexts()).map(plain)).toEqual([
    '3\tscrutin inconnu : CSA-LYON',
    '4\tidentifiant déjà à la ligne 2',
    '4\tNUMEN déjà à la ligne 2',
  ]);
  await shown(page, 'personnel-electeurs-erreurs');
  const clean = [header, line(1), line(2)].join('\n');
  await send(clean, 'VÉRIFIER LE FICHIER');
  expect(await said()).toContain('2 lignes correctes, 0 erreurs');
  expect(await said()).toContain('moins de dix');
  await shown(page, 'personnel-electeurs-rapport');
  await send(clean.replace('Nom2', 'Nom3'), 'ÉCRIRE DANS LES LISTES');
  expect(await errors()).toEqual([
    expect.stringMatching(/^Fichier : ce n’est pas celui qui vient d’être vérifié/),
  ]);
  await send(clean, 'ÉCRIRE DANS LES LISTES');
  expect(await said()).toContain('2 électeurs inscrits');

  await page.goto(`${electionPage}/electeurs`);
  await page.selectOption('#mode', 'correction');
  const wrong = 'Identifiant;Nom;Radiation\nabsent@ac-paris.example;Roux;\nprenom.nom1@ac-paris.example;;\n';
  await send(wrong, 'VÉRIFIER LE FICHIER');
  expect((await page.locator('main tbody tr').allInnerTexts()).map(plain)).toEqual([
    '2\taucun électeur inscrit n’a cet identifiant',
    '3\tla ligne ne change rien',
  ]);
  const corrections =
    'Identifiant;Nom;Radiation\nprenom.nom1@ac-paris.example;Roux;\nprenom.nom2@ac-paris.example;;oui\n';
  await page.selectOption('#mode', 'correction');
  await send(corrections, 'VÉRIFIER LE FICHIER');
  await send(corrections, 'ÉCRIRE DANS LES LISTES');
  expect(await said()).toContain('2 inscriptions corrigées');
  await page.goto(electionPage);
  expect(await page.locator('tbody tr').first().innerText()).toMatch(/\t1 moins de dix\t/);
});
