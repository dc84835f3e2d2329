import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MovedClock } from '../../src/ledger/clock.js';
import { HelpDesk } from '../../src/modules/assistance/help-desk.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import type { StaffRole } from '../../src/events/staff.events.js';
import { openPortal, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';

const PASSWORD = 'un bon mot de passe';

let portal: Portal;
let accounts: StaffAccounts;
beforeAll(async () => {
  portal = await openPortal();
  accounts = portal.app.get(StaffAccounts, { strict: false });
});
afterAll(() => portal.close());

/** Each code serves once, so the clock of the portal goes on by a step for each. */
function code(totpKey: string): string {
  const clock = portal.foundation.clock as MovedClock;
  clock.moveTo(new Date(Date.parse(clock.now()) + 30_000).toISOString());
  return totp(totpKey, stepAt(clock.now()));
}

async function someoneWho(role: StaffRole) {
  const login = `${role}-${randomUUID().slice(0, 8)}`;
  return { login, ...(await accounts.add(login, PASSWORD, role)) };
}

async function signedIn(
  role: StaffRole,
  client = portal.client(),
): Promise<{ client: PortalClient; staffId: string }> {
  const { login, totpKey, staffId } = await someoneWho(role);
  const answer = await client.post('/api/staff/sign-in', { login, password: PASSWORD, code: code(totpKey) });
  if (answer.status !== 204) throw new Error(JSON.stringify(answer.body));
  return { client, staffId };
}

/** The key that the page of the holder shows. */
async function keyOn(client: PortalClient, path: string): Promise<string> {
  const page = await client.get<string>(path);
  const shown = /<code>([A-Z2-7 ]+)<\/code>/.exec(page.body)?.[1]?.replaceAll(' ', '');
  if (page.status !== 200 || shown === undefined) throw new Error(`${path}: ${page.status}`);
  expect(page.body).toContain('<svg');
  return shown;
}

/** The type of an event of the staff, and who asked and approved. */
function whoOf(type: string, data: string): (string | undefined)[] {
  const { by, approvedBy } = JSON.parse(data) as { by?: string; approvedBy?: string };
  return [type, by, approvedBy];
}

/** The token of a session is in every form of a page. */
async function form(client: PortalClient, path: string, fields: Record<string, string>) {
  return client.post(path, fields);
}

describe('the staff', () => {
  it('sign in with a name, a password and a code, which serves once', async () => {
    const { login, totpKey, staffId } = await someoneWho('assistance');
    const body = { login: ` ${login.toUpperCase()}`, password: PASSWORD, code: code(totpKey) };
    const client = portal.client();
    expect((await client.post('/api/staff/sign-in', body)).status).toBe(204);
    expect((await client.get('/api/session')).body).toMatchObject({ kind: 'staff' });
    expect(staffId).toMatch(/^[0-9a-f-]{36}$/);
    const again = await portal.client().post('/api/staff/sign-in', body);
    expect(again).toMatchObject({ status: 403, body: { code: 'sign-in.wrong' } });
  });

  it.each([
    ['password', { password: 'un autre mot de passe' }],
    ['code', { code: '000000' }],
    ['name', { login: 'personne' }],
  ])('do not sign in with a wrong %s, and are not told what is wrong', async (_, wrong) => {
    const { login, totpKey } = await someoneWho('board');
    const right = { login, password: PASSWORD, code: code(totpKey) };
    const refused = await portal.client().post('/api/staff/sign-in', { ...right, ...wrong });
    expect(refused).toMatchObject({ status: 403, body: { code: 'sign-in.wrong' } });
    expect((await portal.client().post('/api/staff/sign-in', right)).status).toBe(204); // the code was not used up
  });

  it('are added by an administrator, and by nobody else', async () => {
    const { client } = await signedIn('administrator');
    const newcomer = { login: `new-${randomUUID()}`, role: 'auditor' };
    const added = await client.post<{ staffId: string }>('/api/staff', newcomer);
    expect(added.status).toBe(201);
    expect(await client.post('/api/staff', { ...newcomer, password: PASSWORD })).toMatchObject({
      status: 400,
    });
    expect(await client.post('/api/staff', newcomer)).toMatchObject({ body: { code: 'staff.login-taken' } });
    for (const role of ['assistance', 'board', 'auditor'] as const) {
      const { client: other } = await signedIn(role);
      expect((await other.post('/api/staff', newcomer)).status).toBe(403);
    }
    expect((await portal.client().get('/api/staff')).status).toBe(401);
  });

  it('choose password and authenticator themselves, unknown to who added them', async () => {
    const { client: boss, staffId: bossId } = await signedIn('administrator');
    const login = `holder-${randomUUID().slice(0, 8)}`;
    const added = await boss.post<{ staffId: string; link: string }>('/api/staff', { login, role: 'board' });
    const { link, staffId } = added.body;
    expect(JSON.stringify(added.body)).not.toMatch(/otpauth|secret/);
    // Nobody signs in to it before the link is used.
    for (const guess of ['000000', '000000000000'])
      expect(
        (await portal.client().post('/api/staff/sign-in', { login, password: PASSWORD, code: guess })).status,
      ).toBe(403);

    const holder = portal.client();
    const path = link.slice(portal.url.length);
    const key = await keyOn(holder, path);
    expect(await keyOn(portal.client(), path)).not.toBe(key); // each browser is shown one of its own
    const chosen = { password: PASSWORD, confirmation: PASSWORD };
    expect((await form(holder, path, { ...chosen, code: '000000' })).status).toBe(422);
    const short = { password: 'court', confirmation: 'court', code: code(key) };
    expect((await form(holder, path, short)).status).toBe(422);
    expect((await form(holder, path, { ...chosen, code: code(key) })).status).toBe(303);
    const body = () => ({ login, password: PASSWORD, code: code(key) });
    expect((await holder.post('/api/staff/sign-in', body())).status).toBe(204);

    // The link is used up, also for who made it.
    expect((await boss.get(path)).status).toBe(410);
    expect((await form(boss, path, { ...chosen, code: code(key) })).status).toBe(410);
    expect((await boss.get(`${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`)).status).toBe(404);
    await caughtUp();
    const journal = (await boss.get<string>('/personnel/journal')).body;
    const lines = [...journal.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell).join('|');
    for (const [change, by] of [
      ['compte créé, avec le rôle\\s: bureau de vote', 'administrator-'],
      ['lien remis[^|]*', 'administrator-'],
      ['mot de passe et application choisis', login],
    ])
      expect(lines).toMatch(new RegExp(`${login}\\|${change}\\|${by}`, 'u'));

    // Another link: known to the ledger with who asked for it; the sessions of before end when it is used.
    const asked = `/api/staff/${staffId}/link`;
    const [second, auditor] = [await someoneWho('board'), await someoneWho('auditor')];
    for (const [who, why] of [
      [undefined, 'staff.second-person'],
      [{ login: second.login, code: '000000' }, 'staff.approver'],
      [{ login: auditor.login, code: code(auditor.totpKey) }, 'staff.approver'],
      [{ login, code: code(key) }, 'staff.second-person'], // the holder alone
    ] as const)
      expect(await boss.post(asked, who)).toMatchObject({ status: 403, body: { code: why } });
    const approval = { login: second.login, code: code(second.totpKey) };
    const again = await boss.post<{ link: string }>(asked, approval);
    expect(again.status).toBe(200);
    const events = [];
    for await (const { type, data } of portal.foundation.store.readStream(`staff-${staffId}`))
      events.push(whoOf(type, data));
    expect(events).toEqual([
      ['StaffAdded.v1', undefined, undefined],
      ['RoleGranted.v1', bossId, undefined],
      ['StaffLinkIssued.v1', bossId, undefined],
      ['StaffSecretsSet.v1', undefined, undefined],
      ['StaffLinkIssued.v1', bossId, second.staffId],
    ]);
    expect((await holder.get('/personnel')).status).toBe(200);
    const other = portal.client();
    const next = again.body.link.slice(portal.url.length);
    const fresh = await keyOn(other, next);
    expect((await form(other, next, { ...chosen, code: code(fresh) })).status).toBe(303);
    expect((await holder.get('/personnel')).status).toBe(303);
    expect((await holder.post('/api/staff/sign-in', body())).status).toBe(403);
  });

  it('change both in a session of their own, with a code of the present authenticator', async () => {
    const { login, totpKey } = await someoneWho('auditor');
    const client = portal.client();
    const sign = (password: string, key: string) =>
      portal.client().post('/api/staff/sign-in', { login, password, code: code(key) });
    await client.post('/api/staff/sign-in', { login, password: PASSWORD, code: code(totpKey) });
    const key = await keyOn(client, '/personnel/compte');
    const next = 'un mot de passe tout neuf';
    const chosen = { password: next, confirmation: next };
    const change = (present: string) =>
      form(client, '/personnel/compte', { ...chosen, present, code: code(key) });
    expect((await change('000000')).status).toBe(422);
    expect((await change(code(totpKey))).status).toBe(303);
    expect((await client.get('/personnel')).status).toBe(303); // signs in anew
    expect((await sign(PASSWORD, totpKey)).status).toBe(403);
    expect((await sign(next, key)).status).toBe(204);
  });

  it('lose their session with their role', async () => {
    const { client, staffId } = await signedIn('assistance');
    const { client: boss } = await signedIn('administrator');
    expect((await client.get('/personnel/messages')).status).toBe(200);
    expect((await boss.delete(`/api/staff/${staffId}/roles/assistance`)).status).toBe(204);
    const led = await client.get('/personnel/messages');
    expect([led.status, led.headers.get('location')]).toEqual([303, '/personnel/connexion']);
    const bureau = await client.get('/bureau');
    expect([bureau.status, bureau.headers.get('location')]).toEqual([303, '/personnel/connexion']);
    expect(await accounts.rolesOf(staffId)).toEqual([]);
  });

  it('have neither name nor key in an event or a log', async () => {
    const { login, totpKey } = await someoneWho('auditor');
    let stored = portal.logged();
    for await (const { data } of portal.foundation.store.readAll()) stored += data;
    for (const secret of [login, totpKey, PASSWORD]) expect(stored).not.toContain(secret);
  });
});

describe('the care of electors', () => {
  it('lists whose mail came back, and sends a new link', async () => {
    const { client } = await signedIn('assistance');
    const { electorId, lastName } = await portal.register();
    await portal.invite(electorId);
    const account = await portal.accounts.of(electorId);
    const linkId = account.phase === 'registered' ? [...account.links.keys()][0] : undefined;
    await caughtUp();
    expect((await client.post('/api/staff/bounces', { linkId, reason: '5.2.2' })).status).toBe(204);
    await caughtUp();
    const list = (await client.get<string>('/personnel/messages')).body;
    expect(list).toContain(lastName);
    expect(list).toContain('boîte pleine');
    expect((await form(client, `/personnel/electeurs/${electorId}/lien`, {})).status).toBe(303);
    await caughtUp();
    expect((await client.get<string>('/personnel/messages')).body).not.toContain(lastName);
    const silent = (await client.get<string>('/personnel/messages?liste=inactifs')).body;
    expect(silent).toContain('comptes jamais activés');
  });

  it('changes an address when two of the staff agree: a new link, the former address told, the password void', async () => {
    const { client: one } = await signedIn('assistance');
    const { client: two } = await signedIn('assistance');
    const { electorId, email, client } = await portal.activated();
    const next = `nouvelle-${randomUUID()}@ac-paris.example`;
    const before = portal.mails.catchAll?.received ?? 0;
    const asked = await form(one, `/personnel/electeurs/${electorId}/adresse`, { email: next });
    expect([asked.status, asked.headers.get('location')]).toEqual([303, '/personnel/changements']);
    const page = (await two.get<string>('/personnel/changements')).body;
    const path = /action="(\/personnel\/changements\/[0-9a-f-]{36}\/approuver)"/.exec(page)?.[1] ?? '';
    expect((await form(one, path, {})).status).toBe(403); // the same person twice
    expect(await portal.identities.find(await electionId(), next)).toBeUndefined();
    expect((await form(two, path, {})).status).toBe(303);

    expect(await portal.identities.find(await electionId(), next)).toBe(electorId);
    expect(await portal.identities.find(await electionId(), email)).toBeUndefined();
    expect((await client.get('/api/me')).status).toBe(401); // its session is over
    expect(await portal.accounts.secrets(electorId)).toBeUndefined();
    while ((portal.mails.catchAll?.received ?? 0) < before + 2) await new Promise((go) => setTimeout(go, 20));
    const mails = (await portal.mails.catchAll?.newest()) ?? [];
    expect(mails.find(({ to }) => to === next)?.subject).toContain('Ouverture du portail');
    expect(mails.find(({ to }) => to === email && to !== next)?.subject).toContain('Changement');
    expect((await form(two, path, {})).status).toBe(409); // approved already
    let stored = portal.logged();
    for await (const { data } of portal.foundation.store.readAll()) stored += data;
    expect(stored).not.toContain(next);
  });

  it('is not for board or auditors, nor for electors', async () => {
    const { client: elector } = await portal.activated();
    const others = [elector, (await signedIn('board')).client, (await signedIn('auditor')).client];
    for (const client of others) {
      expect((await client.get('/personnel/messages')).status).toBe(403);
      expect((await client.post(`/api/staff/electors/${randomUUID()}/link`)).status).toBe(403);
    }
  });
});

describe('assistance (F61)', () => {
  it('takes a question and gives the answer to who asked', async () => {
    const { client: desk } = await signedIn('assistance');
    const { client: elector, lastName } = await portal.activated();
    const question = `Mon nom est ${lastName} et je n’ai pas reçu ma notice.`;
    const empty = await elector.post<string>('/espace/assistance', { message: ' ' });
    expect([empty.status, empty.body.includes('Veuillez saisir votre demande.')]).toEqual([422, true]);
    const sent = await elector.post('/espace/assistance', { message: question });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/espace/assistance/envoyee']);
    await caughtUp();
    expect((await desk.get<string>('/personnel/assistance')).body).toContain('je n’ai pas reçu ma notice');
    const [waiting] = (await desk.get<{ assistanceId: string }[]>('/api/assistance')).body;
    const path = `/personnel/assistance/${waiting?.assistanceId ?? ''}/reponse`;
    expect((await form(desk, path, { text: 'Elle part demain.' })).status).toBe(303);
    await caughtUp();
    expect((await elector.get('/api/assistance/mine')).body).toMatchObject([
      { question, answer: 'Elle part demain.' },
    ]);
    expect((await elector.get<string>('/espace/assistance')).body).toContain('Elle part demain.');
    expect((await desk.get<unknown[]>('/api/assistance')).body).toEqual([]);
    let stored = portal.logged();
    for await (const { data } of portal.foundation.store.readAll()) stored += data;
    expect(stored).not.toContain('ma notice');
  });

  it('takes a question of nobody with a CAPTCHA only, five an hour from a network', async () => {
    const ask = async (captcha: object, headers?: Record<string, string>) => {
      const answer = await portal.client(headers).post('/api/assistance', { text: 'bruit', ...captcha });
      return [answer.status, (answer.body as { code?: string }).code];
    };
    expect(await ask({})).toEqual([409, 'captcha.wrong']);
    expect(await ask({ captchaId: randomUUID(), captcha: '1234' })).toEqual([409, 'captcha.wrong']);
    const right = async () => {
      const client = portal.client();
      const body = { text: 'Je n’ai plus accès à ma messagerie.', ...(await client.captcha()) };
      return (await client.post('/api/assistance', body)).status;
    };
    for (let i = 0; i < 5; i++) expect(await right()).toBe(201);
    expect(await right()).toBe(429);
  });

  it('shows the staff all that waits, page by page', async () => {
    const { client } = await signedIn('assistance');
    const desk = portal.app.get(HelpDesk, { strict: false });
    for (let i = 0; i < 55; i++) await desk.ask(`question ${i}`, undefined, randomUUID());
    await caughtUp();
    const seen = new Set<string>();
    const sizes: number[] = [];
    for (let after = ''; ;) {
      const { body } = await client.get<{ assistanceId: string }[]>(`/api/assistance${after}`);
      for (const { assistanceId } of body) seen.add(assistanceId);
      sizes.push(body.length);
      const last = body.at(-1);
      if (!last || body.length < 50) break;
      after = `?after=${last.assistanceId}`;
    }
    expect(sizes[0]).toBe(50);
    expect(seen.size).toBe(sizes.reduce((sum, size) => sum + size, 0)); // none twice
    expect(seen.size).toBeGreaterThanOrEqual(55);
    const first = (await client.get<string>('/personnel/assistance')).body;
    const next = /href="(\/personnel\/assistance\?after=[0-9a-f-]{36})">Demandes suivantes/.exec(first)?.[1];
    const both = first + (await client.get<string>(next ?? '/')).body;
    for (let i = 0; i < 55; i++) expect(both).toContain(`>question ${i}<`);
    expect((await client.get('/api/assistance?after=x')).status).toBe(400);
  });

  it('takes five questions an hour from one elector', async () => {
    const { client } = await portal.activated();
    for (let i = 0; i < 5; i++)
      expect((await client.post('/api/assistance', { text: `question ${i}` })).status).toBe(201);
    const sixth = await client.post('/api/assistance', { text: 'encore' });
    expect(sixth.status).toBe(429);
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(3_000);
    const { client: another } = await portal.activated();
    expect((await another.post('/api/assistance', { text: 'moi aussi' })).status).toBe(201);
  });
});

describe('a session of the staff', () => {
  it('is prolonged by « Rester connecté », which says until when', async () => {
    const { client } = await signedIn('auditor');
    const answer = await client.post<{ endsAt: string }>('/session');
    expect([
      answer.status,
      Date.parse(answer.body.endsAt) > Date.parse(portal.foundation.clock.now()),
    ]).toEqual([200, true]);
    expect((await portal.client().post('/session')).headers.get('location')).toContain('connexion');
  });

  it('ends some hours after the sign-in, however much is asked in it', async () => {
    const clock = portal.foundation.clock as MovedClock;
    const { client } = await signedIn('auditor');
    const statuses: number[] = [];
    for (let minutes = 0; minutes < 270; minutes += 10) {
      statuses.push((await client.get('/api/boards')).status);
      clock.moveTo(new Date(Date.parse(clock.now()) + 600_000).toISOString());
    }
    expect(statuses.slice(0, 24)).toEqual(Array.from({ length: 24 }, () => 200)); // SESSION_LONGEST_MINUTES is 240
    expect(statuses.at(-1)).toBe(401);
  });

  it.each([
    ['a page that asks for itself again', { 'X-Automatic': '1' }],
    ['a stream of news', { Accept: 'text/event-stream' }],
  ])('is not kept alive by %s', async (_, headers) => {
    const clock = portal.foundation.clock as MovedClock;
    const { client: left } = await signedIn('auditor', portal.client(headers));
    const { client: present } = await signedIn('auditor');
    for (let minutes = 0; minutes < 60; minutes += 10) {
      clock.moveTo(new Date(Date.parse(clock.now()) + 600_000).toISOString());
      await left.get('/personnel/participation');
      expect((await present.get('/personnel/participation')).status).toBe(200);
    }
    expect((await left.get('/api/boards')).status).toBe(401);
  });
});

async function caughtUp(): Promise<void> {
  const head = await portal.foundation.store.head();
  for (const name of ['mail_status', 'assistance', 'staff_changes'])
    expect(await portal.foundation.projections.waitFor(name, head, 10_000)).toBe(true);
}

async function electionId(): Promise<string> {
  const { body } = await portal.client().get<{ electionId: string }[]>('/api/elections');
  return body[0]?.electionId ?? '';
}
