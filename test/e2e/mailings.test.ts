import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { readConfig } from '../../src/config.js';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { decode } from '../../src/events/codec.js';
import type { StaffRole } from '../../src/events/staff.events.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { CatchAll } from '../../src/mail/catch-all.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { Log } from '../../src/operations/log.js';
import { Reactions } from '../../src/projections/reactions.js';
import { start, type Running } from '../../src/start.js';
import { RegisterKeys } from '../../src/vault/register-keys.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { DeadlyPostOffice } from '../support/deadly-post-office.js';
import { eventually, temporaryFolder } from '../support/folders.js';
import { activate, electorsOf, someone } from '../support/portal.js';
import { PortalClient } from '../support/portal-client.js';
import { sealElection, type SealedElection } from '../support/sealed-election.js';
import { electionEvents, written } from '../support/service.js';

const NOW = '2022-12-01T11:27:00.000Z';
const STAFF_PASSWORD = 'un bon mot de passe';
const SOON = 30_000;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder('mailings');
});

let database: TestDatabase;
let mailbox: CatchAll;
let smtpUrl: string;
let running: Running;
let logged: string[];
const unknown = new Set<string>();
const children: ChildProcess[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  mailbox = new CatchAll((address) => unknown.has(address), 1_000);
  smtpUrl = await mailbox.start();
  logged = [];
  running = await open();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await running.stop();
  await mailbox.stop();
  await database.drop();
});
afterAll(() => rm(folder, { recursive: true }));

/** The whole service, over real SMTP; begun again on the same storage, it goes on. */
function open(env: Record<string, string> = {}): Promise<Running> {
  const config = readConfig({
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    ISOLOIR_CLOCK: NOW,
    PORT: '0',
    DEMONSTRATION: 'empty',
    SMTP_URL: smtpUrl,
    REMIND_ABSTAINERS: 'yes',
    ...env,
  });
  return start(config, new Log('trace', { write: (line) => logged.push(line) }));
}

/** The built service on the same storage, in a process that a test may kill. */
function serviceProcess(env: Record<string, string>): ChildProcess {
  const ours = {
    ...{
      PATH: process.env['PATH'],
      ISOLOIR_MODE: 'demonstration',
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
    },
    ...{ ISOLOIR_DATA: folder, ISOLOIR_CLOCK: NOW, PORT: '0', DEMONSTRATION: 'empty', LOG_LEVEL: 'error' },
  };
  const child = spawn(process.execPath, ['dist/main.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...ours, REMIND_ABSTAINERS: 'yes', ...env },
  });
  children.push(child);
  return child;
}

async function signedIn(role: StaffRole): Promise<{ client: PortalClient; staffId: string }> {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  const accounts = running.app.get(StaffAccounts, { strict: false });
  const { totpKey, staffId } = await accounts.add(login, STAFF_PASSWORD, role);
  const clock = running.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  const client = new PortalClient(running.url);
  const code = totp(totpKey, stepAt(clock.now()));
  const { status } = await client.post('/api/staff/sign-in', { login, password: STAFF_PASSWORD, code });
  expect(status).toBe(204);
  return { client, staffId };
}

/** An election with a calendar, and nobody on its lists. */
async function declare(): Promise<void> {
  const { store, projections } = running.foundation;
  const events = electionEvents(DEMONSTRATION_ELECTION).map(written);
  await store.append(`election-${DEMONSTRATION_ELECTION}`, 'none', events);
  await projections.waitFor('elections', await store.head(), SOON);
}

interface Overview {
  mailings: { mailingId: string; asked: number; refused: number; overAt: string | null }[];
  bounced: number;
  paused: boolean;
}

async function overview(client: PortalClient, id: string): Promise<Overview> {
  return (await client.get<Overview>(`/api/elections/${id}/mailings`)).body;
}

async function over(client: PortalClient, id: string, count = 1): Promise<void> {
  const done = async () => {
    const { mailings } = await overview(client, id);
    return mailings.length === count && mailings.every(({ overAt }) => Boolean(overAt));
  };
  expect(await eventually(SOON, done)).toBe(true);
}

const recipients = async () => (await mailbox.newest(1_000)).map(({ to }) => to).sort();

