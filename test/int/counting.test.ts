import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseBallot } from '../../src/crypto/ballot.js';
import { printTally, RunningTally } from '../../src/crypto/tally.js';
import { decode } from '../../src/events/codec.js';
import { Adding } from '../../src/modules/counting/adding.js';
import { Decrypting } from '../../src/modules/counting/decrypting.js';
import { BuildRequests } from '../../src/modules/board/build-requests.js';
import { BuildWatch } from '../../src/modules/board/build-watch.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { DestroyRegisterKey } from '../../src/modules/counting/counting.commands.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import { Contradicted } from '../../src/modules/counting/rechecking.js';
import { Minutes } from '../../src/modules/counting/minutes.js';
import { minutesBlocks } from '../../src/modules/counting/minutes-wording.js';
import { Reconciling } from '../../src/modules/counting/reconciling.js';
import { UnitTurnout } from '../../src/modules/turnout/unit-turnout.js';
import { OTHERS } from '../../src/vault/units.js';
import type { Rechecked } from '../../src/vault/rechecked-boxes.js';
import { NoRegisterKey, RegisterKeys } from '../../src/vault/register-keys.js';
import { castBatch, caughtUp, moveClock, partOf } from '../support/counted-election.js';
import { openPortal, type Portal } from '../support/portal.js';
import { sealElection, type SealedElection, type TestScrutin } from '../support/sealed-election.js';

const closesAt = '2022-12-08T16:00:00.000Z';
/** What another instance runs, after the seal. */
const other = { build: 'd'.repeat(64), booth: 'e'.repeat(64) };
let portal: Portal;
let election: SealedElection;
let first: TestScrutin;
let second: TestScrutin;
const of = <T>(kind: abstract new (...args: never[]) => T): T =>
  portal.app.get(kind as never, { strict: false });

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' });
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    ...{ closesAt, scrutins: 2, electors: 6 },
  });
  [first, second] = election.scrutins as [TestScrutin, TestScrutin];
  await caughtUp(portal);
}, 120_000);
afterAll(() => portal.close());

/** A part is sent before anything may be decrypted, twice: why it is refused, and what the journal then says of it. */
async function tooEarly(seat: number): Promise<{ codes: unknown[]; journal: unknown[] }> {
  const [staffId, text] = [election.staffIds[seat - 1] ?? '', '{}'];
  const parts = [{ scrutinId: first.scrutinId, decryption: text, binding: text }];
  const codes: unknown[] = [];
  for (let time = 0; time < 2; time++) {
    const refused = of(Decrypting).file(election.boardId, staffId, parts);
    codes.push(await refused.catch((error: unknown) => (error as { code?: string }).code));
  }
  const journal: unknown[] = [];
  for await (const { type, data } of portal.foundation.store.readStream(`election-${election.electionId}`)) {
    const event = decode(type, data);
    if (event.type !== 'IncidentLogged') continue;
    const said = await portal.foundation.documents.get(event.data.text);
    journal.push([event.data.scrutinId, event.data.staffId, said?.public, said?.content.toString()]);
  }
  return { codes, journal };
}

/** Secretary and president put the software of an instance in the place of the sealed one. */
async function replaceBuild(): Promise<void> {
  const { boardId, staffIds } = election;
  const [president = '', secretary = ''] = staffIds;
  const requestId = await of(BuildRequests).ask(boardId, secretary, other.build, 'Correctif');
  await of(BuildRequests).approve(boardId, requestId, president, other.build);
}

