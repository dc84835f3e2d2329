import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseDecryption } from '../../src/crypto/decryption.js';
import { seatSeed } from '../../src/crypto/seat-seed.js';
import { allocateSeats } from '../../src/crypto/seats.js';
import { tallyShape } from '../../src/crypto/tally.js';
import type { LedgerEvent } from '../../src/events/codec.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { Decrypting } from '../../src/modules/counting/decrypting.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { WitnessServer } from '../../src/transparency/witness.js';
import { witnessHttp } from '../../src/transparency/witness-http.js';
import { castBatch, caughtUp, moveClock, partOf } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { written } from '../support/service.js';
import {
  candidatesNamed,
  sealElection,
  type SealedElection,
  type TestScrutin,
} from '../support/sealed-election.js';

let folder: string;
let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
let answers: RequestListener = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => {
  answers(request, response);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoloir-witness-'));
  const { vkey } = await WitnessServer.open(join(folder, 'witness'), 'w.example', []);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(join(folder, 'policy'), `witness w ${vkey} ${url}\nquorum w\n`);
  portal = await openPortal({
    ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z',
    TRANSPARENCY_POLICY: join(folder, 'policy'),
  });
  election = await sealElection(portal.foundation, {
    ...{ now: '2022-12-01T08:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z', electors: 5 },
    ...{ body: 'CCP', candidates: [12, 0] },
    joint: [
      { affiliation: 'Une', percent: 60 },
      { affiliation: 'Autre', percent: 40 },
    ],
  });
  scrutin = election.scrutins[0] as TestScrutin;
  await castBatch(
    portal,
    election,
    scrutin,
    [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ],
    {
      ...{ batch: 1, at: '2022-12-02T10:00:00.000Z' },
    },
  );
  moveClock(portal, '2022-12-08T16:21:00.000Z');
  await caughtUp(portal);
  await portal.app.get(Freezing, { strict: false }).freezeDue();
  await caughtUp(portal);
  const [president = ''] = election.staffIds;
  await portal.app.get(Reconciling, { strict: false }).reconcile(election.boardId, president);
}, 120_000);
afterAll(async () => {
  await portal.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function file(seat = 3, staffId = election.staffIds[seat - 1] as string) {
  const part = await partOf(portal, election, scrutin, seat);
  return portal.app.get(Decrypting, { strict: false }).file(election.boardId, staffId, [part]);
}

async function witnessed(): Promise<boolean | undefined> {
  const path = `/api/boards/${election.boardId}/count`;
  const { body } = await portal.client().get<{ scrutins: { witnessed: boolean }[] }>(path);
  return body.scrutins[0]?.witnessed;
}

describe('the parts of a key', () => {
  it('waits for the quorum of witnesses on a checkpoint over the freeze (design 6)', async () => {
    expect(await file()).toMatchObject([{ verdict: 'refused', code: 'counting.not-witnessed' }]);
    expect(await witnessed()).toBe(false);
    const { key } = portal.foundation.transparency.signer;
    const witness = witnessHttp(await WitnessServer.open(join(folder, 'witness'), 'w.example', [key]));
    answers = (request, response) => witness.emit('request', request, response);
    expect(await file()).toMatchObject([{ verdict: 'valid', proclaimed: false }]);
    expect(await witnessed()).toBe(true);
  });

  it('by president, secretary and one delegate gives nothing; a titular and its substitute are one holder', async () => {
    for (const seat of [1, 2])
      expect(await file(seat)).toMatchObject([{ verdict: 'valid', proclaimed: false }]);
    const [substitute, { boardId }] = [randomUUID(), election];
    const replaced: LedgerEvent = {
      type: 'BoardMemberReplaced',
      data: {
        boardId,
        seat: 3,
        staffId: substitute,
        by: election.staffIds[0] as string,
        at: portal.foundation.clock.now(),
      },
    };
    await portal.foundation.store.append(`board-${boardId}`, 'any', [written(replaced)]);
    expect(await file(3, substitute)).toMatchObject([
      { verdict: 'refused', code: 'counting.seat-decrypted' },
    ]);
    const { result } = await portal.app.get(Boxes, { strict: false }).of(scrutin.scrutinId);
    expect(result).toBeUndefined();
    expect(await file(4)).toMatchObject([{ verdict: 'valid', proclaimed: true }]);
  });

  it('gives seats of a CCP that are tied by lot, names the elected of a list that has names, and shares joint lists', async () => {
    const { draws, result, frozen, filed } = await portal.app
      .get(Boxes, { strict: false })
      .of(scrutin.scrutinId);
    const ids = scrutin.lists.map(({ listId }) => listId);
    const lists = ids.map((id) => ({ id, votes: 2 }));
    const { group, election: described } = scrutin.poll;
    const parts = [...filed.values()].map(({ owner, decryption }) => ({
      owner,
      decryption: parseDecryption(group, tallyShape(described), decryption),
    }));
    expect(parts.map(({ owner }) => owner)).toEqual([3, 1, 2, 4]);
    const seed = seatSeed(group, election.key.holders, parts, frozen?.boxRoot ?? '');
    expect(draws.map((draw) => draw.seed)).toEqual([seed]);
    const due = allocateSeats({ seats: 15, lists, seed, ties: ['votes'] });
    expect(due.draws).toHaveLength(1);
    expect(draws.map(({ step, drawn }) => ({ step, drawn }))).toEqual(
      due.draws.map(({ step, drawn }) => ({ step, drawn })),
    );
    expect(result?.votes.map(({ seats }) => seats)).toEqual(due.lists.map(({ seats }) => seats));
    const path = `/api/scrutins/${scrutin.scrutinId}/minutes`;
    const { body } = await portal.client().get<{ joint: unknown; elected: unknown }>(path);
    const named = (from: number, count: number) => candidatesNamed(12).slice(from, from + count);
    const won = due.lists.find(({ id }) => id === ids[0])?.seats ?? 0;
    expect(body.elected).toEqual([
      { listId: ids[0], titulars: named(0, won), substitutes: named(won, 12 - won) },
      { listId: ids[1], titulars: [], substitutes: [] }, // « sur sigle »
    ]);
    expect(body.joint).toEqual([
      {
        listId: ids[0],
        shares: [
          { id: 'Une', votes: 1 },
          { id: 'Autre', votes: 1 },
        ],
      },
    ]);
  });
});
