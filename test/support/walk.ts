import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PASSWORD } from './portal.js';

const WIDTHS = [320, 768, 1280] as const;
export const NUMBERS =
  'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize'.split(' ');
/** Where pictures of the screens go; none are made when it is not set (`npm run screens`). */
const SCREENS = process.env['ISOLOIR_SCREENS'];
const ON_A_TELEPHONE = [
  'e2-accueil',
  'e3-identification',
  'e6-mot-de-passe',
  'e8-portail',
  'e12-logos-actives',
];

/**
 * Holds the page to WCAG 2.2 AA on a telephone and on a desk, to be no wider than the window on a tablet too, and to say
 * whose it is; draws it if it has a name.
 */
export async function shown(page: Page, name?: string): Promise<void> {
  expect(await page.title()).not.toContain('undefined');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    if (width !== 768) await accessible(page, width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const drawn = width === 1280 || (width === 320 && ON_A_TELEPHONE.includes(name ?? ''));
    if (drawn && name !== undefined && SCREENS !== undefined) await draw(page, `${name}-${width}`);
  }
}

async function accessible(page: Page, width: number): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.map(({ id, nodes }) => ({
    at: page.url(),
    width,
    id,
    nodes: nodes.map(({ html }) => html),
  }));
  expect(found).toStrictEqual([]);
}

async function draw(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS ?? '', { recursive: true });
  await page.screenshot({ path: join(SCREENS ?? '', `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Answers the question in words, as who does not see the picture does. */
export async function answerCaptcha(page: Page): Promise<void> {
  const words = (await page.locator('#captcha-aide strong').innerText()).split(' plus ');
  const sum = words.reduce((total, word) => total + NUMBERS.indexOf(word) + 1, 0);
  await page.fill('#captcha', String(sum));
}

/** E3: says who one is. */
export async function identify(page: Page, url: string, email: string): Promise<void> {
  await page.goto(`${url}/connexion`);
  await page.fill('#identifier', email);
  await answerCaptcha(page);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/connexion/mot-de-passe');
}

/** E6: a password, twice. */
export async function choosePassword(page: Page, password = PASSWORD): Promise<void> {
  await page.fill('#password', password);
  await page.fill('#confirmation', password);
  await answerCaptcha(page);
  await press(page, 'CONNEXION');
}

/** E7: a question and its answer, twice. */
export async function activate(page: Page, answer = 'Épagneul breton'): Promise<void> {
  await page.waitForURL('**/activation');
  await page.selectOption('#question', { index: 1 });
  await page.fill('#answer', answer);
  await page.fill('#confirmation', answer);
  await press(page, 'ACTIVER SON COMPTE');
}

/** The heading of the page that is shown. */
export function heading(page: Page): Promise<string> {
  return page.locator('h1').innerText();
}

/** Presses a button, or follows a link, by its whole name. */
export function press(page: Page, name: string): Promise<void> {
  const exact = { name, exact: true } as const;
  return page.getByRole('button', exact).or(page.getByRole('link', exact)).first().click();
}

/** Opens the newest mail to an address, in the webmail of the demonstration, and follows its link in this window. */
export async function openMail(page: Page, url: string, email: string, subject: string): Promise<void> {
  const row = page.getByRole('row').filter({ hasText: email }).filter({ hasText: subject }).first();
  for (let tries = 0; tries < 40; tries++) {
    await page.goto(`${url}/demonstration/mails`);
    if ((await row.count()) > 0) break;
    await page.waitForTimeout(250);
  }
  await row.getByRole('link').click();
  await page.locator('a[href*="/lien/"]').first().click();
}
