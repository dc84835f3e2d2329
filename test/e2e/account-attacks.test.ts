import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { Backoff } from '../../src/vault/backoff.js';
import { traces } from '../support/traces.js';
import { ANSWER, PASSWORD, activate, openPortal, someone, type Portal } from '../support/portal.js';
import type { PortalClient } from '../support/portal-client.js';
import { written } from '../support/service.js';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal({ ORGANISER_RANGES: '127.0.0.0/8' }); // no CAPTCHA on E4 for these
});
afterAll(() => portal.close());

const later = (minutes: number) => {
  const { clock } = portal.foundation;
  (clock as MovedClock).moveTo(new Date(Date.parse(clock.now()) + minutes * 60_000).toISOString());
};

describe('10,000 wrong passwords', () => {
  const wrong = 'FauxMotDePasse!1';

  it('slow down who types them, and stop neither the owner’s browser nor the owner’s mail', async () => {
    const { email, electorId, client: owner } = await portal.activated();
    await owner.delete('/api/session');
    const statuses = await overHttp(email, 20, 10);
    expect(statuses.get(204)).toBeUndefined();
    expect(statuses.get(403) ?? 0).toBeLessThan(20); // the others never came to a password
    await atTheDoor(email, 10_000);
    for (let time = 0; time < 12; time++) {
      later(16); // who attacks for hours is made to wait for a quarter of an hour in the end
      await portal.client().signIn(email, wrong);
    }
    expect((await owner.signIn(email, PASSWORD)).status).toBe(204);

    const fresh = portal.client();
    const refused = await fresh.signIn(email, PASSWORD);
    expect(refused).toMatchObject({ status: 429, body: { code: 'sign-in.too-soon' } });
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
    expect((await fresh.post('/api/password-reset')).status).toBe(202);
    await fresh.post('/api/links/confirm', { token: await portal.newestToken(electorId) });
    const chosen = { password: PASSWORD, confirmation: PASSWORD, ...(await fresh.captcha()) };
    expect((await fresh.post('/api/account/password', chosen)).body).toStrictEqual({ next: 'reset' });
    await fresh.delete('/api/session');
    expect((await fresh.signIn(email, PASSWORD)).status).toBe(204); // a known browser from now on
  });

  it('cost a quarter of an hour at most, then any browser may try', async () => {
    const { email } = await portal.activated();
    for (let time = 0; time < 16; time++) {
      await portal.client().signIn(email, wrong);
      later(16);
    }
    expect((await portal.client().signIn(email, PASSWORD)).status).toBe(204);
  });

  it('slow down alike for an identifier that nobody has', async () => {
    const answers = [];
    for (let time = 0; time < 5; time++) {
      const { status, body } = await portal.client().signIn('personne@ac-lille.example', wrong);
      answers.push([status, (body as { code: string }).code]);
    }
    expect(answers).toContainEqual([403, 'sign-in.wrong']);
    expect(answers.at(-1)).toStrictEqual([429, 'sign-in.too-soon']);
  });

  /** Wrong passwords from several browsers at once, half of which forget their cookies; how they were answered. */
  async function overHttp(email: string, browsers: number, times: number): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    const attack = async (one: number) => {
      const client = portal.client();
      await client.identify(email);
      const token = await client.token();
      for (let time = 0; time < times; time++) {
        if (one % 2 === 0) client.forget('isoloir-browser');
        const { status } = await client.send('POST', '/api/sign-in/password', { password: wrong }, token);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: browsers }, (_, one) => attack(one)));
    return statuses;
  }

  /** As many tries, each from a new browser, at the door through which every password must pass. */
  async function atTheDoor(email: string, times: number): Promise<void> {
    const backoff = portal.app.get(Backoff, { strict: false });
    const digest = await portal.identities.identifierDigest(DEMONSTRATION_ELECTION, email);
    const account = digest.toString('hex');
    let passed = 0;
    for (let time = 0; time < times; time += 50) {
      const tries = Array.from({ length: 50 }, () =>
        backoff.begin(account, randomUUID()).then(() => passed++),
      );
      await Promise.allSettled(tries);
    }
    expect(passed).toBeLessThan(20);
  }
});

