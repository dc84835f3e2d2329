import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BallotVerdict } from '../../src/crypto/ballot-checks.js';
import { BallotChecks, VerificationLine } from '../../src/modules/vote/verification-line.js';
import { openPortal, type Portal } from '../support/portal.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';
import { writesNothing } from '../support/standing.js';
import { passed, voterOf, type VoteAnswer, type Voter } from '../support/voters.js';

const ROOM = 500; // ballots of one scrutin that may wait (vote.module.ts)
const LANES = 4; // two for each thread
const ELECTORS = Math.ceil((ROOM + LANES + 6) / 3); // each may have three requests under way

let portal: Portal;
let election: SealedElection;
let flooded: TestScrutin;
let quiet: TestScrutin;
let voters: Voter[];
/** What is checked, in order: the real checks, each of which begins when the test lets it. */
const begun: string[] = [];
let permits = 0;
let held: (() => void)[] = [];

beforeAll(async () => {
  portal = await openPortal({
    ...{ ISOLOIR_CLOCK: '2022-12-05T10:00:00.000Z', BATCH_WAIT_MS: '20', THIN_BATCH_WAIT_MS: '20' },
    ...{ DEMONSTRATION: 'empty', VERIFICATION_THREADS: String(LANES / 2) },
  });
  election = await sealElection(portal.foundation, {
    ...{ scrutins: 2, electors: ELECTORS, now: '2022-12-05T10:00:00.000Z' },
  });
  [flooded, quiet] = election.scrutins as [TestScrutin, TestScrutin];
  voters = await Promise.all(
    election.electors.map(({ electorId }) => voterOf(portal, electorId, passed(election, electorId))),
  );
  const checks = portal.app.get(BallotChecks, { strict: false });
  const real = checks.check.bind(checks);
  checks.check = async (text: string, ballot: string): Promise<BallotVerdict> => {
    begun.push(text === quiet.poll.election.raw ? 'quiet' : 'flooded');
    if (permits > 0) permits--;
    else await new Promise<void>((resolve) => held.push(resolve));
    return real(text, ballot);
  };
}, 180_000);
afterAll(() => portal.close());

/** Lets everything that waits, and all that will come, be checked. */
function letGo(): void {
  permits = Infinity;
  for (const go of held) go();
  held = [];
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('more ballots than can be verified', () => {
  it('are answered 429 with Retry-After, write nothing, and delay no other scrutin', async () => {
    const answers: VoteAnswer[] = [];
    const ballots = election.electors.map((elector, i) => election.ballotFor(elector, flooded, i % 2).text);
    const send = async (voter: Voter, ballot: string) => {
      const answer = await voter.vote(flooded.scrutinId, ballot);
      answers.push(answer);
      return answer;
    };
    const everybody = await writesNothing(portal, async () => {
      const sent = voters.flatMap((voter, i) => [0, 1, 2].map(() => send(voter, ballots[i] as string)));
      await until(() => answers.length >= voters.length * 3 - ROOM - LANES);
      for (const { status, retryAfter, body } of answers) {
        expect([status, body.code]).toEqual([429, 'server.too-many']);
        expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
        expect(Number(retryAfter)).toBeLessThanOrEqual(15);
      }
      expect(answers).toHaveLength(voters.length * 3 - ROOM - LANES);
      return sent;
    });
    expect(begun).toEqual(Array.from({ length: LANES }, () => 'flooded'));

    // Somebody votes elsewhere: the turn of that scrutin comes after those in hand, not after five hundred.
    const elector = election.electors[0] as TestElector;
    const elsewhere = (voters[0] as Voter).vote(
      quiet.scrutinId,
      election.ballotFor(elector, quiet, 'blank').text,
    );
    const line = portal.app.get(VerificationLine, { strict: false });
    const { queues } = line as unknown as { queues: ReadonlyMap<string, unknown> };
    await until(() => queues.has(quiet.scrutinId));
    for (let turn = 0; turn < 2; turn++) {
      const before = begun.length;
      held.shift()?.();
      await until(() => begun.length > before);
    }
    expect(begun.slice(LANES)).toContain('quiet');
    letGo();
    expect((await elsewhere).status).toBe(200);
    // Of those who were taken, each was counted once; who was sent away asks again.
    const statuses = (await Promise.all(everybody)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(ROOM + LANES);
    const again = await Promise.all(voters.map((voter, i) => voter.vote(flooded.scrutinId, ballots[i])));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
    const cast: string[] = [];
    for await (const { type, data } of portal.foundation.store.readStream(`box-${flooded.scrutinId}`))
      if (type === 'VotesCast.v1') cast.push(...(JSON.parse(data) as { ballots: string[] }).ballots);
    expect(cast.sort()).toEqual(ballots.toSorted());
  }, 300_000);

  it('of one elector at once are answered 429 after the third', async () => {
    const elector = election.electors[1] as TestElector;
    const { text } = election.ballotFor(elector, quiet, 1);
    permits = 0;
    const voter = voters[1] as Voter;
    const statuses: number[] = [];
    const sent = [0, 1, 2, 3, 4].map(async () => {
      const { status, retryAfter } = await voter.vote(quiet.scrutinId, text);
      statuses.push(status);
      if (status === 429) expect(retryAfter).toBe('1');
    });
    await until(() => statuses.length === 2);
    expect(statuses).toEqual([429, 429]);
    letGo();
    await Promise.all(sent);
    expect(statuses.sort()).toEqual([200, 200, 200, 429, 429]);
  });
});
