import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { inventedLogo, inventedStatement } from '../../src/demonstration/invented-papers.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Candidatures } from '../../src/modules/scrutin/candidatures.js';
import { DeclareScrutin } from '../../src/modules/scrutin/scrutin.commands.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, PASSWORD, someone, type Portal } from '../support/portal.js';
import { answerCaptcha, heading, press, shown } from '../support/walk.js';
import { fetched } from '../support/fetched.js';

jest.setTimeout(180_000);

let browser: Browser;
let portal: Portal;
let page: Page;
const scrutinId = randomUUID();

beforeAll(async () => {
  // Before the candidates are due; they are shown from 16 November on.
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-10-15T10:00:00.000Z' }),
  ]);
  const fixed = { uuid: 'QyEwhVPEQ2o7wa', group: 'Ed25519', body: 'CSA', seats: 10, held: 'here' } as const;
  const description = { ...fixed, title: 'CSA de proximité de Paris' };
  await portal.app
    .get(CommandBus)
    .execute(new DeclareScrutin(scrutinId, DEMONSTRATION_ELECTION, description));
  // Held at the urn: electors are told so (F65).
  const paper = {
    ...fixed,
    uuid: 'QyEwhVPEQ2o7wb',
    title: 'CSA d’établissement',
    held: 'elsewhere',
  } as const;
  await portal.app.get(CommandBus).execute(new DeclareScrutin(randomUUID(), DEMONSTRATION_ELECTION, paper));
  const candidatures = portal.app.get(Candidatures, { strict: false });
  const list = {
    title: 'Liste UNSA Education',
    affiliation: 'UNSA Education',
    candidates: [{ lastName: 'Lefèvre', firstName: 'Zoé', about: 'Professeure des écoles' }],
  };
  const listId = randomUUID();
  await candidatures.file(scrutinId, listId, list, inventedLogo('UNSA', '#1d4ed8'));
  await candidatures.state(scrutinId, listId, await inventedStatement(list));
  page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  page.setDefaultTimeout(30_000);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

it('an elector reads lists, candidates and statements, and claims; every page holds to WCAG 2.2 AA', async () => {
  const { electorId, email } = await portal.register(someone({ lastName: 'Zélande' }), [scrutinId]);
  const { activate } = await import('../support/portal.js');
  await activate(portal.client(), await portal.invite(electorId));
  const { projections, store } = portal.foundation;
  for (const name of ['scrutins', 'electors'])
    expect(await projections.waitFor(name, await store.head(), 20_000)).toBe(true);
  await page.goto(`${portal.url}/connexion`);
  await page.fill('#identifier', email);
  await answerCaptcha(page);
  await press(page, 'CONNEXION');
  await page.fill('#password', PASSWORD);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/espace');

  await press(page, 'Consulter les listes électorales de mes scrutins');
  expect(await heading(page)).toBe('Listes électorales de mes scrutins');
  await shown(page, 'e8-listes-electorales');
  await press(page, 'CSA de proximité de Paris');
  await page.fill('#nom', 'zelan');
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await press(page, 'CHERCHER');
  await answered;
  await page.locator('tbody tr').first().waitFor();
  expect(await page.locator('tbody tr').count()).toBe(1);
  expect(page.url()).not.toContain('zelan');
  await shown(page, 'e8-liste-electorale');

  const candidates =
    'Consulter mes scrutins (ceux pour lesquels je suis électeur) et leurs listes de candidats';
  await page.goto(`${portal.url}/espace`);
  await press(page, candidates);
  expect(await page.content()).toContain('seront affichées le');
  expect(await page.content()).not.toContain('Lefèvre');
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo('2022-10-15T10:01:00.000Z');

  await page.goto(`${portal.url}/espace`);
  await press(page, 'Formuler une réclamation');
  await shown(page, 'e8-reclamation');
  await page.fill('#message', 'Je manque à la liste de la CAPN.');
  await press(page, 'ENVOYER');
  expect(await projections.waitFor('claims', await store.head(), 20_000)).toBe(true);
  await page.reload();
  expect(await page.content()).toContain('Je manque à la liste de la CAPN.');
  await shown(page);
});

it('the candidates are shown when their day has come', async () => {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo('2022-11-16T09:00:00.000Z');
  const { electorId, email } = await portal.register(someone(), [scrutinId]);
  const { activate } = await import('../support/portal.js');
  const client = portal.client();
  await activate(client, await portal.invite(electorId));
  const { projections, store } = portal.foundation;
  expect(await projections.waitFor('electors', await store.head(), 20_000)).toBe(true);
  const context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  await page.goto(`${portal.url}/connexion`);
  await page.fill('#identifier', email);
  await answerCaptcha(page);
  await press(page, 'CONNEXION');
  await page.fill('#password', PASSWORD);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/espace');
  await page.goto(`${portal.url}/espace/scrutins`);
  expect(await page.getByRole('listitem').filter({ hasText: 'CSA d’établissement' }).count()).toBe(1);
  await page.getByText('Liste de candidats (1)').click();
  expect(await page.content()).toContain('Zoé Lefèvre');
  expect(await page.evaluate("document.querySelector('img.logo').naturalWidth > 0")).toBe(true);
  await shown(page, 'e8-scrutins');
  const statement = await page.getByRole('link', { name: /Profession de foi/ }).getAttribute('href');
  expect((await fetched(portal.url + (statement ?? ''))).headers.get('content-type')).toBe('application/pdf');
});
