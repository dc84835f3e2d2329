import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Busy } from '../../src/ledger/refusal.js';
import { openBrowser } from '../support/browser.js';
import { openPortal, PASSWORD, type Portal } from '../support/portal.js';
import { answerCaptcha, choosePassword, heading, identify, press, shown } from '../support/walk.js';

jest.setTimeout(180_000);

let browser: Browser;
let portal: Portal;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, portal] = await Promise.all([openBrowser(), openPortal()]);
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

describe('the loop between portal and mail (F24)', () => {
  it('has no page in any cache to begin with', async () => {
    const { email } = await portal.activated();
    const stored: string[] = [];
    page.on('response', (answer) => {
      const { pathname } = new URL(answer.url());
      const caching = answer.headers()['cache-control'] ?? '';
      if (!pathname.startsWith('/assets/') && caching !== 'no-store') stored.push(`${pathname} ${caching}`);
    });
    await signIn(email);
    for (const path of ['/espace', '/espace/informations', '/espace/vote', '/', '/aide']) {
      await page.goto(portal.url + path);
    }
    expect(stored).toStrictEqual([]);
    expect(await page.evaluate('navigator.serviceWorker.getRegistrations().then((all) => all.length)')).toBe(
      0,
    );
  });

  it('shows nothing of the account after signing out, by the back button', async () => {
    const { email } = await portal.activated();
    await signIn(email);
    await page.goto(`${portal.url}/espace/informations`);
    await press(page, 'Déconnexion');
    await page.waitForURL('**/deconnexion');
    await page.goBack();
    await page.waitForURL('**/connexion**');
    expect(await page.content()).not.toContain(email);
  });

  it('leads who is signed in to the portal by one redirect, from the link and from the identification', async () => {
    const { electorId, email } = await portal.activated();
    await signIn(email);
    expect(hops(await page.goto(`${portal.url}/connexion`))).toStrictEqual(['/connexion', '/espace']);
    const used = await portal.newestToken(electorId);
    expect(hops(await page.goto(`${portal.url}/lien/${used}`))).toHaveLength(1);
    expect(await heading(page)).toBe('Ce lien a déjà été utilisé');
  });

  it('stands two tabs', async () => {
    const { electorId, email } = await portal.register();
    const link = `${portal.url}/lien/${await portal.invite(electorId)}`;
    const other = await context.newPage();
    await other.goto(`${portal.url}/connexion`);
    await page.goto(link);
    await press(page, 'Accéder au portail Elections');
    await page.waitForURL('**/mot-de-passe');
    // The other tab has the form of a session that is over: it says so, and its button leads back to the form.
    await other.fill('#identifier', email);
    await answerCaptcha(other);
    await press(other, 'CONNEXION');
    expect(await heading(other)).toBe('Cette page est restée ouverte trop longtemps');
    await shown(other, 'page-perimee');
    await press(other, 'Reprendre');
    expect(await heading(other)).toBe('Accès au portail Élections');
    await choosePassword(page);
    await page.waitForURL('**/activation');
  });

  it('is told, not turned around, when its cookie is gone', async () => {
    const { electorId, email } = await portal.register();
    const link = `${portal.url}/lien/${await portal.invite(electorId)}`;
    await page.goto(link);
    await press(page, 'Accéder au portail Elections');
    await page.waitForURL('**/mot-de-passe');
    await context.clearCookies();
    expect(hops(await page.goto(`${portal.url}/activation/mot-de-passe`))).toHaveLength(1);
    expect(await heading(page)).toBe('Reprenez par le lien');
    await page.goto(link); // which still serves
    expect(await heading(page)).toBe('Accéder au portail Élections');

    await identify(page, portal.url, email);
    await context.clearCookies();
    expect(hops(await page.goto(`${portal.url}/espace`))).toStrictEqual(['/espace', '/connexion']);
  });

  it('says that a session is over', async () => {
    const { email, electorId } = await portal.activated();
    await signIn(email);
    await portal.foundation.sessions.endAllOf(electorId);
    const path = '/connexion?session=terminee';
    expect(hops(await page.goto(`${portal.url}/espace`))).toStrictEqual(['/espace', path]);
    expect(await page.locator('.note').innerText()).toContain('Votre session est terminée');
    await shown(page, 'e3-session-terminee');
  });
});

