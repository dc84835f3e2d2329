import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Documents } from '../../src/documents/documents.js';
import { Database } from '../../src/storage/database.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';

let made: TestDatabase;
let database: Database;
let documents: Documents;
beforeAll(async () => {
  made = await freshDatabase();
  database = new Database(made.url, 4);
  documents = new Documents(database);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const pdf = 'application/pdf';
const fresh = () => randomBytes(64);
const grownOld = (...addresses: string[]) =>
  made.asOwner(`update documents.documents set written_at = now() - interval '25 hours'
    where sha256 in (${addresses.map((a) => `'${a}'`).join()})`);
const naming =
  (...named: string[]) =>
  (keys: readonly string[]) =>
    Promise.resolve(new Set(keys.filter((key) => named.includes(key))));

describe('a document', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['binary', Buffer.from([0, 255, 0, 13, 10])],
    ['large', randomBytes(5 * 1024 * 1024)],
  ])('that is %s is given back by its SHA-256', async (_, content) => {
    const address = await documents.put(content, pdf, 'restricted');
    expect(address).toBe(createHash('sha256').update(content).digest('hex'));
    const { content: given, ...rest } = (await documents.get(address)) ?? {};
    expect(rest).toEqual({ sha256: address, mediaType: pdf, public: false });
    expect(given?.equals(content)).toBe(true); // a diff of 5 MiB helps nobody
  });

  it('that nobody filed is not there', async () => {
    expect(await documents.get('00'.repeat(32))).toBeUndefined();
    expect(await documents.get("' or true --")).toBeUndefined();
  });

  it('filed twice is one; public once, it is public for all', async () => {
    const content = fresh();
    const filed = await Promise.all([
      documents.put(content, pdf, 'restricted'),
      documents.put(content, 'text/plain', 'restricted'),
    ]);
    const [address] = filed;
    expect(filed).toEqual([address, address]);
    const before = await documents.get(address);
    await documents.put(content, 'image/png', 'public');
    await documents.put(content, pdf, 'restricted');
    expect(await documents.get(address)).toEqual({ ...before, public: true });
  });

  it.each([`content = '\\x00'`, `content = content || '\\x00'`])(
    'altered (%s) is noticed',
    async (change) => {
      const address = await documents.put(fresh(), pdf, 'public');
      await made.asOwner(`update documents.documents set ${change} where sha256 = '${address}'`);
      await expect(documents.get(address)).rejects.toMatchObject({
        name: 'Corruption',
        code: 'documents.mismatch',
      });
    },
  );

  it('keeps its address and its media type, whoever asks', async () => {
    const address = await documents.put(fresh(), pdf, 'public');
    for (const change of [`sha256 = repeat('0', 64)`, `media_type = 'text/html'`])
      await expect(
        database
          .pool('documents')
          .query(`update documents.documents set ${change} where sha256 = $1`, [address]),
      ).rejects.toThrow('permission denied');
  });

  it('erased is gone; that it was there stays; filed again it is back', async () => {
    const content = fresh();
    const address = await documents.put(content, pdf, 'public');
    await documents.erase(address);
    await documents.erase(address);
    expect(await documents.get(address)).toBeUndefined();
    const left = `select content, erased_at is not null as erased from documents.documents where sha256 = '${address}'`;
    expect(await made.asOwner(left)).toEqual([{ content: null, erased: true }]);
    await documents.put(content, pdf, 'restricted');
    expect((await documents.get(address))?.content).toEqual(content);
    expect(await made.asOwner(left)).toEqual([{ content, erased: false }]);
  });
});

describe('the sweep', () => {
  it('removes what no event names after a day, and keeps the rest', async () => {
    const put = () => documents.put(fresh(), pdf, 'public');
    const [named, orphan, young] = [await put(), await put(), await put()];
    await grownOld(named, orphan);
    expect(await documents.sweep(naming(named))).toBe(1);
    expect(await documents.get(orphan)).toBeUndefined();
    expect(await documents.get(named)).toBeDefined();
    expect(await documents.get(young)).toBeDefined();
    expect(await documents.sweep(naming())).toBe(0);
    expect(await documents.get(named)).toBeDefined();
  });

  it('spares what is filed again while it asks the ledger', async () => {
    const content = fresh();
    const address = await documents.put(content, pdf, 'public');
    await grownOld(address);
    const removed = await documents.sweep(async () => {
      await documents.put(content, pdf, 'public'); // its event is appended in a moment
      return new Set<string>();
    });
    expect(removed).toBe(0);
    expect((await documents.get(address))?.content).toEqual(content);
    await grownOld(address);
    expect(await documents.sweep(naming())).toBe(1); // no event came: it is still on the list
  });

  it('spares what is filed again just when it was found to be named', async () => {
    const content = fresh();
    const address = await documents.put(content, pdf, 'public');
    await grownOld(address);
    await documents.sweep(naming(address));
    await documents.put(content, pdf, 'public'); // a second event will name it
    await grownOld(address);
    expect(await documents.sweep(naming(address))).toBe(0);
    expect(await documents.get(address)).toBeDefined();
  });

  it('beside writers of the same documents loses none of theirs', async () => {
    const contents = Array.from({ length: 20 }, fresh);
    const addresses = await Promise.all(contents.map((one) => documents.put(one, pdf, 'public')));
    for (let round = 0; round < 5; round++) {
      await grownOld(...addresses);
      const sweeping = documents.sweep(naming());
      await Promise.all(contents.map((one) => documents.put(one, pdf, 'public')));
      await sweeping;
      for (const address of addresses) expect(await documents.get(address)).toBeDefined();
    }
  });
});
