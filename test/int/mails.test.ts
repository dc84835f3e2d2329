import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CatchAll } from '../../src/mail/catch-all.js';
import { Mailer } from '../../src/mail/mailer.js';
import { accountReactions } from '../../src/modules/account/account.mails.js';
import { RequestPasswordReset } from '../../src/modules/account/account.commands.js';
import { inventedElector } from '../../src/modules/account/invented-electors.js';
import { countMails, listMailTrouble } from '../../src/projections/mail-status.projection.js';
import { Reactions, registerReactions } from '../../src/projections/reactions.js';
import { freshAccounts } from '../support/accounts.js';

const electionId = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';
const portal = 'https://vote.exemple.fr';
const from = { name: 'Élection Professionnelle 2022', address: 'elections@exemple.fr' };
const expiresAt = new Date(Date.now() + 86_400_000).toISOString();

let made: Awaited<ReturnType<typeof freshAccounts>>;
let catchAll: CatchAll;
let mailer: Mailer;
let running: Reactions[];
/** Mailboxes that do not exist. */
let unknown: Set<string>;

beforeEach(async () => {
  made = await freshAccounts(electionId);
  unknown = new Set();
  catchAll = new CatchAll((address) => unknown.has(address), 1_000);
  mailer = new Mailer({ smtpUrl: await catchAll.start(), from, bounces: undefined });
  running = [];
  await registerReactions(made.store, made.database, accountReactions);
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  mailer.close();
  await catchAll.stop();
  await made.close();
});

function run(perSecond = 1_000): Reactions {
  const reactions = made.mails.reactions({ mailer, portal, perSecond });
  const one = new Reactions(made.store, made.database, reactions);
  running.push(one);
  one.start();
  return one;
}

async function sow(electors: number): Promise<void> {
  await made.seeding.sow({ electionId, electors, seed: 1, expiresAt });
}

const elector = (index: number) => inventedElector(electionId, 1, index);

async function until(holds: () => boolean | Promise<boolean>, limit = 20_000): Promise<void> {
  const deadline = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass in time');
    await sleep(20);
  }
}

async function outcome(name: string) {
  const status = await running[0]?.status();
  const one = status?.find((reaction) => reaction.name === name);
  return { waiting: one?.waiting, done: one?.done, failed: one?.failed };
}

describe('the opening mail (F10)', () => {
  it('arrives once for each event, with a link that opens that elector’s account', async () => {
    run();
    await sow(5);
    await until(() => catchAll.received === 5);
    const mails = await catchAll.newest();
    expect(mails.map(({ to }) => to).sort()).toEqual(
      [0, 1, 2, 3, 4].map((i) => elector(i).known.email).sort(),
    );
    for (const { to, text, html, subject } of mails) {
      expect(subject).toBe('Ouverture du portail élections professionnelles');
      const [, token = ''] = /https:\/\/vote\.exemple\.fr\/lien\/([\w-]+)/.exec(text) ?? [];
      expect(html).toContain(`href="${portal}/lien/${token}"`);
      const named = await made.links.open(token);
      expect((await made.identities.of(named?.electorId ?? ''))?.email).toBe(to);
    }
    expect(await outcome('opening-mail')).toEqual({ waiting: 0, done: 5, failed: 0 });
  });

  it('arrives once, also when the service stops in the middle and another goes on', async () => {
    await sow(60);
    const first = run(200);
    await until(() => catchAll.received >= 15);
    await first.stop();
    expect(catchAll.received).toBeLessThan(60);
    run();
    run();
    await until(async () => (await outcome('opening-mail')).done === 60);
    await sleep(1_300); // the other instance would have had its turn
    const ids = (await catchAll.newest(1_000)).map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([60, 60]);
  });

  it('keeps to its rate', async () => {
    await sow(30);
    const start = performance.now();
    run(40);
    await until(() => catchAll.received === 30);
    expect(performance.now() - start).toBeGreaterThan(29 * 25 - 20);
  });

  it('is not sent when its link opens nothing any more', async () => {
    await sow(2);
    await made.electors.changeContact(elector(0).electorId, 'ann@exemple.fr', [randomUUID(), randomUUID()]);
    run();
    await until(async () => (await outcome('opening-mail')).done === 2);
    const to = (await catchAll.newest())
      .filter(({ subject }) => subject.startsWith('Ouv'))
      .map((one) => one.to);
    expect(to).toEqual([elector(1).known.email]);
  });
});

