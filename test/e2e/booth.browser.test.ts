import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { makeVotingCode } from '../../src/crypto/voting-code.js';
import {
  arrive,
  arrived,
  choose,
  downloadSignature,
  participate,
  tryGate,
  verifyProof,
  vote,
} from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PollingPlace } from '../support/polling-place.js';
import { answerCaptcha, heading, press, shown } from '../support/walk.js';

jest.setTimeout(300_000); // axe on every screen at three widths

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;
/** What the content policy stopped, on any page of a test. */
let stopped: string[];
/** Everything that the browser sent: addresses, headers, bodies. */
let sent: string[];

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace({ voters: 5 })]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  [stopped, sent] = [[], []];
  await context.exposeFunction('tellOfPolicy', (what: string) => stopped.push(what));
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => tellOfPolicy(event.violatedDirective + ' ' + event.blockedURI))`,
  );
  context.on('request', (request) => {
    sent.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`);
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
});
afterEach(() => context.close());

describe('an elector with three scrutins', () => {
  it('passes the gate and votes in each of them, once blank', async () => {
    const voter = await arrive(page, place);
    expect(await heading(page)).toBe('Saisie du code de vote');
    await shown(page, 'e9-code-de-vote');
    await page.fill('#code', ` ${voter.code.toLowerCase().replaceAll('-', '').replaceAll('0', 'o')} `);
    await answerCaptcha(page);
    await press(page, 'CONNEXION');
    await page.waitForSelector('.scrutins');
    expect(await heading(page)).toBe('Choix du scrutin');
    expect(await focused()).toBe('Choix du scrutin');
    await shown(page, 'e11-choix-scrutin');

    await participate(page, 1);
    const choice = page.locator('button.choice');
    expect(await choice.count()).toBe(4); // three lists and « Vote Blanc »
    expect(await page.locator('main').innerText()).toContain(
      'Ce scrutin comporte 3 listes et le vote blanc.',
    );
    expect(await choice.first().isDisabled()).toBe(true);
    await shown(page, 'e12-constitution-bulletin');
    await choice.first().click({ force: true });
    expect(await heading(page)).toBe('CSA ministériel n° 1');
    await press(page, 'JE VEUX VOTER, J’ACTIVE LA SELECTION DE MON CHOIX DE VOTE');
    expect(await page.locator('button[aria-pressed=true]').innerText()).toBe(
      'LES LOGOS SONT ACTIVÉS, VOUS POUVEZ FORMULER VOTRE CHOIX DE VOTE',
    );
    await shown(page, 'e12-logos-actives');
    await choice.filter({ hasText: 'Liste B' }).click();
    expect(await heading(page)).toBe('Vote');
    expect(await page.locator('main').innerText()).toContain('votre vote sera définitif et non modifiable');
    await shown(page, 'e13-vote');
    await press(page, 'RETOUR');
    expect(await choice.first().isDisabled()).toBe(true); // activated again for each choice
    await choose(page, 'Liste A');

    const reference = await vote(page);
    await arrived(page, 'Accusé de réception');
    const text = await page.locator('main').innerText();
    expect(text).toContain('Vous venez de voter au scrutin CSA ministériel n° 1.');
    expect(text).toMatch(
      /Votre vote a été enregistré le jeudi 1 décembre 2022 à 12h\d\d \(heure de Paris\)\./,
    );
    expect(text).toContain('Il vous reste encore 2 scrutin(s)');
    expect(await page.locator('code.reference').innerText()).toBe(reference);
    await shown(page, 'e14-accuse-de-reception');
    await verifyProof(page, place, reference);
    await downloadSignature(page, place);

    await participate(page, 2);
    await choose(page, 'Vote Blanc');
    expect(await page.locator('.chosen').innerText()).toContain('Vote Blanc');
    await vote(page);
    await arrived(page, 'Accusé de réception');
    await participate(page, 3);
    await choose(page, 'Liste C');
    await vote(page);
    await arrived(page, 'Accusé de réception');
    expect(await page.locator('main').innerText()).toContain('Nous vous remercions d’avoir participé.');
    expect(await page.getByText('✓ Choix enregistré le jeudi 1 décembre 2022 à 12h').count()).toBe(3);
    expect(await page.getByRole('button', { name: 'PARTICIPER' }).count()).toBe(0); // F85
    await shown(page, 'e15-fin');

    await page.goto(`${place.url}/vote/emargements`);
    expect(await page.getByRole('link', { name: 'Télécharger mon émargement' }).count()).toBe(3);
    await shown(page, 'mes-emargements');

    expect(stopped).toStrictEqual([]);
    const symbols = voter.code.replaceAll('-', '').toLowerCase();
    const leaked = sent.filter((one) =>
      one
        .replace(/[^0-9a-z]/gi, '')
        .toLowerCase()
        .includes(symbols),
    );
    expect(leaked).toStrictEqual([]); // V4: the code left the page by no request
    expect(place.logged()).not.toContain(voter.electorId);
  });

  it('does it all by the keyboard', async () => {
    const { code } = await arrive(page, place);
    await tabTo('Code de vote');
    await page.keyboard.type(code);
    await answerCaptcha(page);
    await tabTo('CONNEXION');
    await page.keyboard.press('Enter');
    await arrived(page, 'Choix du scrutin');
    await tabTo('PARTICIPER');
    await page.keyboard.press('Enter');
    await arrived(page, 'CSA ministériel n° 1');
    expect(await focused()).toBe('CSA ministériel n° 1');
    await tabTo('Liste de candidats');
    await page.keyboard.press('Enter');
    expect(await page.locator('details[open]').count()).toBe(1);
    await tabTo('JE VEUX VOTER');
    await page.keyboard.press('Enter');
    expect(await focused()).toContain('Liste A'); // the first logo, now that it can be chosen
    await page.keyboard.press('Space');
    await arrived(page, 'Vote');
    await tabTo('JE VOTE');
    await page.keyboard.press('Enter');
    await arrived(page, 'Accusé de réception');
    expect(await focused()).toBe('Accusé de réception');
  });
});

