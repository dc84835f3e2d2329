import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { deriveGateKey } from '../../src/crypto/gate-key.js';
import { makeVotingCode, type VotingCode } from '../../src/crypto/voting-code.js';
import { CodeReassort } from '../../src/modules/account/code-reassort.js';
import { ReassortWatch } from '../../src/modules/account/reassort-watch.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { countReassorts } from '../../src/projections/reassorts.projection.js';
import { SmsSender, type MemorySmsSender } from '../../src/sms/sms-sender.js';
import { AddedCredentials } from '../../src/vault/added-credentials.js';
import { arrived, choose, participate, passGate, tryGate, vote } from '../support/booth-walk.js';
import { openBrowser } from '../support/browser.js';
import { caughtUp } from '../support/counted-election.js';
import { eventually } from '../support/folders.js';
import { ANSWER, openPortal, PASSWORD, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { answerCaptcha, identify, press, shown } from '../support/walk.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { fetched } from '../support/fetched.js';

jest.setTimeout(240_000);

let browser: Browser;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
type Elector = Awaited<ReturnType<Portal['activated']>>;
let ann: Elector;
let bob: Elector;
let carol: Elector;
type Member = { login: string; staffId: string; totpKey: string };
let agent: Member;
let member: Member;

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    openPortal({ ISOLOIR_CLOCK: '2022-12-02T08:00:00.000Z', BATCH_WAIT_MS: '50', THIN_BATCH_WAIT_MS: '50' }),
  ]);
  [ann, bob, carol] = [await portal.activated(), await portal.activated(), await portal.activated()];
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  agent = { login: 'agent', ...(await accounts.add('agent', PASSWORD, 'administrator')) };
  member = { login: 'delegue', ...(await accounts.add('delegue', PASSWORD, 'board')) };
  election = await sealElection(portal.foundation, {
    electionId: DEMONSTRATION_ELECTION,
    existing: [ann.electorId, bob.electorId, carol.electorId],
    ...{ now: '2022-12-02T08:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z', electors: 14 },
    staffIds: [...Array.from({ length: 5 }, () => randomUUID()), member.staffId],
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

/** The real gate: the code of the notice stays shut, the new one leads to the booth and a vote. */
async function votes(page: Page, elector: number, code: VotingCode): Promise<void> {
  await page.goto(`${portal.url}/vote`);
  await tryGate(page, election.electors[elector]?.code ?? '');
  await page.waitForSelector('#code-erreur');
  expect(await page.locator('#code-erreur').innerText()).toContain('n’est pas celui de votre compte');
  await page.goto(`${portal.url}/vote`);
  await passGate(page, code);
  await participate(page, 1);
  await choose(page, 'Liste A');
  await vote(page);
  await arrived(page, 'Accusé de réception');
}

/** Signs one of the staff in. */
async function staff({ login, totpKey }: Member): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${portal.url}/personnel/connexion`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', PASSWORD);
  await page.fill('[name=code]', codeOf(totpKey));
  await page.click('main form button');
  await page.waitForURL('**/personnel');
  return page;
}

const codeOf = (totpKey: string) => totp(totpKey, stepAt(portal.foundation.clock.now()));
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
    expect((await fetched(link)).status).toBe(410);
    await votes(page, 0, code);
    await page.context().close();
  });

  it('sends a link by SMS, for the ten digits of the social security number', async () => {
    const page = await signedIn(bob.email);
    const typed = { answer: ANSWER, proof: '2 75 06 75 123', channel: 'sms', address: '06 99 88 77 66' };
    expect(await ask(page, typed)).toContain('Un lien vient de vous être envoyé');
    const [message] = portal.app.get<SmsSender, MemorySmsSender>(SmsSender, { strict: false }).messages;
    expect(message?.to).toBe('+33699887766');
    const code = await newCode(linkIn(message?.text ?? ''));
    const added = portal.app.get(AddedCredentials, { strict: false });
    expect(await added.count(scrutin.scrutinId)).toBe(2);
    await votes(page, 1, code);
    await page.context().close();
  });

  it('gives a code in person, by one of the staff and a member of the board together', async () => {
    const page = await staff(agent);
    await page.goto(`${portal.url}/personnel/electeurs/${carol.electorId}/code`);
    await shown(page, 'reassort-en-main-propre');
    const approve = async (login: string, code: string) => {
      await page.fill('#login', login);
      await page.fill('#code', code);
      await Promise.all([page.waitForEvent('framenavigated'), press(page, 'APPROUVER ENSEMBLE')]);
      await page.waitForLoadState();
    };
    await approve(member.login, '000000');
    await page.waitForSelector('#code-erreur');
    await approve(agent.login, codeOf(agent.totpKey)); // used up by the sign-in; half a minute later, one person is not two
    await page.waitForSelector('#code-erreur, #login-erreur');
    await approve(member.login, codeOf(member.totpKey));
    await page.waitForURL('**/reassort/*');
    await press(page, 'OBTENIR MON NOUVEAU CODE');
    await page.waitForSelector('[data-sheet]:not([hidden])');
    expect(await page.textContent('[data-sheet]')).toContain('Signature de l’électeur');
    const code = ((await page.textContent('[data-code]')) ?? '') as VotingCode;
    await page.context().close();

    const events: { type: string; data: string }[] = [];
    for await (const { type, data } of portal.foundation.store.readStream(`elector-${carol.electorId}`))
      events.push({ type, data });
    const asked = events.find(({ type }) => type === 'CodeReassortRequested.v1');
    expect(JSON.parse(asked?.data ?? '')).toMatchObject({
      channel: 'in-person',
      staffIds: [agent.staffId, member.staffId],
    });
    const electors = await signedIn(carol.email);
    await votes(electors, 2, code);
    await electors.context().close();
    await caughtUp(portal);
    const counted = await countReassorts(portal.foundation.database.pool('register'), [scrutin.scrutinId]);
    expect(counted.get(scrutin.scrutinId)).toMatchObject({ completed: 3, inPerson: 1 });
  });

  it('tells the professional address, and keeps the typed ones nowhere (F50)', async () => {
    await caughtUp(portal);
    for (let i = 0; i < 100; i++) {
      const told = (await mails()).filter(({ subject }) => subject === TOLD);
      if (told.length >= 3) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const told = (await mails()).filter(({ subject }) => subject === TOLD).map(({ to }) => to);
    expect(told.sort()).toEqual([ann.email, bob.email, carol.email].sort());
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

  it('rings when réassorts of a scrutin grow unusually', async () => {
    const reassort = portal.app.get(CodeReassort, { strict: false });
    const watch = portal.app.get(ReassortWatch, { strict: false });
    const { group } = election;
    for (const { electorId } of election.electors.slice(3, 9)) await makeOne(electorId);
    await caughtUp(portal);
    expect(await watch.look()).toBe(0); // nine of fourteen
    expect(portal.logged()).not.toContain('réassorts of a scrutin grow unusually');
    const metric = async () =>
      /^isoloir_reassorts_unusual (\d+)$/m.exec((await portal.client().get<string>('/metrics')).body)?.[1];
    expect(await metric()).toBe('0');
    await makeOne(election.electors[9]?.electorId ?? '');
    await caughtUp(portal);
    expect(await watch.look()).toBe(1);
    expect(portal.logged()).toContain('réassorts of a scrutin grow unusually');
    expect(await eventually(60_000, async () => (await metric()) === '1')).toBe(true); // every 20 seconds

    async function makeOne(electorId: string): Promise<void> {
      const token = await reassort.requestInPerson(electorId, [agent.staffId, member.staffId]);
      const code = makeVotingCode((length) => randomBytes(length));
      const credential = publicCredential(group, deriveCredential(group, scrutin.poll.election.uuid, code));
      const gateKey = deriveGateKey(election.electionId, code).publicKey;
      await reassort.complete(token, gateKey, [{ scrutinId: scrutin.scrutinId, credential }]);
    }
  });
});