describe('a mailbox that refuses a mail (F13)', () => {
  it('is recorded at once, and one elector in five who bounces is one in five on the list', async () => {
    for (let i = 0; i < 50; i += 5) unknown.add(elector(i).known.email);
    run();
    await sow(50);
    await until(async () => (await outcome('opening-mail')).done === 50);
    const register = made.database.pool('register');
    await made.projections.waitFor('mail_status', await made.store.head(), 5_000);
    const bounced = await listMailTrouble(register, 'bounced', electionId, { limit: 100 });
    const expected = Array.from({ length: 10 }, (_, i) => elector(i * 5).electorId);
    expect(bounced.map(({ electorId }) => electorId)).toEqual(expected.sort());
    expect(new Set(bounced.map(({ reason }) => reason))).toEqual(new Set(['5.1.1']));
    expect(await countMails(register, electionId)).toEqual({ electors: 50, silent: 50, bounced: 10 });
    expect(catchAll.received).toBe(40);
  });

  it('is off the list once a later mail is asked for (F14)', async () => {
    unknown.add(elector(0).known.email);
    run();
    await sow(1);
    await until(async () => (await outcome('opening-mail')).done === 1);
    unknown.clear(); // the mailbox was full, and was emptied
    const { electorId } = elector(0);
    await made.commands.execute(new RequestPasswordReset(electorId, randomUUID(), expiresAt));
    await until(() => catchAll.received === 1);
    await made.projections.waitFor('mail_status', await made.store.head(), 5_000);
    const register = made.database.pool('register');
    expect(await listMailTrouble(register, 'bounced', electionId, { limit: 10 })).toEqual([]);
    expect(await listMailTrouble(register, 'silent', electionId, { limit: 10 })).toMatchObject([
      { electorId },
    ]);
    expect((await catchAll.newest())[0]?.subject).toBe('Réassort de votre mot de passe Élections');
  });
});

describe('a change of address', () => {
  it('is told to the former one, and only there', async () => {
    await sow(1);
    run();
    await until(() => catchAll.received === 1);
    await made.electors.changeContact(elector(0).electorId, 'ann@exemple.fr', [randomUUID(), randomUUID()]);
    await until(() => catchAll.received === 2);
    const [mail] = await catchAll.newest();
    expect(mail?.to).toBe(elector(0).known.email);
    expect(mail?.subject).toBe('Changement de votre adresse de contact');
    expect(mail?.text).not.toContain('/lien/');
  });
});

it('neither address nor token is in an event or in the outbox', async () => {
  run();
  await sow(3);
  await until(() => catchAll.received === 3);
  let stored = '';
  for await (const { data } of made.store.readAll()) stored += data;
  const { rows } = await made.database.pool('reactions').query('select * from reactions.outbox');
  stored += JSON.stringify(rows);
  for (const { to, text } of await catchAll.newest()) {
    const [, token = ''] = /\/lien\/([\w-]+)/.exec(text) ?? [];
    expect(token).toHaveLength(80);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(to);
  }
  for (const index of [0, 1, 2]) expect(stored).not.toContain(elector(index).known.lastName);
});

describe('seeding', () => {
  it('goes on after a crash, and does nothing the second time', async () => {
    await sow(7);
    await sow(12);
    const before = await made.store.head();
    const added = await made.seeding.sow({ electionId, electors: 12, seed: 1, expiresAt });
    expect(added).toBe(0);
    expect(await made.store.head()).toBe(before);
    const { rows } = await made.database.pool('vault').query('select from vault.identifiers');
    expect(rows).toHaveLength(12);
  });

  it('invents people who can be told apart, in several academies and corps', () => {
    const people = Array.from({ length: 4_000 }, (_, index) => elector(index));
    expect(new Set(people.map(({ electorId }) => electorId)).size).toBe(4_000);
    expect(new Set(people.map(({ known }) => known.email)).size).toBe(4_000);
    expect(new Set(people.map(({ known }) => known.academy)).size).toBeGreaterThan(10);
    expect(new Set(people.map(({ known }) => known.corps)).size).toBeGreaterThan(5);
    expect(elector(3)).toEqual(elector(3));
    for (const { known } of people) {
      expect(known.email).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\d*@ac-[a-z-]+\.example$/);
      expect(known.numen).toMatch(/^\d{2}E\d{7}[A-Z]{3}$/);
      expect(known.nir).toMatch(/^[12]\d{12}$/);
    }
  });
});
