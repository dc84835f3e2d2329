import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddedCredentials } from '../../src/vault/added-credentials.js';
import { freshLedger } from '../support/service.js';

let ground: Awaited<ReturnType<typeof freshLedger>>;
let added: AddedCredentials;
beforeAll(async () => {
  ground = await freshLedger();
  added = new AddedCredentials(ground.database);
});
afterAll(() => ground.close());

const credential = (n: number) => n.toString(16).padStart(64, '0');

describe('credentials added by réassorts', () => {
  it('are found, counted and listed in order, each scrutin by itself', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const both = new Map([
      [one, credential(9)],
      [other, credential(8)],
    ]);
    expect(await added.add(randomUUID(), both)).toBe(true);
    expect(await added.add(randomUUID(), new Map([[one, credential(4)]]))).toBe(true);
    expect(await added.all(one)).toEqual([credential(4), credential(9)]);
    expect(await added.all(other)).toEqual([credential(8)]);
    expect(await added.count(one)).toBe(2);
    expect(await added.has(one, credential(4))).toBe(true);
    expect(await added.has(other, credential(4))).toBe(false);
    expect(await added.all(randomUUID())).toEqual([]);
  });

  it('are added once for a link, whatever is sent again', async () => {
    const scrutin = randomUUID();
    const link = randomUUID();
    expect(await added.add(link, new Map([[scrutin, credential(1)]]))).toBe(true);
    expect(await added.add(link, new Map([[scrutin, credential(2)]]))).toBe(false);
    expect(await added.all(scrutin)).toEqual([credential(1)]);
  });

  it('come all in when fifty electors add at once to the same scrutins', async () => {
    const scrutins = [randomUUID(), randomUUID(), randomUUID()];
    const many = Array.from({ length: 50 }, (_, i) => {
      const order = i % 2 === 0 ? scrutins : [...scrutins].reverse();
      return added.add(randomUUID(), new Map(order.map((id, k) => [id, credential(i * 10 + k)])));
    });
    expect(await Promise.all(many)).toEqual(many.map(() => true));
    for (const id of scrutins) expect(await added.count(id)).toBe(50);
  });

  it('are one row a scrutin, sorted: no order of rows tells who came first', async () => {
    const rows = await ground.asOwner<{ credentials: string[] }>('select * from vault.added_credentials');
    for (const { credentials } of rows) expect(credentials).toEqual([...credentials].sort());
    const columns = await ground.asOwner<{ column_name: string }>(
      `select column_name from information_schema.columns
        where table_schema = 'vault' and table_name in ('added_credentials', 'code_links') order by 1`,
    );
    expect(columns.map(({ column_name }) => column_name)).toEqual(['credentials', 'link_id', 'scrutin_id']);
  });
});
