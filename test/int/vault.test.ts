import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Corruption, decode, encode } from '../../src/events/codec.js';
import type { VaultVersion } from '../../src/events/fields.js';
import type { NewEvent } from '../../src/ledger/event-store.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Database } from '../../src/storage/database.js';
import { Vault } from '../../src/vault/vault.js';
import { startChild, endAll } from '../support/child.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { streamOf } from '../support/contract-events.js';

let made: TestDatabase;
let database: Database;
let vault: Vault;
let store: PostgresEventStore;
beforeAll(async () => {
  made = await freshDatabase();
  database = new Database(made.url, 3);
  vault = new Vault(database);
  store = new PostgresEventStore(database);
});
afterAll(async () => {
  await endAll();
  await store.close();
  await database.close();
  await made.drop();
});

const ann = { name: 'Ann', born: '1980-01-01' };
const rows = async (sql: string, values: unknown[] = []) =>
  (await database.pool('vault').query<Record<string, unknown>>(sql, values)).rows;
const grownOld = (...versions: string[]) =>
  made.asOwner(`update vault.versions set written_at = now() - interval '25 hours'
    where version in (${versions.map((v) => `'${v}'`).join()})`);
const naming = (...named: VaultVersion[]) => {
  const known = new Set(named.map(({ version }) => version));
  return (keys: readonly string[]) => Promise.resolve(new Set(keys.filter((key) => known.has(key))));
};
const corrected = (electorId: string, identity: VaultVersion): NewEvent => ({
  id: randomUUID(),
  ...encode({ type: 'ElectorCorrected', data: { electorId, identity, at: '2022-11-01T00:00:00.000Z' } }),
});

describe('a version', () => {
  it('is read back by the name and hash that an event carries', async () => {
    const named = await vault.write('identity', { ...ann, 'ée\u0000': [1, null] });
    expect(named.version).toMatch(/^[0-9a-f-]{36}$/);
    expect(named.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await vault.read('identity', named)).toEqual({ ...ann, 'ée\u0000': [1, null] });
  });

  it('has a salt of its own: equal values have different hashes', async () => {
    const [one, two] = [await vault.write('identity', ann), await vault.write('identity', ann)];
    expect(one.sha256).not.toBe(two.sha256);
    expect(await vault.read('identity', one)).toEqual(await vault.read('identity', two));
  });

  it('cannot be changed by the role that writes it', async () => {
    const { version } = await vault.write('identity', ann);
    for (const change of [`value = '{}'`, `salt = salt`, `kind = 'other'`, `written_at = now()`])
      await expect(rows(`update vault.versions set ${change} where version = $1`, [version])).rejects.toThrow(
        'permission denied',
      );
  });

  it('that is not what its event hashed is a corruption', async () => {
    const [mine, other] = [await vault.write('identity', ann), await vault.write('identity', ann)];
    const wrong = [
      vault.read('identity', { ...mine, sha256: other.sha256 }),
      vault.read('identity', { ...other, sha256: '00'.repeat(32) }),
      vault.read('password', mine),
    ];
    for (const read of wrong) await expect(read).rejects.toMatchObject({ code: 'vault.mismatch' });
    await expect(vault.read('password', mine)).rejects.toBeInstanceOf(Corruption);
  });

  it.each([
    ['value', `value = '{"name":"Eve"}'`],
    ['salt', `salt = decode(repeat('00', 16), 'hex')`],
    ['kind', `kind = 'password'`],
  ])('whose %s was altered is noticed', async (_, change) => {
    const named = await vault.write('identity', ann);
    await made.asOwner(`update vault.versions set ${change} where version = '${named.version}'`);
    await expect(vault.read('identity', named)).rejects.toMatchObject({ code: 'vault.mismatch' });
  });

  it('that is erased is gone, with its salt', async () => {
    const named = await vault.write('identity', ann);
    await vault.erase(named.version);
    await vault.erase(named.version);
    expect(await vault.read('identity', named)).toBeUndefined();
    expect(await rows('select from vault.versions where version = $1', [named.version])).toEqual([]);
    expect(await rows('select from vault.unnamed where version = $1', [named.version])).toEqual([]);
  });
});

