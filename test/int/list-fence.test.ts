import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ElectorEvent } from '../../src/events/elector.events.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { ListFence } from '../../src/ledger/list-fence.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Refusal, Unavailable } from '../../src/ledger/refusal.js';
import { SystemClock } from '../../src/ledger/clock.js';
import { CorrectElector } from '../../src/modules/account/account.commands.js';
import { CorrectElectorHandler, ListDoor } from '../../src/modules/account/account.handlers.js';
import { CloseLists } from '../../src/modules/election/election.commands.js';
import { election } from '../../src/modules/election/election.decider.js';
import { CloseListsHandler } from '../../src/modules/election/election.handlers.js';
import { electorIdsOfScrutin, findElector, lateChanges } from '../../src/projections/electors.projection.js';
import { Projections } from '../../src/projections/projections.js';
import { Database } from '../../src/storage/database.js';
import { electionEvents, freshLedger, written } from '../support/service.js';

const at = '2022-11-29T10:00:00.000Z';
const identity = () => ({ version: randomUUID(), sha256: 'c'.repeat(64) });
const registered = (electorId: string, electionId: string, scrutinIds: string[]): ElectorEvent => ({
  type: 'ElectorRegistered',
  data: { electorId, electionId, identity: identity(), scrutinIds, at },
});

let fresh: Awaited<ReturnType<typeof freshLedger>>;
beforeAll(async () => {
  fresh = await freshLedger();
});
afterAll(() => fresh.close());

/** Another instance: pools, writer and fence of its own. */
function instance(patience?: number, afterglow = 200) {
  const database = new Database(fresh.url, 3);
  const store = new PostgresEventStore(database);
  const close = async () => {
    await store.close();
    await database.close();
  };
  const fence = new ListFence(store, database, patience, afterglow);
  return { store, ledger: new Ledger(store), fence, close };
}

async function anElection(): Promise<string> {
  const electionId = randomUUID();
  await fresh.store.append(`election-${electionId}`, 'none', electionEvents(electionId).map(written));
  return electionId;
}

const closing = ({ ledger, fence }: ReturnType<typeof instance>, electionId: string) =>
  fence.alone(electionId, () =>
    ledger.execute(election, `election-${electionId}`, new CloseLists(electionId), at),
  );

