import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, type LedgerEvent } from '../../src/events/codec.js';
import { electors } from '../../src/projections/electors.projection.js';
import { mailStatus } from '../../src/projections/mail-status.projection.js';
import { named } from '../../src/projections/named.projection.js';
import { notices } from '../../src/projections/notices.projection.js';
import { queriesOf } from '../../src/projections/projection.js';
import { Projections } from '../../src/projections/projections.js';
import { freshLedger, written } from '../support/service.js';

const at = '2022-10-01T10:00:00.000Z';
const expiresAt = '2030-01-01T00:00:00.000Z';
const fed = [electors, mailStatus, named, notices];

let fresh: Awaited<ReturnType<typeof freshLedger>>;
beforeAll(async () => {
  fresh = await freshLedger();
});
afterAll(() => fresh.close());

const identity = () => ({ version: randomUUID(), sha256: randomBytes(32).toString('hex') });

async function add(stream: string, ...events: LedgerEvent[]): Promise<void> {
  await fresh.store.append(stream, 'any', events.map(written));
}

const registered = (electorId: string, electionId: string, scrutinIds?: string[]): LedgerEvent => ({
  type: 'ElectorRegistered',
  data: { electorId, electionId, identity: identity(), at, ...(scrutinIds && { scrutinIds }) },
});
const linked = (electorId: string): LedgerEvent => ({
  type: 'ActivationLinkIssued',
  data: { electorId, linkId: randomUUID(), expiresAt, at },
});
const issued = (electorId: string): LedgerEvent => ({
  type: 'VotingCodeIssued',
  data: { electorId, gateKey: randomBytes(32).toString('hex'), at },
});

/** Two elections, one whose lists are closed in between; links asked for twice, codes twice, some corrected, some removed. */
async function lists(): Promise<void> {
  const [open, closed] = [randomUUID(), randomUUID()];
  const scrutins = [randomUUID(), randomUUID(), randomUUID()];
  const alone = randomUUID(); // on a list where nobody else is, and then nobody
  await add(`elector-${alone}`, registered(alone, open, [randomUUID()]), {
    type: 'ElectorRemoved',
    data: { electorId: alone, at },
  });
  for (let index = 0; index < 300; index++) {
    const electorId = randomUUID();
    const stream = `elector-${electorId}`;
    if (index === 150)
      await add(`election-${closed}`, { type: 'ListsClosed', data: { electionId: closed, at } });
    await add(stream, registered(electorId, index % 3 === 0 ? closed : open, scrutins.slice(index % 4)));
    if (index % 2 === 0) await add(stream, linked(electorId));
    if (index % 5 === 0) await add(stream, linked(electorId), linked(electorId));
    if (index % 7 === 0) await add(stream, issued(electorId), issued(electorId));
    if (index % 9 === 0)
      await add(stream, {
        type: 'ElectorCorrected',
        data: { electorId, identity: identity(), scrutinIds: scrutins.slice((index + 1) % 3), at },
      });
    if (index % 50 === 0) await add(stream, { type: 'ElectorRemoved', data: { electorId, at } });
  }
}

async function dump(): Promise<unknown[][]> {
  const tables = fed.flatMap((projection) => projection.tables);
  return Promise.all(
    tables.map(async (table) => {
      const { rows } = await fresh.database
        .pool('register')
        .query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`);
      return rows.map(({ row }) => row);
    }),
  );
}

describe('a page of events', () => {
  it('leaves the rows that its events leave one by one', async () => {
    await lists();
    const projections = new Projections(fresh.store, fresh.database, fed);
    projections.start();
    const head = await fresh.store.head();
    for (const { name } of fed) expect(await projections.waitFor(name, head, 30_000)).toBe(true);
    await projections.stop();
    const inPages = await dump();
    for (const { name } of fed) await projections.reset(name);
    const client = await fresh.database.pool('register').connect();
    for await (const { id, stream, revision, position, type, data } of fresh.store.readAll()) {
      const event = decode(type, data);
      for (const projection of fed)
        for (const query of queriesOf(await projection.apply({ event, id, stream, revision, position })))
          await client.query(query.text, query.values);
    }
    client.release();
    const oneByOne = await dump();
    expect(inPages.map((rows) => rows.length)).toStrictEqual(oneByOne.map((rows) => rows.length));
    expect(inPages).toStrictEqual(oneByOne);
    const [onLists, entries, sizes, closedLists, mails, links] = inPages.map((rows) => rows.length);
    // 300, less the 50 of the closed election that came late, and of the six that were removed those that were on a list
    expect({ onLists, closedLists }).toStrictEqual({ onLists: 300 - 50 - 5, closedLists: 1 });
    expect(entries).toBeGreaterThan(300);
    const { rows: counted } = await fresh.database
      .pool('register')
      .query<object>(
        'select scrutin_id, count(*) as electors from read_register.scrutin_electors group by scrutin_id',
      );
    const { rows: kept } = await fresh.database
      .pool('register')
      .query<object>('select scrutin_id, electors from read_register.list_sizes');
    expect(sizes).toBe(3);
    expect(new Set(kept)).toEqual(new Set(counted));
    expect({ mails, links }).toStrictEqual({ mails: 294, links: 150 + 120 });
  });
});