describe('opening mails and reminders to activate', () => {
  beforeEach(declare);

  it('go to those whom they concern, once, and come back to the list of returned mails', async () => {
    const { register, newestToken } = electorsOf(running);
    const people = [];
    for (let i = 0; i < 6; i++) people.push(await register(someone()));
    const [active, gone] = people as [(typeof people)[0], (typeof people)[0]];
    unknown.add(gone.email);
    const { client } = await signedIn('administrator');
    const id = DEMONSTRATION_ELECTION;
    const at = `/api/elections/${id}/mailings`;
    const shown = await client.get<{ recipients: number; subject: string }>(`${at}/preview?kind=opening`);
    expect(shown.body).toMatchObject({
      recipients: 6,
      subject: 'Ouverture du portail élections professionnelles',
    });
    expect((await client.post(at, { kind: 'opening', perMinute: 6_000 })).status).toBe(201);
    await over(client, id);
    expect(await eventually(SOON, () => Promise.resolve(mailbox.received === 5))).toBe(true);
    expect(await recipients()).toStrictEqual(
      people
        .filter((one) => one !== gone)
        .map(({ email }) => email)
        .sort(),
    );
    expect(await eventually(SOON, async () => (await overview(client, id)).bounced === 1)).toBe(true);

    await activate(new PortalClient(running.url), await newestToken(active.electorId));
    await running.foundation.projections.waitFor('mail_status', await running.foundation.store.head(), SOON);
    expect((await client.post(at, { kind: 'not-activated', perMinute: 6_000 })).status).toBe(201);
    await over(client, id, 2);
    expect(await eventually(SOON, () => Promise.resolve(mailbox.received === 9))).toBe(true);
    const reminders = (await mailbox.newest(1_000)).filter(({ subject }) => subject.startsWith('Rappel'));
    expect(reminders.map(({ to }) => to).sort()).toStrictEqual(
      people
        .filter((one) => one !== gone && one !== active)
        .map(({ email }) => email)
        .sort(),
    );
    expect(reminders[0]?.text).toMatch(/\/lien\/[\w-]{80}\n/);
  });

  it('are not sent again where the service stops in the middle and begins again', async () => {
    const { register } = electorsOf(running);
    for (let i = 0; i < 40; i++) await register(someone());
    const { client } = await signedIn('administrator');
    const id = DEMONSTRATION_ELECTION;
    await client.post(`/api/elections/${id}/mailings`, { kind: 'opening', perMinute: 600 });
    for (const received of [5, 12]) {
      expect(await eventually(SOON, () => Promise.resolve(mailbox.received >= received))).toBe(true);
      await running.stop();
      running = await open();
    }
    expect(mailbox.received).toBeLessThan(40);
    const { client: again } = await signedIn('administrator');
    await over(again, id);
    expect(await eventually(SOON, () => Promise.resolve(mailbox.received >= 40))).toBe(true);
    const mails = await mailbox.newest(1_000);
    expect([mails.length, new Set(mails.map(({ to }) => to)).size]).toStrictEqual([40, 40]);
  });

  it('stop when somebody stops them, and wait while an operator holds them back', async () => {
    const { register } = electorsOf(running);
    for (let i = 0; i < 10; i++) await register(someone());
    const { client, staffId } = await signedIn('administrator');
    const id = DEMONSTRATION_ELECTION;
    const at = `/api/elections/${id}/mailings`;
    const { store, database: ours } = running.foundation;
    const reactions = new Reactions(store, ours, []);
    expect(
      await eventually(SOON, async () => (await reactions.status()).some(({ name }) => name === 'mailings')),
    ).toBe(true);
    await reactions.pause('mailings');
    const { mailingId } = (await client.post<{ mailingId: string }>(at, { kind: 'opening', perMinute: 600 }))
      .body;
    expect((await client.post(at, { kind: 'opening', perMinute: 600 })).body).toMatchObject({
      code: 'mailing.under-way',
    });
    expect(await overview(client, id)).toMatchObject({ paused: true, mailings: [{ asked: 0 }] });
    expect((await client.post(`${at}/${mailingId}/stop`)).status).toBe(204);
    await reactions.resume('mailings', 'checkpoint');
    const events = [];
    for await (const { type, data } of store.readStream(`mailing-${id}`)) events.push(decode(type, data));
    expect(events).toMatchObject([
      { type: 'MailingOrdered', data: { mailingId, staffId } },
      { type: 'MailingStopped', data: { mailingId, staffId } },
    ]);
    expect(mailbox.received).toBe(0);
  });
});

