import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ballotReference } from '../../src/crypto/ballot.js';
import { serverChecks } from '../../src/crypto/server-checks.js';
import { Adding } from '../../src/modules/counting/adding.js';
import { Boards } from '../../src/modules/counting/boards.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Disputed, Rechecking } from '../../src/modules/counting/rechecking.js';
import { Log } from '../../src/operations/log.js';
import { Metrics } from '../../src/operations/metrics.js';
import type { Rechecked } from '../../src/vault/rechecked-boxes.js';
import type { Rechecker } from '../../src/verification/rechecker.js';
import { castBatch, caughtUp, moveClock } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';
import { written } from '../support/service.js';

let portal: Portal;
let election: SealedElection;
let first: TestScrutin;
let second: TestScrutin;
const of = <T>(kind: abstract new (...args: never[]) => T): T =>
  portal.app.get(kind as never, { strict: false });

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' });
  of(Rechecking).tend = () => Promise.resolve(); // only what a test says is verified
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    ...{ closesAt: '2022-12-08T16:00:00.000Z', scrutins: 2, electors: 6 },
  });
  [first, second] = election.scrutins as [TestScrutin, TestScrutin];
  const votes = [[0, 0], [1, 1]] as const; // prettier-ignore
  for (const scrutin of election.scrutins)
    await castBatch(portal, election, scrutin, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
  await caughtUp(portal);
}, 120_000);
afterAll(() => portal.close());

/** An instance that was just started, and how many ballots it verifies. */
function another() {
  const metrics = new Metrics();
  const logged: string[] = [];
  const log = new Log('error', { write: (line) => logged.push(line) });
  const rechecking = new Rechecking(of(Boxes), of(Boards), rows(), log, metrics);
  const rechecker = Reflect.get(rechecking, 'rechecker') as Rechecker;
  const verified = { ballots: 0 };
  const check = rechecker.check.bind(rechecker);
  rechecker.check = async (task) => {
    const verdicts = await check(task);
    verified.ballots += verdicts.ballots;
    return verdicts;
  };
  return { rechecking, metrics, verified, logged: () => logged.join('') };
}

/** What a new instance finds in a box, and how many ballots it verifies for that. */
async function restarted({ scrutinId }: TestScrutin) {
  const { rechecking, verified, metrics, logged } = another();
  const found = await rechecking.advance(scrutinId);
  const told = /isoloir_ballots_disputed_total (\d+)/.exec(await metrics.text())?.[1];
  await rechecking.onApplicationShutdown();
  return { ...found, verified: verified.ballots, told: Number(told), logged: logged() };
}

const rows = () => portal.foundation.recheckedBoxes;
const row = ({ scrutinId }: TestScrutin) => rows().find(scrutinId);
const asBox = (sql: string) => portal.foundation.database.pool('box').query(sql);

/** A ballot of an elector that no verifier should have let in. */
function invalidBallot(who: number): string {
  const elector = election.electors[who] as SealedElection['electors'][number];
  const { text } = election.ballotFor(elector, first, 0);
  return text.replace(/"response":"(\d+)"\}\}\}$/, (_whole, digits: string) => {
    return `"response":"${BigInt(digits) ^ 1n}"}}}`;
  });
}

async function castInvalid(who: number, batch: number): Promise<string> {
  const ballot = invalidBallot(who);
  const data = {
    ...{ scrutinId: first.scrutinId, batch, at: '2022-12-03T10:00:00.000Z' },
    ...{ signatures: [`${batch}`.repeat(64)], ballots: [ballot] },
  };
  const event = written({ type: 'VotesCast', data });
  await portal.foundation.store.append(`box-${first.scrutinId}`, 'any', [event]);
  return ballotReference(election.group, ballot);
}

