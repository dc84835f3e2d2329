import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANSWER, PASSWORD, activate, openPortal, someone, type Portal } from '../support/portal.js';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(() => portal.close());

describe('from the opening mail to an activated account', () => {
  it('opens a session, and the password opens the next one', async () => {
    const { email, client, electorId, lastName } = await portal.activated();
    expect((await client.get('/api/me')).body).toMatchObject({ electorId, email, lastName });
    expect((await client.get('/api/session')).body).toMatchObject({ kind: 'elector', activated: true });
    const another = portal.client();
    expect((await another.signIn(email.toUpperCase(), PASSWORD)).status).toBe(204);
    const { body } = await another.get('/api/session');
    expect(body).toMatchObject({ kind: 'elector', lastSignIn: expect.stringMatching(/:00\.000Z$/) });
  });
});

describe('a link', () => {
  it('is used up by what is saved, not by looks (F96)', async () => {
    const { electorId } = await portal.register();
    const token = await portal.invite(electorId);
    for (let look = 0; look < 3; look++)
      expect((await portal.client().post('/api/links/status', { token })).body).toMatchObject({
        state: 'open',
      });
    await activate(portal.client(), token);
    const again = await portal.client().post('/api/links/confirm', { token });
    expect(again).toMatchObject({ status: 409, body: { code: 'account.link-used' } });
    expect((await portal.client().post('/api/links/status', { token })).body).toMatchObject({
      state: 'used',
    });
  });

  it('is won by one of two who post at once', async () => {
    const { electorId } = await portal.register();
    const token = await portal.invite(electorId);
    const outcomes = await Promise.allSettled([
      activate(portal.client(), token),
      activate(portal.client(), token),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toStrictEqual(['fulfilled', 'rejected']);
    expect(
      String((outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason),
    ).toContain('account.link-used');
  });

  it('that is not one of ours is unknown', async () => {
    const token = 'A'.repeat(80);
    expect(await portal.client().post('/api/links/confirm', { token })).toMatchObject({
      status: 409,
      body: { code: 'account.link-unknown' },
    });
    expect((await portal.client().post('/api/links/confirm', { token: 'short' })).status).toBe(400);
  });

  it('stays good after « Accès sans activation », which saves nothing (F32)', async () => {
    const { electorId, email } = await portal.register();
    const token = await portal.invite(electorId);
    const client = portal.client();
    await client.post('/api/links/confirm', { token });
    const chosen = { password: PASSWORD, confirmation: PASSWORD, ...(await client.captcha()) };
    expect((await client.post('/api/account/password', chosen)).body).toStrictEqual({ next: 'chosen' });
    expect((await client.post('/api/account/without-activation')).status).toBe(204);
    expect((await client.get('/api/session')).body).toMatchObject({ kind: 'elector', activated: false });
    expect((await portal.client().signIn(email, PASSWORD)).body).toMatchObject({ code: 'sign-in.wrong' });
    await activate(portal.client(), token);
  });
});

describe('the réassort of the password', () => {
  it('activates an account whose opening mail never came (F14)', async () => {
    const { electorId, email } = await portal.register();
    const client = portal.client();
    await client.identify(email);
    expect((await client.post('/api/password-reset')).status).toBe(202);
    await activate(portal.client(), await portal.newestToken(electorId));
    expect((await portal.client().signIn(email, PASSWORD)).status).toBe(204);
  });

  it('gives an active account another password, keeps the answer, ends other sessions (F98)', async () => {
    const { electorId, email, client: first } = await portal.activated();
    const before = await portal.accounts.secrets(electorId);
    const client = portal.client();
    await client.identify(email);
    await client.post('/api/password-reset');
    await client.post('/api/links/confirm', { token: await portal.newestToken(electorId) });
    const password = 'UnAutreMotDePasse!1';
    const chosen = { password, confirmation: password, ...(await client.captcha()) };
    expect((await client.post('/api/account/password', chosen)).body).toStrictEqual({ next: 'reset' });
    expect((await client.get('/api/me')).status).toBe(200);
    expect((await first.get('/api/me')).status).toBe(401);
    expect((await portal.client().signIn(email, PASSWORD)).body).toMatchObject({ code: 'sign-in.wrong' });
    expect((await portal.client().signIn(email, password)).status).toBe(204);
    const after = await portal.accounts.secrets(electorId);
    expect(after).toMatchObject({ question: before?.question, answer: before?.answer });
  });

  it('answers the same for an identifier that nobody has (F88)', async () => {
    const client = portal.client();
    await client.identify('personne@ac-paris.example');
    const { status, body } = await client.post('/api/password-reset');
    expect({ status, body }).toStrictEqual({ status: 202, body: '' });
  });
});

describe('what is refused on the way', () => {
  it('tells a wrong password, an unknown identifier and an account without one alike', async () => {
    const { email } = await portal.activated();
    const { email: inactive } = await portal.register();
    const answers = [];
    for (const identifier of [email, inactive, 'personne@ac-paris.example'])
      answers.push(await portal.client().signIn(identifier, 'FauxMotDePasse!1'));
    for (const { status, body } of answers)
      expect({ status, body }).toStrictEqual({ status: 403, body: answers[0]?.body });
    expect(answers[0]?.body).toMatchObject({ code: 'sign-in.wrong' });
  });

  it('is a form without the token of its session, or of another one', async () => {
    const client = portal.client();
    const stolen = await portal.client().token();
    for (const token of [undefined, stolen]) {
      const answer = await client.send('POST', '/api/captcha', {}, token);
      expect(answer).toMatchObject({ status: 403, body: { code: 'session.form-expired' } });
    }
  });

  it('is a wrong CAPTCHA, on E3 and on E6', async () => {
    const client = portal.client();
    const { captchaId } = await client.captcha();
    const body = { identifier: 'a@b.example', captchaId, captcha: '0' };
    expect((await client.post('/api/sign-in/identifier', body)).body).toMatchObject({
      code: 'captcha.wrong',
    });
    const chosen = { password: PASSWORD, confirmation: PASSWORD };
    expect((await client.post('/api/account/password', chosen)).body).toMatchObject({
      code: 'captcha.wrong',
    });
  });

  it.each([
    [{ password: 'court', confirmation: 'court' }, 'account.password-rules'],
    [{ password: PASSWORD, confirmation: `${PASSWORD}!` }, 'account.password-confirmation'],
  ])('is a password: %j', async (chosen, code) => {
    const { electorId } = await portal.register();
    const client = portal.client();
    await client.post('/api/links/confirm', { token: await portal.invite(electorId) });
    const answer = await client.post('/api/account/password', { ...chosen, ...(await client.captcha()) });
    expect(answer).toMatchObject({ status: 409, body: { code } });
  });

  it.each([
    [{ question: 'nothing', answer: 'a', confirmation: 'a' }, 'account.question-unknown'],
    [{ question: 'first-film', answer: ' - ', confirmation: ' - ' }, 'account.answer-empty'],
    [{ question: 'first-film', answer: ANSWER, confirmation: 'Jour de fête' }, 'account.answer-confirmation'],
  ])('is an answer: %j', async (body, code) => {
    const { electorId } = await portal.register();
    const client = portal.client();
    await client.post('/api/links/confirm', { token: await portal.invite(electorId) });
    await client.post('/api/account/password', {
      password: PASSWORD,
      confirmation: PASSWORD,
      ...(await client.captcha()),
    });
    expect(await client.post('/api/account/activation', body)).toMatchObject({ status: 409, body: { code } });
  });

  it('is a step before the one that it needs', async () => {
    const client = portal.client();
    const chosen = { password: PASSWORD, confirmation: PASSWORD, ...(await client.captcha()) };
    expect((await client.post('/api/account/password', chosen)).body).toMatchObject({
      code: 'account.link-missing',
    });
    expect((await client.post('/api/password-reset')).body).toMatchObject({ code: 'sign-in.incomplete' });
    expect((await client.post('/api/sign-in/password', { password: 'x' })).body).toMatchObject({
      code: 'sign-in.incomplete',
    });
    expect((await client.get('/api/me')).status).toBe(401);
  });
});

describe('many who sign in at once', () => {
  it('get each the session of their own, and the wrong password none', async () => {
    const electors = await Promise.all([1, 2, 3, 4].map(() => portal.activated()));
    const clients = electors.map(() => portal.client());
    await Promise.all(clients.map((client, one) => client.identify(electors[one]?.email ?? '')));
    const outcomes = await Promise.all(
      clients.map((client, one) =>
        client.post('/api/sign-in/password', { password: one === 3 ? 'FauxMotDePasse!1' : PASSWORD }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toStrictEqual([204, 204, 204, 403]);
    const who = await Promise.all(clients.map((client) => client.get<{ electorId?: string }>('/api/me')));
    expect(who.slice(0, 3).map(({ body }) => body.electorId)).toStrictEqual(
      electors.slice(0, 3).map(({ electorId }) => electorId),
    );
    expect(who[3]?.status).toBe(401);
  });
});

describe('an elector whose address changed', () => {
  it('is found by the new one only, and links sent before are void', async () => {
    const { electorId, email } = await portal.register();
    const token = await portal.invite(electorId);
    const { email: corrected } = someone();
    const staff = ['9a1f0a44-8e53-4a3f-b7a5-2f2f5a0c0b77', '2d8e1b36-6f0d-4b7e-8a3c-5d1e9f7a6b42'];
    await portal.electors.changeContact(electorId, corrected, staff);
    const { electionId } = (await portal.identities.of(electorId)) ?? { electionId: '' };
    expect(await portal.identities.find(electionId, email)).toBeUndefined();
    expect(await portal.identities.find(electionId, ` ${corrected.toUpperCase()} `)).toBe(electorId);
    expect((await portal.client().post('/api/links/confirm', { token })).body).toMatchObject({
      code: 'account.link-void',
    });
  });

  it('cannot take the address of another elector', async () => {
    const one = await portal.register();
    await expect(portal.register(someone({ email: one.email.toUpperCase() }))).rejects.toMatchObject({
      code: 'account.identifier-taken',
    });
  });
});

describe('a session', () => {
  it('is another one after the sign-in, and is gone after « Déconnexion » (F66)', async () => {
    const { email } = await portal.activated();
    const client = portal.client();
    await client.identify(email);
    const planted = client.cookie('isoloir-session');
    await client.post('/api/sign-in/password', { password: PASSWORD });
    expect(client.cookie('isoloir-session')).not.toBe(planted);
    expect((await client.delete('/api/session')).status).toBe(204);
    expect((await client.get('/api/me')).status).toBe(401);
  });
});

describe('behind a proxy that speaks https', () => {
  it('gives cookies that this host alone gets back, encrypted, unread by scripts', async () => {
    const secure = await openPortal({ PUBLIC_URL: 'https://vote.example.fr', TRUSTED_PROXIES: 'loopback' });
    try {
      const plain = await secure.client().get('/api/session');
      expect(plain.headers.getSetCookie()).toStrictEqual([]); // no cookie over plain http
      const { headers } = await secure.client({ 'X-Forwarded-Proto': 'https' }).get('/api/session');
      const [cookie = ''] = headers.getSetCookie();
      expect(cookie).toMatch(/^__Host-isoloir-session=/);
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
        expect(cookie).toContain(attribute);
      expect(cookie).not.toMatch(/domain|expires|max-age/i);
      expect(headers.get('cache-control')).toBe('no-store');
    } finally {
      await secure.close();
    }
  });
});
