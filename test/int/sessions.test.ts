import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { SessionData } from 'express-session';
import { SessionStore } from '../../src/http/session-store.js';
import { Links } from '../../src/modules/account/links.js';
import { Digests } from '../../src/vault/digests.js';
import { VaultKeys } from '../../src/vault/keys.js';
import { freshLedger } from '../support/service.js';

let ground: Awaited<ReturnType<typeof freshLedger>>;
let now = Date.parse('2022-12-01T11:47:12.345Z');
let store: SessionStore;
const electorId = randomUUID();

beforeAll(async () => {
  ground = await freshLedger();
  store = new SessionStore(ground.database, { idle: 20, longest: 60 }, () => now);
});
afterAll(() => ground.close());

const session = (change: Partial<SessionData> = {}) =>
  ({
    cookie: { originalMaxAge: null },
    passport: { user: { kind: 'elector', electorId, activated: true } },
    ...change,
  }) as unknown as SessionData;
const set = (sid: string, data: SessionData) =>
  new Promise<void>((resolve, reject) => {
    store.set(sid, data, (error) => {
      if (error) reject(new Error('the store failed', { cause: error }));
      else resolve();
    });
  });
const touch = (sid: string, data: SessionData) =>
  new Promise((resolve) => {
    store.touch(sid, data, resolve);
  });
const get = (sid: string) =>
  new Promise<SessionData | null | undefined>((resolve, reject) => {
    store.get(sid, (error, data) => {
      if (error) reject(new Error('the store failed', { cause: error }));
      else resolve(data);
    });
  });
const rows = async () =>
  (await ground.database.pool('vault').query<{ row: string }>('select s::text as row from vault.sessions s'))
    .rows;

describe('the session store', () => {
  it('keeps an expiry of whole ten minutes, a hash of the id, and no other time', async () => {
    await set('first', session());
    expect((await get('first'))?.idleUntil).toBe('2022-12-01T12:10:00.000Z');
    const [{ row } = { row: '' }] = await rows();
    expect(row).not.toContain('first');
    expect(row.match(/\d\d:\d\d:\d\d/g)).toStrictEqual(['12:10:00']);
  });

  it('moves the expiry only when its ten minutes change', async () => {
    now += 2 * 60_000;
    await touch('first', (await get('first')) as SessionData);
    expect((await get('first'))?.idleUntil).toBe('2022-12-01T12:10:00.000Z');
    now += 10 * 60_000;
    await touch('first', (await get('first')) as SessionData);
    expect((await get('first'))?.idleUntil).toBe('2022-12-01T12:20:00.000Z');
  });

  it('writes what a request changed, and nothing where it changed nothing', async () => {
    const written = async () =>
      (
        await ground.database.pool('vault').query<{ xmin: string }>('select xmin::text from vault.sessions')
      ).rows.map(({ xmin }) => xmin);
    const before = await written();
    const data = (await get('first')) as SessionData;
    await set('first', data);
    expect(await written()).toStrictEqual(before);
    const token = { csrfToken: 'a' } as Partial<SessionData>;
    await set('first', Object.assign(data, token));
    expect(await written()).not.toStrictEqual(before);
    expect(await get('first')).toMatchObject(token);
    await set('first', Object.assign(data, { csrfToken: 'b' }));
    await set('first', Object.assign(data, token)); // as it was first read
    expect(await get('first')).toMatchObject(token);
    expect(JSON.stringify(await rows())).not.toContain('asRead');
  });

  it('does not bring a session back that was ended while a page was made', async () => {
    await set('ended', session({ signedInAt: '2022-12-01T11:58:00.000Z' }));
    const data = (await get('ended')) as SessionData;
    await store.endAllOf(electorId);
    await set('ended', data);
    expect(await get('ended')).toBeNull();
    await set('ended', Object.assign(data, { csrfToken: 'changed by the request' }));
    expect(await get('ended')).toBeNull();
  });

  it('ends a session that is idle, or that is too old whatever it does', async () => {
    now = Date.parse('2022-12-01T14:00:00.000Z');
    await set('idle', session());
    await set('busy', session({ signedInAt: '2022-12-01T14:00:00.000Z' }));
    now += 21 * 60_000;
    expect(await get('idle')).toBeNull();
    for (let minutes = 21; minutes < 60; minutes += 10, now += 10 * 60_000) {
      const data = await get('busy');
      if (data) await touch('busy', data);
    }
    now = Date.parse('2022-12-01T15:00:00.000Z');
    expect(await get('busy')).toBeNull();
    await store.sweep();
    expect(await rows()).toStrictEqual([]);
  });

  it('ends a session of nobody too, however much is asked in it', async () => {
    const nobody = { cookie: { originalMaxAge: null } } as unknown as SessionData;
    await set('nobody', nobody);
    const began = now;
    for (; now < began + 80 * 60_000; now += 10 * 60_000) {
      const data = await get('nobody');
      if (!data) break;
      await set('nobody', Object.assign(data, { csrfToken: String(now) }));
    }
    expect(await get('nobody')).toBeNull();
    expect(now - began).toBe(60 * 60_000);
  });

  it('ends the session of who opened a link with those of its elector', async () => {
    const link = { electorId: randomUUID(), linkId: randomUUID() };
    await set('link', { cookie: { originalMaxAge: null }, link } as unknown as SessionData);
    await store.endAllOf(link.electorId);
    expect(await get('link')).toBeNull();
  });

  it('ends all sessions of one elector at once', async () => {
    await set('a', session());
    await set('b', session());
    await store.endAllOf(electorId);
    expect([await get('a'), await get('b')]).toStrictEqual([null, null]);
  });
});

describe('the token of a link', () => {
  const name = { electorId, linkId: randomUUID() };
  const links = () => new Links(new Digests(new VaultKeys(ground.database, key)));
  const key = randomBytes(32);

  it('is the same each time, names both ids to us, and neither to others', async () => {
    const token = await links().token(name);
    expect(token).toMatch(/^[\w-]{80}$/);
    expect(await links().token(name)).toBe(token);
    expect(await links().open(token)).toStrictEqual(name);
    const bytes = Buffer.from(token, 'base64url').toString('hex');
    expect(bytes).not.toContain(name.linkId.slice(0, 8));
    expect(bytes).not.toContain(name.electorId.slice(0, 8));
  });

  it('opens nothing when any of its characters is another one', async () => {
    const token = await links().token(name);
    for (let place = 0; place < token.length; place++) {
      const other = token[place] === 'A' ? 'B' : 'A';
      expect(await links().open(token.slice(0, place) + other + token.slice(place + 1))).toBeUndefined();
    }
    for (const wrong of ['', token.slice(1), `${token}A`, `${token.slice(1)}=`])
      expect(await links().open(wrong)).toBeUndefined();
  });
});