describe('a session that is about to end', () => {
  it('warns, and is prolonged by a button', async () => {
    const { email } = await portal.activated();
    await signIn(email);
    await page.clock.install();
    await page.goto(`${portal.url}/espace`);
    const place = page.locator('[data-session]');
    const left = Number(await place.getAttribute('data-ends')) - Number(await place.getAttribute('data-now'));
    const clock = portal.foundation.clock as MovedClock;
    clock.moveTo(new Date(Date.parse(clock.now()) + left - 90_000).toISOString());
    await page.clock.fastForward(left - 90_000);
    await page.waitForSelector('dialog[open]');
    await shown(page, 'session-avertissement');
    await press(page, 'Rester connecté');
    await page.waitForSelector('dialog:not([open])', { state: 'attached' });
    expect(new URL(page.url()).pathname).toBe('/espace');
  });
});

describe('a full line', () => {
  it('at the doors shows the place, and opens by itself', async () => {
    const full = jest.spyOn(portal.foundation.doors, 'run').mockRejectedValueOnce(new Busy(2022, 1));
    const answer = await page.goto(`${portal.url}/connexion`);
    expect([answer?.status(), answer?.headers()['refresh']]).toStrictEqual([503, '1']);
    expect(await page.locator('.note').innerText()).toContain('Vous êtes à la place 2022');
    await page.waitForSelector('#identifier');
    full.mockRestore();
  });

  it('shows the place and sends the form again until there is an answer', async () => {
    const { email } = await portal.activated();
    await identify(page, portal.url, email);
    let refused = 0;
    await page.clock.install();
    await page.reload();
    await page.route('**/connexion/mot-de-passe', async (route) => {
      if (route.request().method() === 'POST' && refused++ < 2) {
        const headers = { 'X-Line-Place': '132', 'Retry-After': '600' };
        await route.fulfill({ status: 503, headers, body: '' });
      } else await route.continue();
    });
    await page.fill('#password', PASSWORD);
    await press(page, 'CONNEXION');
    await page.waitForSelector('[data-line-said]');
    expect(await page.locator('[data-line-said]').innerText()).toContain('Vous êtes à la place 132');
    await shown(page, 'file-d-attente');
    await page.clock.fastForward(601_000);
    while (refused < 2) await page.waitForTimeout(50);
    await page.waitForTimeout(500); // the second refusal is on its way to the page
    await page.clock.fastForward(601_000);
    await page.waitForURL('**/espace');
    expect(refused).toBe(3);
  });
});

describe('CAPTCHA=altcha', () => {
  it('has the browser work instead of the elector, and asks in words without JavaScript', async () => {
    const worked = await openPortal({ CAPTCHA: 'altcha' });
    await page.goto(`${worked.url}/connexion`);
    await page.waitForSelector('text=Votre navigateur a prouvé');
    await shown(page, 'e3-altcha');
    await page.fill('#identifier', 'personne@ac-paris.example');
    await press(page, 'CONNEXION');
    await page.waitForURL('**/mot-de-passe');
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const other = await plain.newPage();
    await identify(other, worked.url, 'personne@ac-paris.example');
    await plain.close();
    await worked.close();
  });
});

async function signIn(email: string): Promise<void> {
  await identify(page, portal.url, email);
  await page.fill('#password', PASSWORD);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/espace');
}

/** The addresses that a request was led through. */
function hops(answer: Response | null): string[] {
  const paths: string[] = [];
  for (let request = answer?.request() ?? null; request; request = request.redirectedFrom()) {
    const { pathname, search } = new URL(request.url());
    paths.unshift(pathname + search);
  }
  return paths;
}
