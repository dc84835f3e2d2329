import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { arrived, choose, participate, passGate, vote, votesIn } from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PollingPlace } from '../support/polling-place.js';
import { NUMBERS, press } from '../support/walk.js';

jest.setTimeout(300_000);

const GATE = 'Saisie du code de vote';
const CHOICE = 'Choix du scrutin';
const LISTS = 'CSA ministériel n° 1';

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace({ voters: 8 })]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await newPage();
});
afterEach(() => context.close());

async function newPage(): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

/** Each step, with what it is called; and what the back button shows there, then the forward button. */
const steps = [
  { name: 'E9, code de vote', title: GATE, back: undefined, forward: GATE },
  { name: 'E11, choix scrutin', title: CHOICE, back: undefined, forward: GATE },
  { name: 'E12, constitution bulletin', title: LISTS, back: CHOICE, forward: LISTS },
  { name: 'E12, logos activés', title: LISTS, back: CHOICE, forward: LISTS },
  { name: 'E13, vote', title: 'Vote', back: LISTS, forward: 'Vote' },
].map((step, number) => ({ ...step, number }));

/** From the portal to a step, in the first scrutin. */
async function reach(page: Page, step: number, code: string): Promise<void> {
  await page.goto(`${place.url}/espace`);
  await page.goto(`${place.url}/vote`);
  await page.fill('#code', code.slice(0, 9));
  if (step >= 1) await passGate(page, code);
  if (step >= 2) await participate(page, 1);
  if (step === 3) await page.locator('button[aria-pressed=false]').click();
  if (step >= 4) await choose(page, 'Liste A');
}

/** From a step to the sending of the ballot. */
async function finish(page: Page, step: number, code: string): Promise<void> {
  if (step < 1) await passGate(page, code);
  if (step < 2) await participate(page, 1);
  if (step < 3) await choose(page, 'Liste A');
  if (step === 3) {
    await page.locator('button.choice').filter({ hasText: 'Liste A' }).click();
    await page.waitForSelector('.chosen');
  }
  await vote(page);
}

describe.each(steps)('at $name', ({ number, title, back, forward }) => {
  it('reload, back and forward send nothing, and two tabs make one vote (F89)', async () => {
    const before = await votesIn(place, 1);
    const voter = place.voter();
    await place.signIn(context, voter);
    const sent: string[] = [];
    context.on('request', (request) => {
      if (/\/votes$/.test(request.url())) sent.push(request.url());
    });

    await reach(page, number, voter.code);
    await arrived(page, title);
    await page.reload(); // the code was in the memory of the page
    await arrived(page, GATE);
    expect(await page.inputValue('#code')).toBe('');

    await reach(page, number, voter.code);
    await page.goBack();
    if (back === undefined) await page.waitForURL('**/espace');
    else await arrived(page, back);
    await page.goForward();
    await arrived(page, forward);
    if (forward === LISTS) expect(await page.locator('button.choice').first().isDisabled()).toBe(true); // F70 again
    if (forward === GATE) expect(await page.inputValue('#code')).not.toBe(voter.code);
    expect(sent).toStrictEqual([]);

    const other = await newPage();
    await reach(other, number, voter.code);
    await reach(page, number, voter.code);
    await finish(page, number, voter.code);
    await arrived(page, 'Accusé de réception');
    if (number === 0) {
      await passGate(other, voter.code); // it comes late: the scrutin offers no ballot any more
    } else {
      await finish(other, number, voter.code);
      await arrived(other, 'Votre bulletin n’a pas été accepté');
      expect(await other.getByRole('alert').innerText()).toContain('Un vote est déjà enregistré pour vous');
      expect(await other.locator('body').innerText()).not.toContain('Vous venez de voter');
      await press(other, 'Retour au choix du scrutin');
    }
    await other.getByText('✓ Choix enregistré').waitFor();
    expect(
      await other.getByRole('button', { name: /PARTICIPER au scrutin CSA ministériel n° 1/ }).count(),
    ).toBe(0);
    expect(await votesIn(place, 1)).toBe(before + 1);
  });
});

