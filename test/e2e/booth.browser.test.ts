import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PollingPlace, type PlaceVoter } from '../support/polling-place.js';
import { answerCaptcha, heading, press, shown } from '../support/walk.js';

jest.setTimeout(240_000);

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace()]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
});
afterEach(() => context.close());

describe('the gate (E9)', () => {
  it('lets in who has the code, however it is typed', async () => {
    const voter = await place.voter();
    await enter(page, voter);
    expect(await heading(page)).toBe('Saisie du code de vote');
    await shown(page, 'e9-code-de-vote');
    await page.fill('#code', ` ${voter.code.toLowerCase().replaceAll('-', '').replaceAll('0', 'o')} `);
    await answerCaptcha(page);
    await press(page, 'CONNEXION');
    await page.waitForSelector('.scrutins');
    expect(await heading(page)).toBe('Choix du scrutin');
    await shown(page, 'e11-choix-scrutin');
  });
});

/** Signs in and comes to the gate. */
async function enter(page: Page, voter: PlaceVoter): Promise<void> {
  await place.signIn(page.context(), voter);
  await page.goto(`${place.url}/vote`);
}
