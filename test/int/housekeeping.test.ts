import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Documents } from '../../src/documents/documents.js';
import { sweepOnce } from '../../src/housekeeping.js';
import { Projections } from '../../src/projections/projections.js';
import { Vault } from '../../src/vault/vault.js';
import { freshLedger, written } from '../support/service.js';

let fresh: Awaited<ReturnType<typeof freshLedger>>;
beforeAll(async () => {
  fresh = await freshLedger();
});
afterAll(() => fresh.close());

const old = (sql: string) => fresh.asOwner(`update ${sql} set written_at = now() - interval '25 hours'`);

describe('the sweep', () => {
  it('keeps what an event names, and removes the rest once it is a day old', async () => {
    const { database, store } = fresh;
    const [vault, documents] = [new Vault(database), new Documents(database)];
    const projections = new Projections(store, database);
    const foundation = { database, store, projections, vault, documents };
    projections.start();
    try {
      const at = '2022-09-01T00:00:00.000Z';
      const [electorId, electionId] = [randomUUID(), randomUUID()];
      const [identity, orphan] = [await vault.write('identity', 'Ann'), await vault.write('identity', 'Bob')];
      const text = await documents.put(Buffer.from('power cut'), 'text/plain', 'restricted');
      const loose = await documents.put(Buffer.from('draft'), 'text/plain', 'restricted');
      await store.append(`elector-${electorId}`, 'none', [
        written({ type: 'ElectorRegistered', data: { electorId, electionId, identity, at } }),
      ]);
      await store.append(`election-${electionId}`, 'none', [
        written({
          type: 'IncidentLogged',
          data: { electionId, incidentId: randomUUID(), staffId: randomUUID(), text, at },
        }),
      ]);
      expect(await sweepOnce(foundation)).toBe(0); // young
      await old('vault.versions');
      await old('documents.documents');
      expect(await sweepOnce(foundation)).toBe(2);
      expect(await vault.read('identity', identity)).toBe('Ann');
      expect(await vault.read('identity', orphan)).toBeUndefined();
      expect(await documents.get(text)).toBeDefined();
      expect(await documents.get(loose)).toBeUndefined();
    } finally {
      await projections.stop();
    }
  });
});