describe('at E14, accusé de réception', () => {
  it('reload, back and forward lead to the scrutins, voted, in every tab', async () => {
    const voter = place.voter();
    await place.signIn(context, voter);
    await reach(page, 4, voter.code);
    await vote(page);
    await arrived(page, 'Accusé de réception');
    const other = await newPage();
    await reach(other, 1, voter.code);
    expect(await other.getByText('✓ Choix enregistré').count()).toBe(1);
    await page.goBack();
    await arrived(page, CHOICE);
    await page.goForward();
    await arrived(page, CHOICE);
    expect(await page.getByRole('button', { name: /preuve de dépôt/ }).count()).toBe(0); // once only (F80)
    await page.reload();
    await passGate(page, voter.code);
    expect(await page.getByText('✓ Choix enregistré').count()).toBe(1);
  });
});

describe.each([
  ['at 200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ['on a telephone', { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true }],
] as const)('%s, by tabulator, Enter and the space bar alone', (_, options) => {
  it('passes the gate, reads, goes back, votes, and keeps the proof', async () => {
    await context.close();
    context = await browser.newContext({ locale: 'fr-FR', acceptDownloads: true, ...options });
    page = await newPage();
    const { keyboard } = page;
    const voter = place.voter();
    await place.signIn(context, voter);
    await page.goto(`${place.url}/vote`);
    await tabTo('Code de vote');
    await keyboard.type(voter.code);
    const words = (await page.locator('#captcha-aide strong').innerText()).split(' plus ');
    await tabTo('#captcha');
    await keyboard.type(String(words.reduce((sum, word) => sum + NUMBERS.indexOf(word) + 1, 0)));
    await keyboard.press('Enter'); // a form is sent from its fields
    await at('Choix scrutin', CHOICE);
    await tabTo('PARTICIPER au scrutin CSA ministériel n° 2');
    await keyboard.press('Space');
    await at('Constitution bulletin', 'CSA ministériel n° 2');
    await tabTo('Liste de candidats');
    await keyboard.press('Space');
    expect(await page.locator('details[open]').count()).toBe(1);
    await tabTo('JE VEUX VOTER');
    await keyboard.press('Space');
    await tabTo('Liste B');
    await keyboard.press('Enter');
    await at('Vote', 'Vote');
    await tabTo('RETOUR');
    await keyboard.press('Enter');
    await at('Constitution bulletin', 'CSA ministériel n° 2');
    await tabTo('JE VEUX VOTER');
    await keyboard.press('Enter');
    await tabTo('Vote Blanc');
    await keyboard.press('Space');
    await at('Vote', 'Vote');
    expect(await page.getByRole('status').count()).toBe(1); // a live region is there before it speaks
    await tabTo('JE VOTE');
    await keyboard.press('Enter');
    await at('Accusé de réception', 'Accusé de réception');
    await tabTo('Télécharger ma preuve de dépôt');
    const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toMatch(/^preuve-de-depot-.*\.pdf$/);
    await tabTo('PARTICIPER au scrutin CSA ministériel n° 1');
    await keyboard.press('Enter');
    await at('Constitution bulletin', LISTS);
  });
});

/** A view as a screen reader meets it: the heading has the focus, the step is the current one; nothing is cut off. */
async function at(step: string, title: string): Promise<void> {
  await arrived(page, title);
  expect(await page.evaluate('document.activeElement.innerText')).toBe(title);
  const trail = page.getByRole('navigation', { name: 'Étapes du vote' });
  expect(await trail.getByRole('listitem').count()).toBe(4);
  expect(await trail.locator('[aria-current=step]').innerText()).toContain(step);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

/** Presses the tabulator until what has the focus says this, or is this; and finds it in the window. */
async function tabTo(what: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const [id, text, seen] = await page.evaluate<[string, string, boolean]>(`(() => {
      const one = document.activeElement;
      const { top, bottom } = one.getBoundingClientRect();
      return ['#' + one.id, (one.labels?.[0] ?? one).innerText, bottom > 0 && top < innerHeight];
    })()`);
    if (id !== what && !text.replace(/\s+/g, ' ').includes(what)) continue;
    expect([what, seen]).toEqual([what, true]);
    return;
  }
  throw new Error(`the tabulator does not come to « ${what} »`);
}
