import { verifyAcknowledgement } from '../../src/crypto/acknowledgement.js';
import { expect } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { PlaceVoter, PollingPlace } from './polling-place.js';
import { readProof } from './read-proof.js';
import { answerCaptcha, press } from './walk.js';

/** Signs in and comes to the gate. */
export async function arrive(page: Page, place: PollingPlace, voter = place.voter()): Promise<PlaceVoter> {
  await place.signIn(page.context(), voter);
  await page.goto(`${place.url}/vote`);
  return voter;
}

/** Signs in and passes the gate. */
export async function enter(page: Page, place: PollingPlace, voter = place.voter()): Promise<PlaceVoter> {
  await arrive(page, place, voter);
  await passGate(page, voter.code);
  return voter;
}

/** Types a code as it is, and waits for the scrutins. */
export async function passGate(page: Page, code: string): Promise<void> {
  await tryGate(page, code);
  await page.waitForSelector('.scrutins');
}

/** Types a code and knocks. */
export async function tryGate(page: Page, code: string): Promise<void> {
  await page.fill('#code', code);
  await answerCaptcha(page);
  await press(page, 'CONNEXION');
}

/** « PARTICIPER → » of a scrutin, by its number. */
export async function participate(page: Page, number: number): Promise<void> {
  await page.getByRole('button', { name: `PARTICIPER au scrutin CSA ministériel n° ${number} →` }).click();
  await page.waitForSelector('ul.lists');
}

/** Activates the logos and clicks on one. */
export async function choose(page: Page, title: string): Promise<void> {
  await page.locator('button[aria-pressed=false]').click();
  await page.locator('button.choice').filter({ hasText: title }).click();
  await page.waitForSelector('.chosen');
}

/** « JE VOTE »: gives the reference that the page showed when the ballot left the browser. */
export async function vote(page: Page): Promise<string> {
  const sent = page.waitForRequest('**/votes');
  await press(page, 'JE VOTE');
  await sent;
  return page.locator('.reference code, code.reference').first().innerText();
}

/** Waits for a view by its heading. */
export async function arrived(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
}

/** Downloads the proof of deposit and verifies it from its QR code alone, with the sealed key. */
export async function verifyProof(page: Page, place: PollingPlace, reference: string): Promise<void> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    press(page, 'Télécharger ma preuve de dépôt du bulletin de vote dans l’urne'),
  ]);
  const { lines, qr } = readProof(await readFile(await download.path()));
  const [version, electionId = '', scrutinId = '', said = '', batch = '', signature = ''] = qr;
  expect(version).toBe('isoloir/proof/v1');
  expect(said).toBe(reference);
  expect(lines.join('')).toContain(reference);
  expect(place.election.scrutins.map((one) => one.scrutinId)).toContain(scrutinId);
  const acknowledged = { electionId, scrutinId, reference: said, batch: Number(batch) };
  expect(verifyAcknowledgement(place.election.acknowledgementKey, acknowledged, signature)).toBe(true);
  const forged = { ...acknowledged, batch: Number(batch) + 1 };
  expect(verifyAcknowledgement(place.election.acknowledgementKey, forged, signature)).toBe(false);
}

/** Downloads the PDF behind the first « Télécharger mon émargement ». */
export async function downloadSignature(page: Page, place: PollingPlace): Promise<Buffer> {
  const link = page.getByRole('link', { name: 'Télécharger mon émargement' }).first();
  const answer = await page.request.get(`${place.url}${String(await link.getAttribute('href'))}`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('application/pdf');
  const pdf = await answer.body();
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  return pdf;
}

/** How many votes the box of a scrutin holds, by its number. */
export async function votesIn(place: PollingPlace, number: number): Promise<number> {
  const { store, projections, database } = place.foundation;
  await projections.waitFor('boxes', await store.head(), 10_000);
  const { rows } = await database
    .pool('register')
    .query<{ votes: number }>('select votes from read_register.boxes where scrutin_id = $1', [
      place.election.scrutins[number - 1]?.scrutinId,
    ]);
  return rows[0]?.votes ?? 0;
}
