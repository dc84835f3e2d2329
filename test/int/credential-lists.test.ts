import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leafHash } from '../../src/crypto/merkle.js';
import { MerkleTree } from '../../src/crypto/merkle-tree.js';
import { Database } from '../../src/storage/database.js';
import { CredentialLists } from '../../src/vault/credential-lists.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';

let made: TestDatabase;
let database: Database;
let lists: CredentialLists;
beforeAll(async () => {
  made = await freshDatabase();
  database = new Database(made.url, 3);
  lists = new CredentialLists(database);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const some = (count: number) => Array.from({ length: count }, () => randomBytes(32).toString('hex')).sort();

describe('the credentials of a scrutin', () => {
  it('are one sorted list, whatever number of imports brought them', async () => {
    const scrutinId = randomUUID();
    const [first, late] = [some(20_003), some(17)];
    expect(await lists.of(scrutinId)).toBeUndefined();
    await lists.put(scrutinId, first);
    await lists.put(scrutinId, late);
    await lists.put(scrutinId, first); // resumed
    const all = [...first, ...late].sort();
    const tree = new MerkleTree();
    for (const line of all) tree.append(leafHash(Buffer.from(line)));
    expect(await lists.of(scrutinId)).toStrictEqual({
      content: Buffer.from(all.map((line) => `${line}\n`).join('')),
      count: all.length,
      root: Buffer.from(tree.root()).toString('hex'),
    });
    expect(await lists.count(scrutinId)).toBe(all.length);
  });

  it('are those of one scrutin only, each once, in order', async () => {
    const [scrutinId, other] = [randomUUID(), randomUUID()];
    const [one = '', two = ''] = some(2);
    await lists.put(scrutinId, [one, two]);
    await lists.put(other, [one]);
    expect((await lists.of(other))?.count).toBe(1);
    await expect(lists.put(scrutinId, [two])).rejects.toMatchObject({ code: 'credentials.twice' });
    for (const bad of [[two, one], [one, one], ['x'], ['']])
      await expect(lists.put(randomUUID(), bad)).rejects.toThrow(RangeError);
    expect(await lists.count(scrutinId)).toBe(2);
  });

  it('cannot grow once the scrutin is sealed, until the seal is broken', async () => {
    const scrutinId = randomUUID();
    const [first, late] = [some(3), some(2)];
    await lists.put(scrutinId, first);
    await lists.close([scrutinId, randomUUID()]);
    await lists.close([scrutinId]);
    await expect(lists.put(scrutinId, late)).rejects.toMatchObject({ code: 'credentials.closed' });
    await lists.put(scrutinId, first); // already there
    expect(await lists.count(scrutinId)).toBe(3);
    await lists.reopen([scrutinId]);
    await lists.put(scrutinId, late);
    expect(await lists.count(scrutinId)).toBe(5);
  });

  it('cannot be changed by the role that writes them', async () => {
    for (const sql of [
      'delete from vault.credential_lists',
      `update vault.credential_parts set content = ''`,
    ])
      await expect(database.pool('vault').query(sql)).rejects.toThrow('permission denied');
  });
});