describe('the gate (E9)', () => {
  it('says by field what is wrong with a code, and asks nobody', async () => {
    const { code } = await arrive(page, place);
    const said = async (typed: string) => {
      await tryGate(page, typed);
      await page.waitForSelector('.errors');
      expect(await page.locator('#code').getAttribute('aria-describedby')).toBe('code-aide code-erreur');
      const text = await page.locator('#code-erreur').innerText();
      await page.evaluate("document.querySelector('.errors').remove()");
      return text;
    };
    sent = [];
    expect(await said('')).toBe('Veuillez saisir votre code de vote.');
    expect(await said(code.slice(0, 17))).toContain('vous en avez saisi 15');
    expect(await said(`${code.slice(0, -1)}U`)).toContain('ne figure dans aucun code de vote');
    const wrong = code.startsWith('2') ? '3' : '2';
    expect(await said(wrong + code.slice(1))).toContain('Un caractère n’est pas le bon');
    expect(sent.filter((one) => one.includes('/api/gate'))).toStrictEqual([]);
  });

  it('stays shut for another code, slows down, and shows the way to a réassort', async () => {
    await arrive(page, place);
    await page.setViewportSize({ width: 1280, height: 800 });
    const form = await page.locator('#porte').boundingBox();
    const other = makeVotingCode((length) => crypto.getRandomValues(new Uint8Array(length)));
    for (let tries = 0; tries < 4; tries++) {
      await tryGate(page, other);
      await page.waitForSelector('#code-erreur');
      expect(await page.locator('#code-erreur').innerText()).toContain('n’est pas celui de votre compte');
      if (tries === 0) await shown(page, 'e9-erreur');
      expect((await page.locator('#porte').boundingBox())?.x).toBe(form?.x); // the summary is within it
      await page.evaluate("document.querySelector('#code-erreur').remove()");
    }
    await tryGate(page, other);
    await page.waitForSelector('#code-erreur');
    expect(await page.locator('#code-erreur').innerText()).toContain('Trop d’essais');
    expect(await page.getByRole('link', { name: /réassort de votre code de vote/ }).count()).toBe(1);
    expect((await page.request.get(`${place.url}/api/booth`)).status()).toBe(403);
  });
});

describe('the script', () => {
  it('is not run with one byte changed, and the page says so', async () => {
    const bytes = readFileSync('dist/assets/booth.js');
    await page.route('**/assets/booth.js*', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: Buffer.concat([bytes, Buffer.from(' ')]) }),
    );
    await arrive(page, place);
    expect(await page.locator('[data-not-loaded]').innerText()).toContain('L’isoloir ne s’est pas chargé');
    expect(await page.locator('#porte').isHidden()).toBe(true);
  });
});

/** Presses the tabulator until what has the focus says this. */
async function tabTo(text: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if ((await focused()).includes(text)) return;
  }
  throw new Error(`the tabulator does not come to « ${text} »`);
}

/** The text of what has the focus; of a field, its label. */
function focused(): Promise<string> {
  return page.evaluate('(document.activeElement.labels?.[0] ?? document.activeElement).innerText');
}
