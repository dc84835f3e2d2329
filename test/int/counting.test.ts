import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseBallot } from '../../src/crypto/ballot.js';
import { printTally, RunningTally } from '../../src/crypto/tally.js';
import { auditBundle } from '../../src/auditor/audit.js';
import { describeReport } from '../../src/auditor/report-text.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { decode } from '../../src/events/codec.js';
import { Adding } from '../../src/modules/counting/adding.js';
import { Decrypting } from '../../src/modules/counting/decrypting.js';
import { BuildRequests } from '../../src/modules/board/build-requests.js';
import { BuildWatch } from '../../src/modules/board/build-watch.js';
import { Boxes } from '../../src/modules/counting/boxes.js';
import { DestroyRegisterKey, SignMinutes } from '../../src/modules/counting/counting.commands.js';
import { Discrepancies } from '../../src/modules/counting/discrepancies.js';
import { Freezing } from '../../src/modules/counting/freezing.js';
import type { MinutesContent } from '../../src/modules/counting/minutes-content.js';
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
let tampered: TestScrutin;
const of = <T>(kind: abstract new (...args: never[]) => T): T =>
  portal.app.get(kind as never, { strict: false });

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-12-01T08:00:00.000Z' });
  election = await sealElection(portal.foundation, {
    now: '2022-12-01T08:00:00.000Z',
    ...{ closesAt, scrutins: 3, electors: 6 },
  });
  [first, second, tampered] = election.scrutins as [TestScrutin, TestScrutin, TestScrutin];
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

