import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { demonstrationBoard } from '../../src/demonstration/board.js';
import { beleniosUuidOf } from '../../src/election-file/derived-ids.js';
import { StartCeremony } from '../../src/modules/board/board.commands.js';
import { CloseLists, DeclareElection, SetCalendar } from '../../src/modules/election/election.commands.js';
import { Candidatures } from '../../src/modules/scrutin/candidatures.js';
import { DeclareScrutin, DrawListOrder } from '../../src/modules/scrutin/scrutin.commands.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, someone, type Portal } from '../support/portal.js';
import { signInAs } from '../support/staff.js';
import { press, shown } from '../support/walk.js';

jest.setTimeout(240_000); // axe on every screen at three widths

let browser: Browser;
let portal: Portal;
let administrator: Page;
let members: Page[]; // president, secretary, four delegates: each in a browser context of their own
const electionId = randomUUID();
const boardId = randomUUID();
const scrutinId = randomUUID();

beforeAll(async () => {
  [browser, portal] = await Promise.all([openBrowser(), openPortal()]);
  administrator = await aPage();
  await signInAs(portal, administrator, 'administrator');
  members = [];
  const staffIds: string[] = [];
  while (members.length < 6) {
    const page = await aPage();
    staffIds.push((await signInAs(portal, page, 'board')).staffId);
    members.push(page);
  }
  const commands = portal.app.get(CommandBus);
  await commands.execute(new DeclareElection(electionId, 'Élections professionnelles', '2022'));
  await commands.execute(
    new SetCalendar(electionId, {
      portalOpensAt: '2022-10-13T08:00:00.000Z',
      votingOpensAt: '2022-12-01T07:00:00.000Z',
      votingClosesAt: '2022-12-08T16:00:00.000Z',
      graceMinutes: 20,
    }),
  );
  const board = { boardId, electionId, title: 'Bureau de vote électronique', staffIds };
  const keep = () => Promise.resolve();
  await demonstrationBoard(portal.app, { ...board, passphrase: 'une phrase de passe', keep });
  await aScrutin();
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

/** In a context of its own, in which no script of ours runs: these pages need none. */
async function aPage(): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ locale: 'fr-FR' });
  await context.route('**/*.js', (route) => route.abort());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

/** Ready to be sealed, but for a code more than electors. */
async function aScrutin(): Promise<void> {
  const commands = portal.app.get(CommandBus);
  const fixed = { group: 'Ed25519', body: 'CSA', seats: 2, held: 'here', boardId } as const;
  const description = { ...fixed, uuid: beleniosUuidOf(scrutinId), title: 'CSA de proximité de Paris' };
  await commands.execute(new DeclareScrutin(scrutinId, electionId, description));
  const list = { title: 'Liste', candidates: [{ lastName: 'Roux', firstName: 'Léa' }] };
  const candidatures = portal.app.get(Candidatures, { strict: false });
  await candidatures.file(scrutinId, randomUUID(), list, undefined);
  await commands.execute(new DrawListOrder(scrutinId, 'un tirage'));
  for (let elector = 0; elector < 7; elector++)
    await portal.electors.register(randomUUID(), electionId, someone(), [scrutinId]);
  await commands.execute(new CloseLists(electionId));
  const group = await serverGroup('Ed25519');
  const lines = Array.from({ length: 8 }, (_, i) => group.print(group.g.exp(BigInt(i + 2)))).sort();
  await portal.foundation.credentialLists.put(scrutinId, lines);
  const { projections, store } = portal.foundation;
  for (const name of ['scrutins', 'electors', 'elections', 'boards'])
    expect(await projections.waitFor(name, await store.head(), 20_000)).toBe(true);
}

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const errors = async () => (await administrator.locator('.errors li').allInnerTexts()).map(plain);
const said = async (page: Page) => plain(await page.locator('main').innerText());
const go = (page: Page, name: string) => Promise.all([page.waitForEvent('load'), press(page, name)]);
const sealPage = () => `${portal.url}/bureau/${boardId}/scelle`;