describe('the sweep', () => {
  it('removes what no event names after a day, and keeps the rest', async () => {
    const [named, orphan, young] = [
      await vault.write('identity', ann),
      await vault.write('identity', ann),
      await vault.write('identity', ann),
    ];
    await grownOld(named.version, orphan.version);
    expect(await vault.sweep(naming(named))).toBe(1);
    expect(await vault.read('identity', named)).toEqual(ann);
    expect(await vault.read('identity', orphan)).toBeUndefined();
    expect(await vault.read('identity', young)).toEqual(ann);
    expect(await vault.sweep(naming())).toBe(0); // once known to be named, it is not asked about again
    expect(await vault.read('identity', named)).toEqual(ann);
  });

  it('goes through many pages', async () => {
    const many = Array.from({ length: 2_500 }, () => randomUUID());
    await made.asOwner(`with v as (select unnest(array['${many.join("','")}'])::uuid as version),
      w as (insert into vault.versions select version, 'x', decode(repeat('00', 16), 'hex'), '{}',
            now() - interval '2 days' from v returning version)
      insert into vault.unnamed select version from w`);
    const kept = { version: many[1_200] ?? '', sha256: '' };
    expect(await vault.sweep(naming(kept))).toBe(2_499);
    expect(await rows('select version from vault.versions where version = $1', [kept.version])).toHaveLength(
      1,
    );
  });

  it('that cannot ask the ledger removes nothing', async () => {
    const orphan = await vault.write('identity', ann);
    await grownOld(orphan.version);
    await expect(vault.sweep(() => Promise.reject(new Error('behind the head')))).rejects.toThrow('behind');
    expect(await vault.read('identity', orphan)).toEqual(ann);
    expect(await vault.sweep(naming())).toBe(1);
  });
});

describe('the append is the commit', () => {
  const latest = async (stream: string) => {
    const event = (await streamOf(store, stream)).at(-1);
    const { data } = decode(event?.type ?? '', event?.data ?? '');
    return (data as { identity: VaultVersion }).identity;
  };

  it('of two writers at once, the one whose event came last counts; the row of the loser is swept', async () => {
    const electorId = randomUUID();
    const stream = `elector-${electorId}`;
    const writers = ['Ann', 'Anne'].map(async (name) => {
      const identity = await vault.write('identity', { name });
      const answer = await store
        .append(stream, 'none', [corrected(electorId, identity)])
        .catch(() => undefined);
      return { name, identity, won: answer !== undefined };
    });
    const [winner, ...others] = (await Promise.all(writers)).sort((a, b) => Number(b.won) - Number(a.won));
    const counted = await latest(stream);
    expect([winner?.won, ...others.map(({ won }) => won)]).toEqual([true, false]);
    expect(counted).toEqual(winner?.identity);
    expect(await vault.read('identity', counted)).toEqual({ name: winner?.name });
    const loser = others[0]?.identity ?? counted;
    await grownOld(loser.version, counted.version);
    expect(await vault.sweep(naming(counted))).toBe(1);
    expect(await vault.read('identity', loser)).toBeUndefined();
    expect(await vault.read('identity', counted)).toEqual({ name: winner?.name });
  });

  it('a process killed between row and event leaves a row that counts for nothing, and is swept', async () => {
    const electorId = randomUUID();
    const stream = `elector-${electorId}`;
    const before = await vault.write('identity', ann);
    await store.append(stream, 'none', [corrected(electorId, before)]);
    const child = startChild('write-version.mjs', [made.url]);
    const orphan = JSON.parse(await child.line()) as VaultVersion; // written; its event would come next
    await child.end('SIGKILL');
    expect(await latest(stream)).toEqual(before);
    expect(await vault.read('identity', orphan)).toEqual({ name: 'Anne' });
    await grownOld(orphan.version, before.version);
    expect(await vault.sweep(naming(before))).toBe(1);
    expect(await vault.read('identity', orphan)).toBeUndefined();
    expect(await vault.read('identity', await latest(stream))).toEqual(ann);
  });
});
