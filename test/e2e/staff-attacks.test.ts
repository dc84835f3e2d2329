import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MovedClock } from '../../src/ledger/clock.js';
import { StaffAccounts } from '../../src/modules/staff/staff-accounts.js';
import { stepAt, totp } from '../../src/modules/staff/totp.js';
import { SlowHashes } from '../../src/vault/slow-hashes.js';
import { openPortal, PASSWORD as ELECTORS, type Portal } from '../support/portal.js';

const PASSWORD = 'un bon mot de passe';
const WRONG = '000000';

let portal: Portal;
let clock: MovedClock;
let holder: { login: string; staffId: string; totpKey: string };
beforeAll(async () => {
  portal = await openPortal();
  clock = portal.foundation.clock as MovedClock;
  const login = `administrator-${randomUUID().slice(0, 8)}`;
  const accounts = portal.app.get(StaffAccounts, { strict: false });
  holder = { login, ...(await accounts.add(login, PASSWORD, 'administrator')) };
});
afterAll(() => portal.close());

const later = (seconds: number) => {
  clock.moveTo(new Date(Date.parse(clock.now()) + seconds * 1_000).toISOString());
};
const codes = (...steps: number[]) =>
  steps.map((step) => totp(holder.totpKey, stepAt(clock.now()) + step)).join(' ');

/** A try in a browser that nobody knows. */
async function from(body: { login?: string; password?: string; code: string }) {
  const { status, body: said } = await portal
    .client()
    .post('/api/staff/sign-in', { login: holder.login, password: PASSWORD, ...body });
  return [status, (said as { code?: string } | undefined)?.code];
}

it('leads nobody to another host from a form that expired', async () => {
  const headers = { Accept: 'text/html' };
  for (const path of ['//ailleurs.example/connexion', '/%5Cailleurs.example', '/personnel/connexion']) {
    const answer = await fetch(portal.url + path, { method: 'POST', headers, body: new URLSearchParams() });
    const page = await answer.text();
    expect([answer.status, page.includes('session.form-expired')]).toEqual([403, true]);
    expect(page).not.toContain('href="//');
    expect(page.includes('Reprendre')).toBe(!path.startsWith('//'));
  }
});

it('sends no more than twenty links to passwords in ten minutes for one network', async () => {
  const client = portal.client();
  await client.identify('personne@ac-lille.example');
  for (let time = 0; time < 20; time++) expect((await client.post('/api/password-reset')).status).toBe(202);
  const refused = await client.post('/api/password-reset');
  expect(refused).toMatchObject({ status: 429, body: { code: 'sign-in.too-soon' } });
  expect((await client.post<string>('/connexion/reassort')).status).toBe(429);
});

describe('the door of the staff', () => {
  it('hashes nothing for who has no code, and so holds no elector up', async () => {
    const { email, client } = await portal.activated();
    await client.delete('/api/session');
    const verify = jest.spyOn(SlowHashes.prototype, 'verify');
    const flood = Array.from({ length: 60 }, (_, i) =>
      from({ login: i % 2 ? `personne-${i}` : holder.login, password: randomUUID(), code: WRONG }),
    );
    const answers = new Set((await Promise.all(flood)).map(([, code]) => code));
    expect([...answers].sort()).toEqual(['sign-in.too-soon', 'sign-in.wrong']);
    expect(verify).not.toHaveBeenCalled();
    verify.mockRestore();
    expect((await client.signIn(email, ELECTORS)).status).toBe(204);
  });

  it('answers in the same time whether the code or the password is wrong', async () => {
    later(3_600 * 3);
    const timed = async (body: Parameters<typeof from>[0]) => {
      const began = performance.now();
      // Two codes pass the network, which is suspicious by now.
      expect(await from(body)).toEqual([403, 'sign-in.wrong']);
      return performance.now() - began;
    };
    for (const body of [{ code: codes(0, 0) }, { password: 'faux', code: codes(-1, 0) }])
      expect(await timed(body)).toBeGreaterThan(290);
  });

  it('slows strangers down, and does not keep the holder out', async () => {
    for (let time = 0; time < 8; time++) {
      await from({ code: WRONG });
      later(30);
    }
    expect(await from({ code: codes(0) })).toEqual([429, 'sign-in.too-soon']);
    // A guess of two codes is no better off for it.
    expect(await from({ code: `${WRONG}${WRONG}` })).toEqual([403, 'sign-in.wrong']);
    expect(await from({ code: codes(0, 0) })).toEqual([403, 'sign-in.wrong']);
    expect(await from({ password: 'un autre mot de passe', code: codes(-1, 0) })).toEqual([
      403,
      'sign-in.wrong',
    ]);
    expect(await from({ code: codes(-1, 0) })).toEqual([204, undefined]);
    expect(await from({ code: codes(-1, 0) })).toEqual([403, 'sign-in.wrong']); // used up
    expect(await from({ code: codes(0, 1) })).toEqual([204, undefined]);
  });

  it('says so on its page', async () => {
    const client = portal.client();
    const body = { login: holder.login, password: PASSWORD, code: codes(0) };
    const page = await client.post<string>('/personnel/connexion', body);
    expect(page.body).toContain('saisissez deux codes à la suite');
  });
});
