import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { verifyAcknowledgement } from '../../src/crypto/acknowledgement.js';
import { openBrowser } from '../support/browser.js';
import { openPollingPlace, type PollingPlace, type PlaceVoter } from '../support/polling-place.js';
import { readProof } from '../support/read-proof.js';
import { answerCaptcha, heading, press, shown } from '../support/walk.js';

jest.setTimeout(240_000);

let browser: Browser;
let place: PollingPlace;
let context: BrowserContext;
let page: Page;
/** What the content policy stopped, on any page of a test. */
let stopped: string[];

beforeAll(async () => {
  [browser, place] = await Promise.all([openBrowser(), openPollingPlace({ voters: 12 })]);
});
afterAll(async () => {
  await browser.close();
  await place.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'fr-FR' });
  stopped = [];
  await context.exposeFunction('tellOfPolicy', (what: string) => stopped.push(what));
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => tellOfPolicy(event.violatedDirective + ' ' + event.blockedURI))`,
  );
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
});
afterEach(() => context.close());

describe('an elector with three scrutins', () => {
  it('passes the gate and votes in each of them, once blank', async () => {
    const voter = await arrive();
    expect(await heading(page)).toBe('Saisie du code de vote');
    await shown(page, 'e9-code-de-vote');
    await page.fill('#code', ` ${voter.code.toLowerCase().replaceAll('-', '').replaceAll('0', 'o')} `);
    await answerCaptcha(page);
    await press(page, 'CONNEXION');
    await page.waitForSelector('.scrutins');
    expect(await heading(page)).toBe('Choix du scrutin');
    expect(await focused()).toBe('H1');
    await shown(page, 'e11-choix-scrutin');

    await participate(1);
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
    await choose('Liste A');

    const reference = vote();
    expect(await heading(page)).toBe('Vote');
    const shownBefore = await reference;
    await arrived('Accusé de réception');
    const text = await page.locator('main').innerText();
    expect(text).toContain('Vous venez de voter au scrutin CSA ministériel n° 1.');
    expect(text).toMatch(
      /Votre vote a été enregistré le jeudi 1 décembre 2022 à 12h\d\d \(heure de Paris\)\./,
    );
    expect(text).toContain('Il vous reste encore 2 scrutin(s)');
    expect(await page.locator('code.reference').innerText()).toBe(shownBefore);
    await shown(page, 'e14-accuse-de-reception');
    await verifyProof(shownBefore, 0);
    await downloadSignature('CSA ministériel n° 1');

    await participate(2);
    await choose('Vote Blanc');
    expect(await page.locator('.chosen').innerText()).toContain('Vote Blanc');
    await vote();
    await arrived('Accusé de réception');
    await participate(3);
    await choose('Liste C');
    await vote();
    await arrived('Accusé de réception');
    expect(await page.locator('main').innerText()).toContain('Nous vous remercions d’avoir participé.');
    expect(await page.getByText('✓ Choix enregistré le jeudi 1 décembre 2022 à 12h').count()).toBe(3);
    await shown(page, 'e15-fin');
    expect(stopped).toStrictEqual([]);
  });
});

/** Signs in and comes to the gate. */
async function arrive(voter = place.voter(), tab = page): Promise<PlaceVoter> {
  await place.signIn(context, voter);
  await tab.goto(`${place.url}/vote`);
  return voter;
}

/** « PARTICIPER → » of a scrutin, by its number. */
async function participate(number: number, tab = page): Promise<void> {
  await tab.getByRole('button', { name: `PARTICIPER au scrutin CSA ministériel n° ${number} →` }).click();
  await tab.waitForSelector('ul.lists');
}

/** Activates the logos and clicks on one. */
async function choose(title: string, tab = page): Promise<void> {
  await tab.locator('button[aria-pressed=false]').click();
  await tab.locator('button.choice').filter({ hasText: title }).click();
  await tab.waitForSelector('.chosen');
}

/** « JE VOTE »: gives the reference as it was shown when the ballot left the browser. */
async function vote(tab = page): Promise<string> {
  const sent = tab.waitForRequest('**/votes');
  await press(tab, 'JE VOTE');
  await sent;
  return tab.locator('.reference code, code.reference').first().innerText();
}

async function arrived(title: string, tab = page): Promise<void> {
  await tab.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
}

function focused(tab = page): Promise<unknown> {
  return tab.evaluate('document.activeElement.tagName');
}

/** Downloads the proof of deposit and verifies it from its QR code alone, with the sealed key. */
async function verifyProof(reference: string, scrutin: number): Promise<void> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    press(page, 'Télécharger ma preuve de dépôt du bulletin de vote dans l’urne'),
  ]);
  const { lines, qr } = readProof(await readFile(await download.path()));
  const [, electionId = '', scrutinId = '', said = '', batch = '', signature = ''] = qr;
  expect(said).toBe(reference);
  expect(lines.join('')).toContain(reference);
  expect(scrutinId).toBe(place.election.scrutins[scrutin]?.scrutinId);
  const acknowledged = { electionId, scrutinId, reference: said, batch: Number(batch) };
  expect(verifyAcknowledgement(place.election.acknowledgementKey, acknowledged, signature)).toBe(true);
}

/** « Télécharger mon émargement », which follows the vote by a moment. */
async function downloadSignature(title: string): Promise<void> {
  const link = page.getByRole('link', { name: 'Télécharger mon émargement', exact: true }).first();
  const answer = await page.request.get(`${place.url}${String(await link.getAttribute('href'))}`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('application/pdf');
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
  expect(title).not.toBe('');
}