describe('a test', () => {
  beforeEach(declare);

  it('goes to one address, which is kept nowhere, with a link that opens nothing', async () => {
    const { client, staffId } = await signedIn('administrator');
    const id = DEMONSTRATION_ELECTION;
    const address = 'essai-de-mise-en-page@exemple.fr';
    const at = `/api/elections/${id}/mailings/test`;
    expect((await client.post(at, { kind: 'opening', address })).status).toBe(204);
    const [mail] = await mailbox.newest();
    expect([mail?.to, mail?.text.includes('/lien/EXEMPLE')]).toStrictEqual([address, true]);
    unknown.add('personne@exemple.fr');
    expect(await client.post(at, { kind: 'opening', address: 'personne@exemple.fr' })).toMatchObject({
      status: 409,
      body: { code: 'mailing.test-failed' },
    });
    let stored = logged.join('');
    for await (const { data } of running.foundation.store.readAll()) stored += data;
    for (const { row } of await database.asOwner<{ row: string }>(
      'select o::text as row from reactions.outbox o',
    ))
      stored += row;
    expect(stored).toContain(staffId);
    expect(stored).not.toContain(address);
  });
});

describe('a reminder to vote', () => {
  let sealed: SealedElection;
  const people: { electorId: string; email: string }[] = [];

  beforeEach(async () => {
    people.length = 0;
    const { register } = electorsOf(running);
    for (let i = 0; i < 12; i++) people.push(await register(someone()));
    sealed = await sealElection(running.foundation, {
      electionId: DEMONSTRATION_ELECTION,
      existing: people.map(({ electorId }) => electorId),
      electors: 12,
      scrutins: 2,
      now: NOW,
      closesAt: '2022-12-08T16:00:00.000Z',
    });
    await vote(0, [0, 1, 2, 3]);
    await vote(1, [0, 1, 4]);
  });

  /** Signatures of some electors in a scrutin, as the box writer appends them. */
  async function vote(number: number, voters: readonly number[]): Promise<void> {
    const { scrutinId } = sealed.scrutins[number] as { scrutinId: string };
    const ids = voters.map((one) => sealed.electors[one]?.electorId ?? '');
    const { store, projections, vaultKeys } = running.foundation;
    const signatures = (await new RegisterKeys(vaultKeys).tagsOf(scrutinId, ids)).sort();
    const ballots = voters.map((one) => {
      const [elector, scrutin] = [sealed.electors[one], sealed.scrutins[number]];
      if (!elector || !scrutin) throw new Error('nobody');
      return sealed.ballotFor(elector, scrutin, 0).text;
    });
    const at = '2022-12-01T11:30:00.000Z';
    const data = { scrutinId, batch: 1, signatures, ballots, at };
    await store.append(`box-${scrutinId}`, 'any', [written({ type: 'VotesCast', data })]);
    for (const name of ['register', 'boxes']) await projections.waitFor(name, await store.head(), SOON);
  }

  it('goes to those who have a scrutin left, and leaves no word of whom', async () => {
    const { client } = await signedIn('administrator');
    const { electionId: id } = sealed;
    const at = `/api/elections/${id}/mailings`;
    const events = async () => {
      const seen = [];
      for await (const { stream, type } of running.foundation.store.readAll()) seen.push(`${stream} ${type}`);
      return seen.filter((one) => !one.startsWith('checkpoints'));
    };
    const rows = () =>
      database.asOwner<{ row: string }>(
        'select o::text as row from reactions.outbox o union all select m::text from reactions.mailings m union all select m::text from read_register.mailings m',
      );
    const outbox = (await rows()).length;
    const before = await events();
    const quiet = logged.length;
    expect((await client.get<{ recipients: number }>(`${at}/preview?kind=not-voted`)).body.recipients).toBe(
      17,
    );
    expect((await client.post(at, { kind: 'not-voted', perMinute: 6_000 })).status).toBe(201);
    await over(client, id);
    const voters = new Set([0, 1]); // in both
    const left = sealed.electors.filter((_, index) => !voters.has(index)).map(({ electorId }) => electorId);
    const expected = people.filter(({ electorId }) => left.includes(electorId)).map(({ email }) => email);
    expect(await recipients()).toStrictEqual(expected.sort());
    expect((await events()).slice(before.length)).toStrictEqual([
      `mailing-${id} MailingOrdered.v1`,
      `mailing-${id} MailingEnded.v1`,
    ]);
    const after = await rows();
    expect(after).toHaveLength(outbox + 2); // the mailing, and how far it came
    const traces = logged.slice(quiet).join('') + JSON.stringify(after);
    for (const { electorId, email } of people) {
      expect(traces).not.toContain(electorId);
      expect(traces).not.toContain(email);
    }
  });

  it('is lost by nobody where the service is killed, and repeated at most under the same Message-ID', async () => {
    const { client } = await signedIn('administrator');
    const { electionId: id } = sealed;
    const known = async () =>
      (
        await database.asOwner(
          "update reactions.checkpoints set paused = true where name = 'mailings' returning 1",
        )
      ).length === 1;
    expect(await eventually(SOON, known)).toBe(true);
    await client.post(`/api/elections/${id}/mailings`, { kind: 'not-voted', perMinute: 600 });
    await running.stop();
    const office = new DeadlyPostOffice();
    try {
      await database.asOwner("update reactions.checkpoints set paused = false where name = 'mailings'");
      const url = await office.open();
      for (const moment of ['asked', 'taken', 'answered'] as const) {
        const service = serviceProcess({ SMTP_URL: url });
        office.kill(service, moment);
        await once(service, 'exit');
      }
      const service = serviceProcess({ SMTP_URL: url });
      const ended = async () =>
        (await database.asOwner('select from read_register.mailings where over_at is not null')).length === 1;
      expect(await eventually(3 * SOON, ended)).toBe(true);
      service.kill('SIGKILL');
      await once(service, 'exit');
    } finally {
      await office.close();
      running = await open();
    }
    const wanted = people.slice(2).map(({ email }) => email); // the first two have voted in both
    expect([...new Set(office.taken.map(({ to }) => to))].sort()).toStrictEqual(wanted.sort());
    expect(new Set(office.taken.map(({ messageId }) => messageId)).size).toBe(wanted.length);
    const repeated = office.taken.length - wanted.length;
    expect(repeated).toBeGreaterThanOrEqual(1); // the one that was taken and not answered
    expect(repeated).toBeLessThanOrEqual(2);
  });

  it('is sent once to each where the service stops, and waits while the mail server is away', async () => {
    const { client } = await signedIn('administrator');
    const { electionId: id } = sealed;
    await client.post(`/api/elections/${id}/mailings`, { kind: 'not-voted', perMinute: 120 });
    expect(await eventually(SOON, () => Promise.resolve(mailbox.received >= 2))).toBe(true);
    await mailbox.stop(); // in the middle
    await running.stop();
    const before = await recipients();
    mailbox = new CatchAll(() => false, 1_000);
    smtpUrl = await mailbox.start();
    running = await open();
    const { client: again } = await signedIn('administrator');
    await over(again, id);
    const all = [...before, ...(await recipients())];
    expect([all.length, new Set(all).size]).toStrictEqual([10, 10]);
  });

  it('is refused where the organiser does not allow it, and to everybody but administrators', async () => {
    await running.stop();
    running = await open({ REMIND_ABSTAINERS: 'no' });
    const { client } = await signedIn('administrator');
    const at = `/api/elections/${sealed.electionId}/mailings`;
    expect(await client.post(at, { kind: 'not-voted', perMinute: 600 })).toMatchObject({
      status: 403,
      body: { code: 'mailing.not-allowed' },
    });
    for (const role of ['assistance', 'board', 'auditor'] as const) {
      const { client: other } = await signedIn(role);
      expect((await other.post(at, { kind: 'opening', perMinute: 600 })).status).toBe(403);
    }
    expect(mailbox.received).toBe(0);
  });
});