it('an administrator accounts for the codes of removed electors and puts the seal before the board', async () => {
  await administrator.goto(sealPage());
  expect(await said(administrator)).toContain('moins de dix électeurs');
  expect(await said(administrator)).toContain('Ce scrutin a 8 codes pour 7 électeurs');
  await shown(administrator, 'scelle-preparation');
  await administrator.fill(`#surplus-${scrutinId}`, '2');
  await go(administrator, 'PRÉSENTER LE SCELLÉ AU BUREAU');
  expect(await errors()).toEqual([
    'Codes en trop, CSA de proximité de Paris : ce n’est pas ce nombre qui est en trop.',
  ]);
  expect(await administrator.inputValue(`#surplus-${scrutinId}`)).toBe('2');
  await shown(administrator);
  await administrator.fill(`#surplus-${scrutinId}`, '1');
  await go(administrator, 'PRÉSENTER LE SCELLÉ AU BUREAU');
  expect(await said(administrator)).toContain(
    '7 électeurs (moins de dix), 8 codes (dont 1 d’électeurs radiés)',
  );
  expect(await said(administrator)).toContain('Ordre tiré au sort avec la graine un tirage.');
});

it('president and two delegates approve, each in a browser of their own; everybody sees the seal', async () => {
  for (const place of [0, 2]) await go((await atSeal(place)) as Page, 'J’APPROUVE LE SCELLÉ');
  await shown(members[2] as Page, 'scelle-propose');
  await go((await atSeal(5)) as Page, 'J’APPROUVE LE SCELLÉ');
  expect(await said(members[5] as Page)).toContain('Les scrutins sont scellés.');
  await shown(members[5] as Page, 'scelle');
  const anybody = await aPage();
  await anybody.goto(`${portal.url}/scelles`);
  expect(await said(anybody)).toContain('Scellé le');
  await shown(anybody, 'scelles');

  // The calendar is sealed with the rest.
  await administrator.goto(`${portal.url}/personnel/elections/${electionId}/calendrier`);
  await administrator.fill('#votingClosesAt', '2022-12-08T16:00');
  await go(administrator, 'ENREGISTRER LE CALENDRIER');
  expect(await errors()).toEqual([
    expect.stringMatching(/^Des scrutins sont scellés : le calendrier ne change plus/),
  ]);
});

it('two persons break a seal, and everybody reads why', async () => {
  await administrator.goto(sealPage());
  await administrator.fill('#motif', 'Une liste porte un faux titre.');
  await go(administrator, 'DEMANDER LA RUPTURE');
  const president = (await atSeal(0)) as Page;
  expect(await said(president)).toContain('Une rupture est demandée.');
  await president.fill('#motif', 'D’accord.');
  await go(president, 'CONFIRMER LA RUPTURE');
  const anybody = await aPage();
  await portal.foundation.projections.waitFor('boards', await portal.foundation.store.head(), 20_000);
  await anybody.goto(`${portal.url}/scelles`);
  expect(await said(anybody)).toContain('Motif : Une liste porte un faux titre.');
  await shown(anybody, 'scelles-rompu');
});

it('the page of the ceremony says that it needs JavaScript, and is no less accessible without', async () => {
  await portal.app.get(CommandBus).execute(new StartCeremony(boardId, randomUUID(), true, 'Ed25519'));
  const member = members[1] as Page;
  await member.goto(`${portal.url}/bureau/${boardId}/ceremonie`);
  await shown(member);
  const cookies = await member.context().cookies();
  const bare = await browser.newContext({ javaScriptEnabled: false });
  await bare.addCookies(cookies);
  const page = await bare.newPage();
  await page.goto(`${portal.url}/bureau/${boardId}/ceremonie`);
  expect(await page.locator('main').innerText()).toContain('Cette page a besoin de JavaScript');
  await bare.close();
});

async function atSeal(place: number): Promise<Page | undefined> {
  await members[place]?.goto(sealPage());
  return members[place];
}