/** What the board's tool finds in the scrutin whose register lacks a name. */
const numbers = { ballots: 3, signatures: 3, names: 2, matched: 2 };
const figures = { ...numbers, rootAgrees: true, keyAgrees: true };
const WORDS = 'Une électrice a été retirée de la base après son vote.';

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
    const votes = [[0, 0], [1, 1], [2, 0]] as const; // prettier-ignore
    await castBatch(portal, election, tampered, votes, { batch: 1, at: '2022-12-02T10:00:00.000Z' });
    await caughtUp(portal);
    const [gone] = election.electors; // has voted; the read model that the freeze takes names from is tampered with
    await portal.database.asOwner(
      `delete from read_register.scrutin_electors
         where scrutin_id = '${tampered.scrutinId}' and elector_id = '${gone?.electorId ?? ''}'`,
    );
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
    await of(Boxes).execute(
      new DestroyRegisterKey(scrutinId, { names: 0, matched: 0, rootAgrees: true, keyAgrees: true }, [
        president,
      ]),
    );
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
      ...{ scrutinId: first.scrutinId, ballots: 4, signatures: 4, names: 4, matched: 4 },
      ...{ rootAgrees: true, keyAgrees: true },
      settled: true,
    });
    expect(compared).toContainEqual({ scrutinId: tampered.scrutinId, ...figures, settled: false });
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

  it('goes on over a discrepancy once two members have stated it, who are not told on anybody’s word', async () => {
    await caughtUp(portal);
    const { boardId, staffIds } = election;
    const [president = '', , delegate = '', other = ''] = staffIds;
    const stating = of(Discrepancies);
    const { scrutinId } = tampered;
    const tell = async () => (await stating.of(boardId)).find((one) => one.scrutinId === scrutinId);
    expect(await tell()).toEqual({ scrutinId, ...figures, asked: undefined, stated: undefined });
    const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
    await refused(stating.ask(boardId, delegate, first.scrutinId, WORDS), 'counting.no-discrepancy');
    await refused(stating.ask(boardId, randomUUID(), scrutinId, WORDS), 'counting.not-a-member');

    const rename = (from: string, to: string) =>
      portal.database.asOwner(
        `update vault.keys set name = '${to}/${scrutinId}' where name = '${from}/${scrutinId}'`,
      );
    const keys = new RegisterKeys(portal.foundation.vaultKeys);
    await rename('register', 'mislaid');
    for (const other of [false, true]) {
      if (other) await keys.create(scrutinId); // destroying it would leave that of the vote
      const [compared] = await of(Reconciling).reconcile(boardId, president);
      expect(compared).toMatchObject({ matched: 0, keyAgrees: false, settled: false });
      await refused(stating.ask(boardId, delegate, scrutinId, WORDS), 'counting.other-key');
    }
    await keys.destroy(scrutinId);
    await rename('mislaid', 'register');
    await of(Reconciling).reconcile(boardId, president);
    expect(await tell()).toMatchObject(figures);

    const dropped = await stating.ask(boardId, president, scrutinId, 'Autre chose.');
    await stating.drop(boardId, delegate, dropped);
    await refused(stating.approve(boardId, delegate, dropped), 'counting.no-request');

    const asked = await stating.ask(boardId, delegate, scrutinId, WORDS);
    await refused(stating.approve(boardId, delegate, asked), 'counting.two-members');
    await refused(stating.approve(boardId, other, asked), 'counting.nobody-presides');
    expect((await of(Boxes).of(scrutinId)).stated).toEqual([]);
    await portal.database.asOwner('update vault.discrepancies set names = 3'); // what both read is not what is found
    await refused(stating.approve(boardId, president, asked), 'counting.other-figures');
    await refused(stating.approve(boardId, president, asked), 'counting.no-request');
    const again = await stating.ask(boardId, delegate, scrutinId, WORDS);
    await Promise.all([1, 2].map(() => stating.approve(boardId, president, again).catch(() => undefined)));
    const [stated, ...more] = (await of(Boxes).of(scrutinId)).stated;
    expect([stated, more]).toMatchObject([{ ...numbers, staffIds: [delegate, president] }, []]);
    const text = await portal.foundation.documents.get(stated?.text ?? '');
    expect([text?.public, text?.content.toString()]).toEqual([true, WORDS]);
    expect(await tell()).toMatchObject({
      asked: undefined,
      stated: { text: WORDS, by: [{ seat: 3 }, { seat: 1 }] },
    });
    await refused(stating.ask(boardId, delegate, scrutinId, WORDS), 'counting.discrepancy-stated');

    const tagOf = () => new RegisterKeys(portal.foundation.vaultKeys).tagOf(scrutinId, 'x');
    await expect(tagOf()).resolves.toBeDefined(); // stated is not reconciled
    const compared = await of(Reconciling).reconcile(boardId, president);
    expect(compared).toEqual([{ scrutinId, ...figures, settled: true }]);
    await expect(tagOf()).rejects.toBeInstanceOf(NoRegisterKey);
    expect(await stating.of(boardId)).toEqual([]);
    expect((await of(Boxes).of(scrutinId)).tally?.ballots).toBe(3);
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
    expect(await file(3, election.shares[3])).toMatchObject([another, another, another]); // a slip, of which nothing is recorded
    expect(verdicts(await file(3, 12345n))).toEqual([
      ['proof', false],
      ['proof', false],
      ['proof', false],
    ]);
    expect(verdicts(await file(3))).toEqual([
      ['valid', false],
      ['valid', false],
      ['valid', false],
    ]);
    expect(verdicts(await file(4))).toEqual([
      ['valid', false],
      ['valid', false],
      ['valid', false],
    ]);
    expect((await of(Boxes).of(first.scrutinId)).phase).toBe('encrypted');
    expect(verdicts(await file(2))).toEqual([
      ['valid', true],
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
    const { result: counted } = await of(Boxes).of(tampered.scrutinId);
    expect(counted?.votes.map(({ votes }) => votes)).toEqual([2, 1]); // the ballot of the name that is gone counts
  });

  it('has minutes that bear the remark, also where anybody reads the result', async () => {
    await caughtUp(portal);
    for (const { scrutinId } of election.scrutins) {
      const { text, content } = await of(Minutes).of(scrutinId);
      const minutes = await portal.foundation.documents.put(Buffer.from(text), 'application/json', 'public');
      const remark = { ...numbers, text: WORDS, decidedBy: [{ seat: 3 }, { seat: 1, office: 'president' }] };
      expect(content.discrepancies).toMatchObject(scrutinId === tampered.scrutinId ? [remark] : []);
      for (const [seat, office] of [
        [2, 'secretary'],
        [1, 'president'],
      ] as const) {
        const staffId = election.staffIds[seat - 1] as string;
        await of(Boxes).execute(new SignMinutes(scrutinId, minutes, office, seat, staffId, 0));
      }
    }
    await caughtUp(portal);
    const path = `/resultats/proces-verbal/${tampered.scrutinId}`;
    const page = (await portal.client().get<string>(path)).body.replaceAll(/\s+/g, ' ');
    expect(page).toContain('2 nom(s) au registre, dont 2 ont leur émargement dans l’urne ; 3 émargement(s)');
    expect(page).toMatch(/Écart constaté le .{10,60} par délégué \(siège 3\), présidence \(siège 1\)/);
    expect(page).toContain(WORDS);
    expect(page).not.toContain('Aucun écart.');
    const results = await portal.client().get<string>(`/resultats/${election.electionId}`);
    expect(results.body.match(/Le procès-verbal porte une remarque/g)).toHaveLength(1);
    const old = JSON.parse((await of(Minutes).of(tampered.scrutinId)).text) as MinutesContent;
    delete (old as { discrepancies?: unknown }).discrepancies; // of before there were any
    expect(minutesBlocks(old, { signed: [], unsigned: [], sha256: '' })).toContainEqual({
      kind: 'text',
      text: 'Aucun écart.',
    });
  });

  it('is audited sound, with a note that says what does not agree', async () => {
    await caughtUp(portal);
    await portal.foundation.transparency.checkpoints.sign();
    const bundle = await (await fetch(`${portal.url}/transparence/dossier`)).text();
    const report = await auditBundle(Readable.from([bundle]), { threads: 0 });
    expect(report.claims.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
    const agrees = report.claims.find(({ name }) => name === 'register-agrees-with-the-box');
    expect(agrees).toMatchObject({ verdict: 'holds', notes: [{ place: `box-${tampered.scrutinId}@4` }] });
    const [french, english] = [describeReport(report, 'fr'), describeReport(report, 'en')];
    expect(french).toContain(
      '2 noms, dont 2 ont émargé, 3 émargements, 3 bulletins : constaté par le bureau',
    );
    expect(english).toContain(
      '2 names, 2 of which have signed, 3 signatures, 3 ballots: stated by the board',
    );
    expect(french.match(/REMARQUE : noms, émargements et bulletins ne concordent pas/g)).toHaveLength(1);
    expect(french).toContain('Conforme, AVEC REMARQUE');
    expect(english).toContain('Sound, WITH A REMARK');
    expect(bundle).not.toContain(election.electors[0]?.electorId);
    expect(portal.logged()).not.toContain(election.electors[0]?.electorId);

    const archive = await fetch(`${portal.url}/api/scrutins/${tampered.scrutinId}/archive`);
    const bytes = new Uint8Array(await archive.arrayBuffer());
    expect((await verifyElection(bytes, { groupOf: serverGroup })).sound).toBe(true);
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
