import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { deriveGateKey } from '../../src/crypto/gate-key.js';
import type { VotingCode } from '../../src/crypto/voting-code.js';
import { SmsSender, type MemorySmsSender } from '../../src/sms/sms-sender.js';
import { AddedCredentials } from '../../src/vault/added-credentials.js';
import { openBrowser } from '../support/browser.js';
import { caughtUp } from '../support/counted-election.js';
import { ANSWER, openPortal, PASSWORD, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { answerCaptcha, identify, press } from '../support/walk.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';

jest.setTimeout(240_000);

let browser: Browser;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
type Elector = Awaited<ReturnType<Portal['activated']>>;
let ann: Elector;
let bob: Elector;

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-02T08:00:00.000Z' }),
  ]);
  [ann, bob] = [await portal.activated(), await portal.activated()];
  election = await sealElection(portal.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing: [ann.electorId, bob.electorId],
    ...{ now: '2022-12-02T08:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z', electors: 3 },
  });
  scrutin = election.scrutins[0] as TestScrutin;
  await caughtUp(portal);
});
afterAll(async () => {
  await browser.close();
  await portal.close();
});

async function signedIn(email: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  page.setDefaultTimeout(30_000);
  await identify(page, portal.url, email);
  await page.fill('#password', PASSWORD);
  if (await page.locator('#captcha').count()) await answerCaptcha(page);
  await press(page, 'CONNEXION');
  await page.waitForURL('**/espace');
  await page.goto(`${portal.url}/vote/reassort`);
  return page;
}

async function ask(page: Page, typed: { answer: string; proof: string; channel: string; address: string }) {
  await page.fill('#answer', typed.answer);
  await page.fill('#proof', typed.proof);
  await page.check(`input[value=${typed.channel}]`);
  await page.fill('#address', typed.address);
  await press(page, 'ENVOYER');
  await page.waitForSelector('h1');
  return (await page.textContent('main')) ?? '';
}

/** Opens a link of a message and makes the code, as the elector does. */
async function newCode(link: string): Promise<VotingCode> {
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  await page.goto(link);
  await press(page, 'OBTENIR MON NOUVEAU CODE');
  const code = (await page.textContent('[data-code]')) ?? '';
  await page.context().close();
  return code as VotingCode;
}

const TOLD = 'Un nouveau code de vote a été créé';
const mails = async () => (await portal.mails.catchAll?.newest(200)) ?? [];
const linkIn = (text: string) => /https?:\/\/\S+\/reassort\/[\w-]{80}/.exec(text)?.[0] ?? 'no link';

/** Everything that the service wrote: each row of each table, and its log. */
async function everythingWritten(): Promise<string> {
  const tables = await portal.database.asOwner<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  );
  const texts = [portal.logged()];
  for (const { name } of tables) {
    const rows = await portal.database.asOwner<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

describe('« Demande de réassort du code de vote » (E10)', () => {
  it('refuses the professional address, and tells not what was wrong', async () => {
    const page = await signedIn(ann.email);
    const right = { answer: ANSWER, proof: ann.numen, channel: 'mail', address: 'ann@perso.example' };
    expect(await ask(page, { ...right, address: ann.email.toUpperCase() })).toContain(
      'différente de votre adresse professionnelle',
    );
    const answers = [
      await ask(page, { ...right, answer: 'Caniche' }),
      await ask(page, { ...right, proof: '01E00000000' }),
    ];
    for (const text of answers) expect(text).toContain('ne correspondent pas à votre compte');
    await page.context().close();
  });

  it('sends a link by mail; the code made in the browser replaces the old one', async () => {
    const page = await signedIn(ann.email);
    const address = 'ann.personnelle@messagerie.example';
    expect(await ask(page, { answer: ANSWER, proof: ann.numen, channel: 'mail', address })).toContain(
      'Un lien vient de vous être envoyé',
    );
    const mail = (await mails()).find(({ to }) => to.includes(address));
    const link = linkIn(mail?.text ?? '');
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200); // a scanner of mails uses nothing up
    const code = await newCode(link);
    const events: { type: string; data: string }[] = [];
    for await (const { type, data } of portal.foundation.store.readStream(`elector-${ann.electorId}`))
      events.push({ type, data });
    const last = JSON.parse(events.at(-1)?.data ?? '') as { gateKey: string };
    expect(events.at(-1)?.type).toBe('VotingCodeReassorted.v1');
    expect(last.gateKey).toBe(deriveGateKey(election.electionId, code).publicKey);
    const { group } = election;
    const credential = publicCredential(group, deriveCredential(group, scrutin.poll.election.uuid, code));
    const added = portal.app.get(AddedCredentials, { strict: false });
    expect(await added.all(scrutin.scrutinId)).toEqual([credential]);
    expect((await fetch(link)).status).toBe(410);
    await page.context().close();
  });

  it('sends a link by SMS, for the ten digits of the social security number', async () => {
    const page = await signedIn(bob.email);
    const typed = { answer: ANSWER, proof: '2 75 06 75 123', channel: 'sms', address: '06 99 88 77 66' };
    expect(await ask(page, typed)).toContain('Un lien vient de vous être envoyé');
    const [message] = portal.app.get<SmsSender, MemorySmsSender>(SmsSender, { strict: false }).messages;
    expect(message?.to).toBe('+33699887766');
    await newCode(linkIn(message?.text ?? ''));
    const added = portal.app.get(AddedCredentials, { strict: false });
    expect(await added.count(scrutin.scrutinId)).toBe(2);
    await page.context().close();
  });

  it('tells the professional address, and keeps the typed ones nowhere (F50)', async () => {
    await caughtUp(portal);
    for (let i = 0; i < 100; i++) {
      const told = (await mails()).filter(({ subject }) => subject === TOLD);
      if (told.length >= 2) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const told = (await mails()).filter(({ subject }) => subject === TOLD).map(({ to }) => to);
    expect(told.sort()).toEqual([ann.email, bob.email].sort());
    const written = await everythingWritten();
    expect(written).toContain('VotingCodeReassorted.v1');
    for (const typed of ['messagerie.example', 'ann.personnelle', '0699887766', '699887766', '06 99 88'])
      expect(written).not.toContain(typed);
  });

  it('stops after five attempts a day, also a right one', async () => {
    const page = await signedIn(ann.email); // three attempts so far: two wrong, one right
    const wrong = { answer: 'Caniche', proof: ann.numen, channel: 'mail', address: 'a@b.example' };
    await ask(page, wrong);
    expect(await ask(page, wrong)).toContain('ne correspondent pas');
    expect(await ask(page, { ...wrong, answer: ANSWER })).toContain('cinq essais');
    await page.context().close();
  });
});