describe('the progress of the second verification', () => {
  it('is written down, and another instance goes on from there', async () => {
    const sound = { refused: 0, disputed: [] };
    expect(await restarted(first)).toMatchObject({ ballots: 2, revision: 1, verified: 2, ...sound });
    expect(await restarted(first)).toMatchObject({ ballots: 2, revision: 1, verified: 0, ...sound });
    await castBatch(portal, election, first, [[3, 'blank']], { batch: 2, at: '2022-12-02T11:00:00.000Z' });
    expect(await restarted(first)).toMatchObject({ ballots: 3, revision: 2, verified: 1, ...sound });
    expect((await row(first))?.rechecked).toMatchObject({ ballots: 3, revision: 2, ...sound });
    expect((await row(first))?.rechecked?.tally).toBe((await of(Adding).sum(first.scrutinId)).tally);
  });

  it('counts each ballot once when two instances are at it', async () => {
    await asBox('truncate read_box.rechecked');
    const both = await Promise.all([restarted(first), restarted(first), restarted(second)]);
    expect(both.map(({ ballots, revision }) => [ballots, revision])).toEqual([
      [3, 2],
      [3, 2],
      [2, 1],
    ]);
    const { tally } = await of(Adding).sum(first.scrutinId);
    expect((await row(first))?.rechecked).toMatchObject({ ballots: 3, revision: 2, tally });
  });

  it('is moved by one instance only, from what that one has seen', async () => {
    const { seal, rechecked } = (await row(second)) as { seal: Buffer; rechecked: Rechecked };
    const moved = await rows().move(second.scrutinId, seal, { ...rechecked, ballots: 3 });
    expect(moved).toBeDefined();
    expect(await rows().move(second.scrutinId, seal, { ...rechecked, ballots: 4 })).toBeUndefined();
    expect(await rows().move(second.scrutinId, undefined, rechecked)).toBeUndefined();
    expect((await row(second))?.rechecked?.ballots).toBe(3);
    expect(await rows().move(second.scrutinId, moved, rechecked)).toBeDefined();
  });

  it.each([
    ['a later revision', 'revision = 2000'],
    ['more ballots', 'ballots = 30'],
    ['another tally', `tally = '[]'`],
    ['another election file', "election_file = repeat('a', 64)"],
    ['a row of another box', `scrutin_id = '00000000-0000-4000-8000-000000000000'`],
  ])('is not believed when somebody wrote %s', async (_, change) => {
    await asBox(`update read_box.rechecked set ${change} where scrutin_id = '${first.scrutinId}'`);
    const own = await restarted(first);
    expect(own).toMatchObject({ ballots: 3, revision: 2, verified: 3 });
    expect(own.logged.includes('is not of this box')).toBe(!change.startsWith('scrutin_id'));
    await asBox(`delete from read_box.rechecked where scrutin_id::text like '00000000%'`);
  });

  it.each<[string, Partial<Rechecked>]>([
    ['another election file', { electionFile: 'a'.repeat(64) }],
    ['another ledger', { eventId: '00000000-0000-4000-8000-000000000000' }],
    ['events that the ledger has lost', { revision: 2000 }],
  ])('is not used for %s', async (_, change) => {
    const { seal, rechecked } = (await row(first)) as { seal: Buffer; rechecked: Rechecked };
    await rows().move(first.scrutinId, seal, { ...rechecked, ...change });
    expect(await restarted(first)).toMatchObject({ ballots: 3, revision: 2, verified: 3 });
  });

  it('says which boxes there is something to do for', async () => {
    expect(await rows().toTend()).toEqual([]);
    await asBox(`delete from read_box.rechecked where scrutin_id = '${second.scrutinId}'`);
    expect(await rows().toTend()).toEqual([second.scrutinId]);
    const { rechecking } = another();
    await rechecking.tend(new AbortController().signal);
    expect(await rows().toTend()).toEqual([]);
    await rechecking.onApplicationShutdown();
  });
});

describe('the second verification', () => {
  it('names what libsodium refuses, and stops the freeze of that box and of no other', async () => {
    const reference = await castInvalid(2, 3);
    expect(await of(Rechecking).advance(first.scrutinId)).toMatchObject({
      ...{ ballots: 4, refused: 1, disputed: [reference] },
    });
    await caughtUp(portal);
    moveClock(portal, '2022-12-08T16:21:00.000Z');
    for (let again = 0; again < 2; again++) {
      const freeze = of(Freezing).freezeDue();
      await expect(freeze).rejects.toBeInstanceOf(Disputed);
      await expect(freeze).rejects.toMatchObject({ refused: 1, references: [reference] });
    }
    expect((await of(Boxes).of(first.scrutinId)).phase).toBe('open');
    expect((await of(Boxes).of(second.scrutinId)).phase).toBe('frozen');
    expect(await portal.foundation.metrics.text()).toContain('isoloir_ballots_disputed_total 1');
  });

  it('tells of it again after a restart, without verifying again', async () => {
    expect(await rows().toTend()).toEqual([first.scrutinId]);
    const found = await restarted(first);
    expect(found).toMatchObject({ ballots: 4, refused: 1, verified: 0, told: 1 });
    expect(found.logged).toContain(found.disputed[0]);
    await expect(another().rechecking.require(first.scrutinId)).rejects.toMatchObject({
      references: found.disputed,
    });
  });

  it('finds it again when somebody wrote that there is none, and adds what comes later', async () => {
    const [before] = (await restarted(first)).disputed;
    await asBox(`update read_box.rechecked set refused = 0, disputed = '{}'`);
    const reference = await castInvalid(4, 4);
    expect(await restarted(first)).toMatchObject({
      ...{ ballots: 5, refused: 2, verified: 5, told: 2, disputed: [before, reference] },
    });
  });

  it('had to: the kernel refuses that ballot too, and only a faulty one would not', async () => {
    const verdicts = (await serverChecks('kernel'))(first.poll, [invalidBallot(2)]);
    expect(verdicts).toMatchObject([{ valid: false, path: '$.signature.proof' }]);
  });
});
