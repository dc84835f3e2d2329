import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawnOrder } from '../../src/crypto/list-order.js';
import { declareScrutins, drawListOrders, sowElectors } from '../../src/demonstration/scrutins.js';
import { CloseLists, DeclareElection, SetCalendar } from '../../src/modules/election/election.commands.js';
import { candidatesOf } from '../../src/modules/scrutin/candidate-document.js';
import { WithdrawCandidateList } from '../../src/modules/scrutin/scrutin.commands.js';
import { countElectors, electorsOfElection } from '../../src/projections/electors.projection.js';
import { scrutinsOfElection } from '../../src/projections/scrutins.projection.js';
import { openPortal, type Portal } from '../support/portal.js';

let portal: Portal;
const electionId = randomUUID();
beforeAll(async () => {
  portal = await openPortal();
  const commands = portal.app.get(CommandBus);
  await commands.execute(new DeclareElection(electionId, 'Élections', '2022'));
  await commands.execute(
    new SetCalendar(electionId, {
      portalOpensAt: '2022-10-13T08:00:00.000Z',
      votingOpensAt: '2022-12-01T07:00:00.000Z',
      votingClosesAt: '2022-12-08T16:00:00.000Z',
      graceMinutes: 20,
    }),
  );
});
afterAll(() => portal.close());

async function caughtUp(...names: string[]) {
  const { projections, store } = portal.foundation;
  const head = await store.head();
  for (const name of names) expect(await projections.waitFor(name, head, 20_000)).toBe(true);
}

/** How many events elections and scrutins have: others come by themselves. */
async function written(): Promise<number> {
  let events = 0;
  for await (const { stream } of portal.foundation.store.readAll())
    if (/^(election|scrutin)-/.test(stream)) events += 1;
  return events;
}

describe('the scrutins of a demonstration', () => {
  it('are declared with lists, logos, statements and an order, once', async () => {
    const { app, foundation } = portal;
    const made = await declareScrutins(app, foundation, { electionId });
    await drawListOrders(app, electionId, made);
    const before = await written();
    expect(await declareScrutins(app, foundation, { electionId })).toEqual(made);
    expect(await written()).toBe(before);
    await caughtUp('scrutins');
    const rows = await scrutinsOfElection(foundation.database.pool('register'), electionId);
    expect(rows.map(({ title, lists }) => [title, lists.length])).toEqual([
      ['CAPN des IA-IPR, IEN et IJS', 4],
      ['CSA de proximité de Paris', 5],
      ['CSA ministériel Jeunesse et Sports', 6],
    ]);
    for (const { scrutinId, seed, lists, seats } of rows) {
      const order = lists.map(({ listId }) => listId);
      expect(order).toEqual(drawnOrder(seed ?? '', scrutinId, [...order].sort()));
      for (const { content, logo, statement, candidates, place } of lists) {
        const list = candidatesOf((await foundation.documents.get(content))?.content as Buffer);
        expect([list.candidates.length, candidates]).toEqual([2 * seats, 2 * seats]);
        expect((await foundation.documents.get(logo ?? ''))?.mediaType).toBe('image/svg+xml');
        expect((await foundation.documents.get(statement ?? ''))?.mediaType).toBe('application/pdf');
        expect(order[(place ?? 0) - 1]).toBeDefined();
      }
    }
  });

  it('have electors, most of them in all three', async () => {
    const { app, foundation } = portal;
    const scrutinIds = (await declareScrutins(app, foundation, { electionId })).map((one) => one.scrutinId);
    const crop = { electionId, scrutinIds, electors: 50, seed: 9, expiresAt: '2022-12-08T16:00:00.000Z' };
    expect([await sowElectors(app, crop), await sowElectors(app, crop)]).toEqual([50, 0]);
    await caughtUp('electors');
    const register = foundation.database.pool('register');
    const counts = await countElectors(register, scrutinIds);
    expect(scrutinIds.map((id) => counts.get(id))).toEqual([34, 50, 50]);
    expect(await electorsOfElection(register, electionId, { limit: 100 })).toHaveLength(50);
  });

  it('change no more once the lists are closed', async () => {
    const { app, foundation } = portal;
    const [first] = await declareScrutins(app, foundation, { electionId });
    await app.get(CommandBus).execute(new CloseLists(electionId));
    const before = await written();
    const listId = randomUUID();
    const withdrawal = new WithdrawCandidateList(first?.scrutinId ?? '', listId);
    await expect(app.get(CommandBus).execute(withdrawal)).rejects.toMatchObject({ code: 'lists.closed' });
    const electorId = randomUUID();
    await expect(portal.electors.remove(electorId)).rejects.toMatchObject({ code: 'account.not-registered' });
    expect(await declareScrutins(app, foundation, { electionId })).toHaveLength(3);
    expect(await written()).toBe(before);
  });
});
