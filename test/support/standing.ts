import { expect } from '@jest/globals';
import type { Foundation } from '../../src/foundation.js';
import type { TestDatabase } from './database.js';

type Place = { foundation: Pick<Foundation, 'projections' | 'store'>; database: TestDatabase };

/**
 * What runs by the clock and says nothing of a request: sessions that are used, signed checkpoints, positions of readers, how
 * far boxes were verified again, which builds run.
 */
const BY_THEMSELVES = [
  ...['vault.sessions', 'vault.running_builds', '%.checkpoints', 'transparency.%', 'reactions.%'],
  'read_box.rechecked',
];

/** Every event and every row that a request could have written, as one digest for each table. */
async function standing({ foundation, database }: Place): Promise<Record<string, string>> {
  const head = await foundation.store.head();
  for (const [name] of foundation.projections.states())
    expect([name, await foundation.projections.waitFor(name, head, 30_000)]).toEqual([name, true]);
  const tables = await database.asOwner<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('ledger', 'vault', 'documents', 'read_register', 'read_box', 'reactions', 'transparency')
        and not format('%I.%I', schemaname, tablename) like any (array['${BY_THEMSELVES.join("', '")}']) order by 1`,
  );
  const digests = tables.map(
    ({ name }) =>
      `select '${name}' as name, coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as digest from ${name} t
        ${name === 'ledger.events' ? "where stream <> 'checkpoints'" : ''}`,
  );
  const rows = await database.asOwner<{ name: string; digest: string }>(digests.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** Does something, and expects that it left no event and no row behind. */
export async function writesNothing<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const before = await standing(place);
  expect(before['ledger.events']).toMatch(/^[0-9a-f]{32}$/);
  const result = await work();
  expect(await standing(place)).toEqual(before);
  return result;
}
