import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMONSTRATION_ELECTION } from '../../src/demonstration.js';
import { declareScrutins } from '../../src/demonstration/scrutins.js';
import { copySetUp, type CopiedSetUp } from '../../src/dry-run/copied-set-up.js';
import { dryRun, ORIGIN, type DryRunReport } from '../../src/dry-run/dry-run.js';
import { CastVote } from '../../src/modules/vote/vote.commands.js';
import { findElection } from '../../src/projections/elections.projection.js';
import { caughtUp } from '../support/counted-election.js';
import { freshDatabase } from '../support/database.js';
import { openPortal, type Portal } from '../support/portal.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';
import { passed, voterOf } from '../support/voters.js';

const ELECTORS = 5;
let portal: Portal;
let setUp: CopiedSetUp;
let election: SealedElection;
let out: string;
let report: DryRunReport;
let before: string[];
let after: string[];

/** What the ledger of the election holds, but for checkpoints, which come every minute. */
async function ledger(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { stream, id } of portal.foundation.store.readAll())
    if (stream !== 'checkpoints') ids.push(id);
  return ids;
}

beforeAll(async () => {
  portal = await openPortal({ ISOLOIR_CLOCK: '2022-10-20T08:00:00.000Z' });
  await declareScrutins(portal.app, portal.foundation, {
    ...{ electionId: DEMONSTRATION_ELECTION, boardId: randomUUID() },
  });
  const now = portal.foundation.clock.now();
  election = await sealElection(portal.foundation, { now, electors: 3 });
  await caughtUp(portal);
  const register = portal.foundation.database.pool('register');
  const row = await findElection(register, DEMONSTRATION_ELECTION);
  if (!row) throw new Error('no election');
  setUp = await copySetUp(row, register, portal.foundation.documents);
  out = await mkdtemp(join(tmpdir(), 'isoloir-dry-run-'));
  before = await ledger();
  const database = await freshDatabase();
  try {
    report = await dryRun(setUp, { out, electors: ELECTORS, database });
  } finally {
    await database.drop();
  }
  after = await ledger();
}, 240_000);
afterAll(async () => {
  await portal.close();
  await rm(out, { recursive: true });
});

/** The votes of the dry run, as its bundle has them. */
async function castInTheDryRun(): Promise<{ signatures: string[]; ballots: string[] }> {
  const lines = (await readFile(join(out, 'bundle.jsonl'), 'utf8')).split('\n');
  const cast = lines.find((line) => line.includes('VotesCast.v1')) ?? '';
  const { event } = JSON.parse(cast) as { event: { data: string } };
  return JSON.parse(event.data) as { signatures: string[]; ballots: string[] };
}

describe('a « scrutin à blanc »', () => {
  it('votes, counts, publishes and archives a clone of the set-up, which the audit finds sound', async () => {
    expect(report.audited).toBe(true);
    expect(report.results.map(({ title }) => title).sort()).toEqual(
      setUp.scrutins.map(({ description }) => description.title).sort(),
    );
    for (const { phase, ballots, signatures, lists, minutes } of report.results) {
      expect(phase).toBe('proclaimed');
      expect(ballots).toBeGreaterThan(0);
      expect(signatures).toBe(ballots);
      expect(lists.length).toBeGreaterThan(2);
      expect(minutes).toMatch(/^[0-9a-f]{64}$/);
    }
    const files = await readdir(out);
    for (const name of report.archives) expect(files).toContain(name);
    expect(files).toEqual(expect.arrayContaining(['audit.txt', 'bundle.jsonl', 'results.json']));
    expect(files).not.toContain('data'); // codes and shares are gone
  });

  it('writes nothing to the ledger of the election, under other ids and in a log of another name', () => {
    expect(after).toEqual(before);
    expect(report.electionId).not.toBe(DEMONSTRATION_ELECTION);
    expect(report.origin).toBe(ORIGIN);
    expect(portal.foundation.transparency.signer.origin).not.toBe(ORIGIN);
  });

  it('has no vote that a real box takes', async () => {
    const { ballots, signatures } = await castInTheDryRun();
    const [scrutin] = election.scrutins as [TestScrutin];
    const [elector] = election.electors as [TestElector];
    const { gate } = passed(election, elector.electorId);
    const voter = await voterOf(portal, elector.electorId, { gate });
    const answer = await voter.vote(scrutin.scrutinId, ballots[0]);
    expect([answer.status, answer.body.code]).toEqual([403, 'vote.credential-unknown']);
    const commands = portal.app.get(CommandBus, { strict: false });
    const [signedInAt, ballot = ''] = [portal.foundation.clock.now(), ballots[0]];
    const ofDryRun = gate && { ...gate, electionId: report.electionId };
    for (const [electorId, passed] of [
      [randomUUID(), gate],
      [elector.electorId, ofDryRun],
    ] as const)
      await expect(
        commands.execute(new CastVote(scrutin.scrutinId, electorId, ballot, signedInAt, passed)),
      ).rejects.toMatchObject({ code: 'vote.gate-closed' });
    const roll = await portal.foundation.documents.get(scrutin.sealed.rollFile);
    expect(roll?.content.toString()).not.toContain(signatures[0]);
    expect(await ledger()).toEqual(after);
  });
});