describe('a link that was opened and kept', () => {
  it('lets nobody in once the account was activated from elsewhere', async () => {
    const { electorId } = await portal.register();
    const token = await portal.invite(electorId);
    const thief = await opened(token);
    await activate(portal.client(), token);
    expect((await thief.post('/api/account/without-activation')).status).toBe(409);
    expect((await thief.get('/api/me')).status).toBe(401);
    expect(await sessions(electorId)).toHaveLength(1); // the owner's
  });

  it('lets nobody in once a later address replaced it, or its time is over', async () => {
    const { electorId } = await portal.register();
    const thief = await opened(await portal.invite(electorId));
    const account = await portal.accounts.of(electorId);
    if (account.phase !== 'registered') throw new Error('not registered');
    const identity = await portal.identities.amend(electorId, { email: `${randomUUID()}@ac-lille.example` });
    await portal.foundation.store.append(`elector-${electorId}`, 'any', [
      written({
        type: 'ContactChanged',
        data: {
          ...{ electorId, identity, staffIds: [randomUUID(), randomUUID()] },
          at: '2022-11-20T10:00:00.000Z',
        },
      }),
    ]);
    const answer = await thief.post('/api/account/without-activation');
    expect(answer).toMatchObject({ status: 409, body: { code: 'account.link-void' } });
    expect((await thief.get('/api/me')).status).toBe(401);
  });

  it('still lets its owner in without an activation, again and again (F32)', async () => {
    const { electorId } = await portal.register();
    const token = await portal.invite(electorId);
    for (let time = 0; time < 2; time++) {
      const owner = await opened(token);
      expect((await owner.post('/api/account/without-activation')).status).toBe(204);
      expect((await owner.get('/api/me')).status).toBe(200);
    }
  });

  const sessions = async (electorId: string) =>
    (
      await portal.foundation.database
        .pool('vault')
        .query<object>('select from vault.sessions where owner = $1', [electorId])
    ).rows;

  async function opened(token: string): Promise<PortalClient> {
    const client = portal.client();
    await client.post('/api/links/confirm', { token });
    const chosen = { password: PASSWORD, confirmation: PASSWORD, ...(await client.captcha()) };
    expect((await client.post('/api/account/password', chosen)).body).toStrictEqual({ next: 'chosen' });
    return client;
  }
});

describe('after electors came and went', () => {
  it('nothing outside of the vault knows a name, an address, a token, a password or an answer', async () => {
    const identity = someone();
    const password = 'Mon1Mot-de-passe-à-moi';
    const { electorId } = await portal.register(identity);
    const token = await portal.invite(electorId);
    const client = portal.client({ 'X-Forwarded-For': '203.0.113.77', 'User-Agent': 'Minitel 2' });
    await client.post('/api/links/status', { token });
    await client.post('/api/links/confirm', { token });
    const chosen = { password, confirmation: password, ...(await client.captcha()) };
    await client.post('/api/account/password', chosen);
    const answer = { question: 'first-pet-breed', answer: ANSWER, confirmation: ANSWER };
    await client.post('/api/account/activation', answer);
    await client.get('/api/me');
    const cookies = ['isoloir-session', 'isoloir-browser'].map((name) => client.cookie(name) ?? '');
    await client.delete('/api/session');
    await client.signIn(identity.email, 'PasLeBon1!PasLeBon');
    await client.signIn(identity.email, password);
    await client.post('/api/password-reset', { unknown: identity.lastName });
    await client.get(`/${identity.lastName}/${token}?mail=${identity.email}`);

    const secrets = [
      identity.lastName,
      identity.firstName,
      identity.email,
      identity.numen,
      identity.nir,
      token,
    ];
    secrets.push(password, ANSWER, 'PasLeBon1!PasLeBon', '203.0.113.77', 'Minitel', ...cookies);
    secrets.push((await portal.accounts.secrets(electorId))?.password ?? '');
    expect(await traces(portal, secrets)).toStrictEqual([]);
    expect(await traces(portal, [electorId])).not.toStrictEqual([]); // the search finds what is there
  });

  it('the vault itself keeps neither password, answer, token, NUMEN nor NIR', async () => {
    const identity = someone();
    const { client, electorId } = await portal.activated(identity);
    const secrets = [PASSWORD, ANSWER, 'epagneulbreton', identity.numen, identity.nir];
    secrets.push(await portal.newestToken(electorId), client.cookie('isoloir-session') ?? '');
    expect(await traces(portal, secrets, ['vault'])).toStrictEqual([]);
    expect(await traces(portal, [identity.email], ['vault'])).not.toStrictEqual([]);
  });
});