describe('a count', () => {
  it('goes on with software that two members decided on', async () => {
    await portal.database.asOwner(
      `insert into vault.running_builds values ('${other.build}', '${other.booth}', now())`,
    );
    expect(await of(BuildWatch).differences()).toEqual([]);
    await replaceBuild();
    expect(await of(BuildWatch).differences()).toMatchObject([{ boardId: election.boardId, counts: other }]);
  });

  it('refuses a part before the freeze, and enters it in the journal once', async () => {
    await caughtUp(portal);
    const { codes, journal } = await tooEarly(1);
    expect(codes).toEqual(['counting.not-frozen', 'counting.not-frozen']);
    const said = 'Déchiffrement demandé avant le gel de l’urne, refusé.';
    expect(journal).toEqual([[first.scrutinId, election.staffIds[0], false, said]]);
  });

  it('freezes by itself a minute after the end of grace, and no sooner', async () => {
    await castBatch(
      portal,
      election,
      first,
      [
        [0, 0],
        [1, 0],
        [2, 1],
      ],
      { batch: 1, at: '2022-12-02T10:00:00.000Z' },
    );
    await castBatch(portal, election, first, [[3, 'blank']], { batch: 2, at: '2022-12-08T16:10:00.000Z' });
    await caughtUp(portal);
    moveClock(portal, '2022-12-08T16:20:59.000Z');
    await of(Freezing).freezeDue();
    expect((await of(Boxes).of(first.scrutinId)).phase).toBe('open');
    moveClock(portal, '2022-12-08T16:21:00.000Z');

    const [broken = '', other = ''] = [first.scrutinId, second.scrutinId].sort(); // as boxes are gone through
    const rename = (from: string, to: string) =>
      portal.database.asOwner(
        `update vault.keys set name = '${to}/${broken}' where name = '${from}/${broken}'`,
      );
    await rename('register', 'mislaid');
    await expect(of(Freezing).freezeDue()).rejects.toBeInstanceOf(NoRegisterKey);
    expect((await of(Boxes).of(broken)).phase).toBe('open');
    expect((await of(Boxes).of(other)).phase).toBe('frozen'); // one that cannot be frozen stops no other
    await rename('mislaid', 'register');

    await Promise.all([of(Freezing).freezeDue(), of(Freezing).freezeDue()]); // two instances at once
    const { phase, frozen } = await of(Boxes).of(first.scrutinId);
    expect(phase).toBe('frozen');
    expect(frozen).toMatchObject({ ballots: 4, signatures: 4, batches: 2, thinBatches: 2, reassorts: 0 });
    expect(frozen?.credentials).toEqual(first.sealed.credentials);
    expect((await portal.foundation.documents.get(frozen?.register ?? ''))?.public).toBe(false);
    expect((await portal.foundation.documents.get(first.sealed.rollFile))?.public).toBe(true);
    const turnout = await portal.foundation.documents.get(frozen?.turnout ?? '');
    expect(turnout?.public).toBe(false);
    const cell = { name: OTHERS, electors: 6, votes: 4 };
    expect(JSON.parse(turnout?.content.toString() ?? '')).toEqual({
      scrutinId: first.scrutinId,
      cells: { academy: [cell], department: [cell], corps: [cell] },
    });
    expect((await of(Boxes).of(second.scrutinId)).frozen).toMatchObject({ ballots: 0, signatures: 0 });
  });

  it('states no tally that was kept up otherwise, and says up to which revision', async () => {
    await caughtUp(portal);
    const [president = ''] = election.staffIds;
    const { scrutinId } = second;
    const rows = portal.foundation.recheckedBoxes;
    const { seal, rechecked } = (await rows.find(scrutinId)) as { seal: Buffer; rechecked: Rechecked };
    const other = (await of(Adding).sum(first.scrutinId)).tally;
    const box = portal.foundation.database.pool('box');
    const write = (change: string) =>
      box.query(`update read_box.rechecked set ${change} where scrutin_id = $1`, [scrutinId]);
    await rows.move(scrutinId, seal, { ...rechecked, tally: other }); // by somebody who has the key
    await of(Boxes).execute(new DestroyRegisterKey(scrutinId, { names: 0, matched: 0 }, [president]));
    await caughtUp(portal);
    const contradicted = new Contradicted(rechecked.revision);
    for (const change of [undefined, `contradicted = null, tally = '[]'`]) {
      if (change !== undefined) await write(change); // by somebody who has not
      await expect(of(Reconciling).tend()).rejects.toEqual(contradicted);
      await expect(of(Reconciling).tend()).rejects.toEqual(contradicted);
      expect((await of(Boxes).of(scrutinId)).phase).toBe('reconciled');
      expect((await rows.disputesIn([scrutinId])).get(scrutinId)).toMatchObject({
        contradicted: rechecked.revision,
        refused: 0,
      });
    }
    expect(portal.logged()).toContain('is not the sum from its first ballot: no tally is stated');
    await box.query('delete from read_box.rechecked where scrutin_id = $1', [scrutinId]);
    await of(Reconciling).tend();
    expect((await of(Boxes).of(scrutinId)).tally?.ballots).toBe(0);
    await expect(new RegisterKeys(portal.foundation.vaultKeys).tagOf(scrutinId, 'x')).rejects.toBeInstanceOf(
      NoRegisterKey,
    );
  });

  it('refuses a part while the register key lives, and enters that too', async () => {
    const { codes, journal } = await tooEarly(1);
    expect(codes).toEqual(['counting.key-alive', 'counting.key-alive']);
    expect(journal.at(-1)).toContain(
      'Déchiffrement demandé avant la destruction de la clé du registre, refusé.',
    );
    expect(journal.length).toBe(2);
    expect((await tooEarly(3)).journal.length).toBe(3); // another member
    expect((await of(Boxes).of(first.scrutinId)).rejected).toEqual([]);
  });

  it('lets nobody but the board reconcile, and destroys the register key for good', async () => {
    await caughtUp(portal);
    const [president = ''] = election.staffIds;
    await expect(
      of(Reconciling).reconcile(election.boardId, election.electors[0]?.electorId ?? ''),
    ).rejects.toMatchObject({ code: 'counting.not-a-member' });
    const compared = await of(Reconciling).reconcile(election.boardId, president);
    expect(compared).toContainEqual({
      ...{ scrutinId: first.scrutinId, ballots: 4, signatures: 4, names: 4, matched: 4, rootAgrees: true },
    });
    await expect(
      new RegisterKeys(portal.foundation.vaultKeys).tagOf(first.scrutinId, 'x'),
    ).rejects.toBeInstanceOf(NoRegisterKey);
    expect((await of(Boxes).of(first.scrutinId)).tally?.ballots).toBe(4);
    const units = await of(UnitTurnout).of(first.scrutinId, 30_000); // from now on those of the freeze
    expect(units?.at.toISOString()).toBe((await of(Boxes).of(first.scrutinId)).frozen?.at);
    expect(units?.cells.corps).toEqual([{ name: OTHERS, electors: 6, votes: 4 }]);
  });

  it('states the product of the ballots that the ledger holds', async () => {
    const { group, election: described } = first.poll;
    const product = new RunningTally(group, described);
    for await (const event of of(Boxes).events(first.scrutinId))
      if (event.type === 'VotesCast')
        for (const text of event.data.ballots) product.add(parseBallot(first.poll, text).answers);
    const { tally } = await of(Boxes).of(first.scrutinId);
    expect(tally).toMatchObject({ ballots: 4, tally: printTally(group, product.sum()) });
    const kept = await portal.foundation.recheckedBoxes.find(first.scrutinId);
    expect(kept?.rechecked).toMatchObject({ ballots: 4, tally: tally?.tally });
  });

  it('names an invalid part, goes on without it, and needs the quorum of each group', async () => {
    await caughtUp(portal);
    const staff = (seat: number) => election.staffIds[seat - 1] as string;
    const file = async (seat: number, key?: bigint) => {
      const parts = await Promise.all(
        election.scrutins.map((scrutin) => partOf(portal, election, scrutin, seat, key)),
      );
      return of(Decrypting).file(election.boardId, staff(seat), parts);
    };
    const verdicts = (filed: Awaited<ReturnType<typeof file>>) =>
      filed.map(({ verdict, proclaimed }) => [verdict, proclaimed]);
    const another = { verdict: 'refused', code: 'counting.other-share', proclaimed: false };
    expect(await file(3, election.shares[3])).toMatchObject([another, another]); // a slip, of which nothing is recorded
    expect(verdicts(await file(3, 12345n))).toEqual([
      ['proof', false],
      ['proof', false],
    ]);
    expect(verdicts(await file(3))).toEqual([
      ['valid', false],
      ['valid', false],
    ]);
    expect(verdicts(await file(4))).toEqual([
      ['valid', false],
      ['valid', false],
    ]);
    expect((await of(Boxes).of(first.scrutinId)).phase).toBe('encrypted');
    expect(verdicts(await file(2))).toEqual([
      ['valid', true],
      ['valid', true],
    ]);
    const { result, rejected } = await of(Boxes).of(first.scrutinId);
    expect(rejected.map(({ seat, reason, staffId }) => [seat, reason, staffId])).toEqual([
      [3, 'proof', staff(3)],
    ]);
    expect(result?.votes.map(({ votes }) => votes)).toEqual([2, 1]);
    expect(result?.votes.map(({ seats }) => seats)).toEqual([10, 5]);
    expect(result?.blank).toBe(1);
    const empty = (await of(Boxes).of(second.scrutinId)).result;
    expect(empty?.votes.map(({ votes, seats }) => [votes, seats])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('tells in the minutes which software was decided on, and decides on none after the results', async () => {
    const { content } = await of(Minutes).of(first.scrutinId);
    const [entry] = content.journal.filter(({ type }) => type === 'BuildReplaced');
    expect(entry).toMatchObject({ ...other, decidedBy: [{ seat: 2 }, { seat: 1 }] });
    const words = JSON.stringify(
      minutesBlocks(content, { signed: [], unsigned: [], sha256: 'a'.repeat(64) }),
    );
    expect(words).toContain(`Remplacement du logiciel scellé par ${other.build}`);
    expect(words).toContain(`décidé par siège 2 du bureau ${election.boardId} et siège 1 du bureau`);
    await caughtUp(portal);
    expect(await of(BuildWatch).unfinished()).toEqual([]);
    await expect(replaceBuild()).rejects.toMatchObject({ code: 'build.not-sealed' });
  });
});
