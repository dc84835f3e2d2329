import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boxIndex } from '../../src/projections/box-index.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { IntegrityMonitor } from '../../src/transparency/integrity.js';
import { auditedElection } from '../support/audited-election.js';

let made: Awaited<ReturnType<typeof auditedElection>>;
let projections: Projections;
beforeAll(async () => {
  made = await auditedElection({ scrutins: 1 });
  projections = new Projections(made.store, made.database, [boxIndex]);
  projections.start();
  expect(await projections.waitFor('box_index', await made.store.head(), 60_000)).toBe(true);
  await made.sign();
});
afterAll(async () => {
  await projections.stop();
  await made.close();
});

/** One statement as the owner, with the guard of the ledger out of the way; then back. */
async function changed(change: string, back: string): Promise<string | undefined> {
  const monitor = new IntegrityMonitor(made.store, made.database);
  expect(await monitor.check()).toBeUndefined();
  await made.asOwner(change);
  const found = await monitor.check();
  expect(monitor.alarm).toBe(found);
  await made.asOwner(back);
  expect(await monitor.check()).toBeUndefined();
  return found;
}
const guarded = (sql: string) =>
  `set session_replication_role = replica; ${sql}; set session_replication_role = default`;

describe('the integrity monitor', () => {
  it('finds one changed character in an event, and says where', async () => {
    const swap = (a: string, b: string) =>
      guarded(
        `update ledger.events set data = overlay(data placing '${b}' from position('${a}' in data)) where type = 'BoxOpened.v1'`,
      );
    const found = await changed(
      swap('"graceMinutes":20', '"graceMinutes":21'),
      swap('"graceMinutes":21', '"graceMinutes":20'),
    );
    expect(found).toMatch(/^the ledger is not what was published: box-[0-9a-f-]{36} revision 0$/);
  });

  it('finds one changed bit in the published log', async () => {
    const flip =
      'update transparency.tiles set hashes = set_bit(hashes, 77, 1 - get_bit(hashes, 77)) where level = 0';
    expect(await changed(flip, flip)).toContain('not what was published');
  });

  it('finds one changed bit in the box', async () => {
    const flip =
      'update read_box.used_tags set tag = set_bit(tag, 3, 1 - get_bit(tag, 3)) where ctid = (select min(ctid) from read_box.used_tags)';
    const back =
      'update read_box.used_tags set tag = set_bit(tag, 3, 1 - get_bit(tag, 3)) where ctid = (select max(ctid) from read_box.used_tags)';
    expect(await changed(flip, back)).toContain('used tags');
  });
});
