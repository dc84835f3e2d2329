import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, type LedgerEvent } from '../../src/events/codec.js';
import type { Position } from '../../src/ledger/event-store.js';
import { boxes } from '../../src/projections/boxes.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { register } from '../../src/projections/register.projection.js';
import { sumTurnout, turnout, turnoutOf } from '../../src/projections/turnout.projection.js';
import { freshLedger, written } from '../support/service.js';

const SIGNATURES = 100_000;
const scrutinIds = Array.from({ length: 5 }, () => randomUUID());
const mine = [turnout, register, boxes];

let fresh: Awaited<ReturnType<typeof freshLedger>>;
beforeAll(async () => {
  fresh = await freshLedger();
});
afterAll(() => fresh.close());

/** A batch of votes of a minute within the eight days. */
function cast(scrutinId: string, batch: number, size: number, minute: number): LedgerEvent {
  const signatures = Array.from({ length: size }, () => randomBytes(32).toString('hex')).sort();
  const at = new Date(Date.parse('2022-12-01T07:00:00.000Z') + minute * 60_000).toISOString();
  return {
    type: 'VotesCast',
    data: { scrutinId, batch, signatures, ballots: signatures.map(() => '{}'), at },
  };
}

function opened(scrutinId: string): LedgerEvent {
  const hash = 'a'.repeat(64);
  const roll = { root: hash, count: SIGNATURES };
  const ids = { scrutinId, electionId: scrutinIds[0] as string, boardId: scrutinIds[1] as string };
  const files = {
    seal: hash,
    electionFile: hash,
    keyHolders: hash,
    roll,
    rollFile: hash,
    credentials: roll,
    credentialsFile: hash,
  };
  const times = {
    opensAt: '2022-12-01T07:00:00.000Z',
    closesAt: '2022-12-08T16:00:00.000Z',
    graceMinutes: 20,
  };
  return { type: 'BoxOpened', data: { ...ids, ...files, ...times, at: times.opensAt } };
}

/** What the ledger itself says up to a position: signatures by scrutin and hour. */
async function recount(upTo: Position | undefined): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { type, data, position } of fresh.store.readAll()) {
    if (upTo === undefined || position > upTo) break;
    const event = decode(type, data);
    if (event.type !== 'VotesCast') continue;
    const { scrutinId, at, signatures } = event.data;
    const key = `${scrutinId} ${at.slice(0, 13)}`;
    counts.set(key, (counts.get(key) ?? 0) + signatures.length);
  }
  return counts;
}

async function shown(): Promise<Map<string, number>> {
  const rows = await turnoutOf(fresh.database.pool('register'), scrutinIds);
  return new Map(
    rows.map(({ scrutinId, hour, votes }) => [`${scrutinId} ${hour.toISOString().slice(0, 13)}`, votes]),
  );
}

const sorted = (counts: Map<string, number>) => [...counts].sort();

describe('the turnout', () => {
  it('is that of the ledger at any position, with restarts in between', async () => {
    const { store, database } = fresh;
    for (const scrutinId of scrutinIds)
      await store.append(`box-${scrutinId}`, 'none', [written(opened(scrutinId))]);
    let appended = 0;
    let batch = 0;
    const appendSome = async (until: number) => {
      while (appended < until) {
        const scrutinId = scrutinIds[batch % 5] as string;
        const size = Math.min(1 + ((batch * 7919) % 997), SIGNATURES - appended);
        await store.append(`box-${scrutinId}`, 'any', [
          written(cast(scrutinId, batch + 1, size, (batch * 37) % 11_000)),
        ]);
        appended += size;
        batch += 1;
      }
    };
    for (const until of [20_000, 45_000, 70_000, SIGNATURES]) {
      const projections = new Projections(store, database, mine);
      projections.start();
      await appendSome(until);
      await projections.stop(); // wherever it is
      const position = (await projections.status()).find(({ name }) => name === 'turnout')?.position;
      expect(sorted(await shown())).toStrictEqual(sorted(await recount(position)));
    }
    const projections = new Projections(store, database, mine);
    projections.start();
    const head = await store.head();
    for (const { name } of mine) expect(await projections.waitFor(name, head, 60_000)).toBe(true);
    await projections.stop();
    expect(sorted(await shown())).toStrictEqual(sorted(await recount(head)));
    const { byScrutin, byHour } = await sumTurnout(database.pool('register'), scrutinIds);
    expect(byHour.reduce((sum, { votes }) => sum + votes, 0)).toBe(SIGNATURES);
    const rows = await fresh.asOwner<{ scrutin_id: string; signed: string; votes: number }>(
      `select b.scrutin_id, b.votes, (select count(*) from read_register.register r where r.scrutin_id = b.scrutin_id) as signed
         from read_register.boxes b`,
    );
    for (const { scrutin_id, signed, votes } of rows)
      expect([Number(signed), votes]).toStrictEqual([byScrutin.get(scrutin_id), byScrutin.get(scrutin_id)]);
  });
});