describe('two instances, one changing lists, the other closing them', () => {
  it('let no change slip through, whoever is first', async () => {
    const [changing, other] = [instance(), instance()];
    for (let round = 0; round < 12; round++) {
      const electionId = await anElection();
      const ids = Array.from({ length: 8 }, () => randomUUID());
      const change = async (electorId: string, index: number) => {
        await sleep(index * 2);
        return changing.fence.change(electionId, () =>
          changing.store.append(`elector-${electorId}`, 'none', [
            written(registered(electorId, electionId, [])),
          ]),
        );
      };
      const changes = ids.map((id, index) => change(id, index));
      await sleep(round);
      const closed = closing(other, electionId);
      const outcomes = await Promise.allSettled(changes);
      const end = (await closed).position;
      if (end === undefined) throw new Error('nothing was closed');
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') expect(outcome.value.position < end).toBe(true);
        else expect(outcome.reason).toMatchObject({ code: 'lists.closed' });
      }
      await expect(change(randomUUID(), 0)).rejects.toBeInstanceOf(Refusal);
    }
    await Promise.all([changing.close(), other.close()]);
  });

  it('let no correction slip through that the command asks for', async () => {
    const [correcting, other] = [instance(), instance()];
    const [clock, CORRECTIONS] = [new SystemClock(), 10];
    const handler = new CorrectElectorHandler(new ListDoor(correcting.ledger, correcting.fence, clock));
    const closer = new CloseListsHandler(other.ledger, other.fence, clock);
    let refused = 0;
    for (let round = 0; round < 12; round++) {
      const electionId = await anElection();
      const electorId = randomUUID();
      const begin = written(registered(electorId, electionId, []));
      await fresh.store.append(`elector-${electorId}`, 'none', [begin]);
      const closed = sleep(4 * round).then(() => closer.execute(new CloseLists(electionId)));
      const positions: string[] = [];
      for (let i = 0; i < CORRECTIONS; i++) {
        const corrected = handler.execute(new CorrectElector(electorId, identity(), [randomUUID()]));
        const outcome = await corrected.catch((error: unknown) => error as Refusal);
        if (outcome instanceof Error) {
          refused++;
          expect(outcome).toMatchObject({ code: 'lists.closed' });
        } else positions.push(outcome.position ?? '');
      }
      const end = (await closed).position ?? '';
      expect(positions.filter((position) => !(position < end))).toEqual([]);
      const late = handler.execute(new CorrectElector(electorId, identity(), []));
      await expect(late).rejects.toMatchObject({ code: 'lists.closed' });
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(12 * CORRECTIONS);
    await Promise.all([correcting.close(), other.close()]);
  });

  it('wait for each other: the closing for a change that has looked, and not yet appended', async () => {
    const [changing, other] = [instance(), instance()];
    const electionId = await anElection();
    const order: string[] = [];
    let looked = () => {};
    const hasLooked = new Promise<void>((resolve) => (looked = resolve));
    const change = changing.fence.change(electionId, async () => {
      looked();
      await sleep(150);
      order.push('changed');
    });
    await hasLooked;
    const closed = closing(other, electionId).then(() => order.push('closed'));
    await Promise.all([change, closed]);
    expect(order).toEqual(['changed', 'closed']);
    await Promise.all([changing.close(), other.close()]);
  });

  it('give the closing up rather than break the lock, and let go of what had no answer only later', async () => {
    const [changing, other, patient] = [instance(undefined, 8_000), instance(100), instance()];
    const electionId = await anElection();
    const change = changing.fence.change(electionId, () => Promise.reject(new Unavailable('no answer')));
    await expect(change).rejects.toBeInstanceOf(Unavailable);
    await expect(closing(other, electionId)).rejects.toBeInstanceOf(Unavailable);
    expect((await closing(patient, electionId)).added).toBe(1);
    await Promise.all([changing.close(), other.close(), patient.close()]);
  });

  it('mind only their own election', async () => {
    const [one, other] = [instance(), instance(200)];
    const [electionId, another] = [await anElection(), await anElection()];
    await one.fence.change(electionId, () => closing(other, another));
    expect(await one.fence.state(electionId)).toMatchObject({ closed: false });
    expect(await one.fence.state(another)).toMatchObject({ closed: true });
    await Promise.all([one.close(), other.close()]);
  });
});

it('the read model ignores and counts what stands after the end all the same', async () => {
  const { store, database } = fresh;
  const electionId = await anElection();
  const scrutinId = randomUUID();
  const [kept, late] = [randomUUID(), randomUUID()];
  const first = registered(kept, electionId, [scrutinId]);
  await store.append(`elector-${kept}`, 'none', [written(first)]);
  await store.append(`election-${electionId}`, 1, [
    written({ type: 'ListsClosed', data: { electionId, at } }),
  ]);
  const changes: ElectorEvent[] = [
    { type: 'ElectorCorrected', data: { electorId: kept, identity: identity(), scrutinIds: [], at } },
    { type: 'ElectorRemoved', data: { electorId: kept, at } },
  ];
  await store.append(`elector-${kept}`, 0, changes.map(written));
  await store.append(`elector-${late}`, 'none', [written(registered(late, electionId, [scrutinId]))]);
  const projections = new Projections(store, database);
  projections.start();
  expect(await projections.waitFor('electors', await store.head(), 20_000)).toBe(true);
  const register = database.pool('register');
  expect(await electorIdsOfScrutin(register, scrutinId, { limit: 10 })).toEqual([kept]);
  expect(await findElector(register, kept)).toMatchObject({
    identity: (first.data as { identity: object }).identity,
    scrutinIds: [scrutinId],
  });
  expect(await findElector(register, late)).toBeUndefined();
  expect(await lateChanges(register, electionId)).toBe(3);
  await projections.stop();
});
