import { describe, expect, it } from '@jest/globals';
import { sha256Base64 } from '../../../src/crypto/digest.js';
import { Refusal } from '../../../src/ledger/refusal.js';
import type { Deposit } from '../../../src/modules/vote/box-state.decider.js';
import type { BoxWriters } from '../../../src/modules/vote/box-writers.js';
import { MemoryLog } from '../../support/memory-event-store.js';
import { castsOf, cheapVote, Fate, faultyWriters, openBox, SCRUTIN, type Mishap } from './faulty-ground.js';

const RUNS = Number(process.env['WRITER_RUNS'] ?? 1_000);

/** Numbers that look random and are the same in each run of the test (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Told {
  readonly vote: ReturnType<typeof cheapVote>;
  readonly outcome: Deposit | Refusal | 'gave-up';
}

/** Sends a vote until somebody says yes or no, as a browser does that gets no answer: always the same ballot. */
async function cast(
  instances: readonly (() => BoxWriters)[],
  vote: Told['vote'],
  random: () => number,
): Promise<Told> {
  for (let tries = 0; tries < 12; tries++) {
    const instance = instances[Math.floor(random() * instances.length)] as () => BoxWriters;
    let late: NodeJS.Timeout | undefined;
    const noAnswer = new Promise<'silence'>((resolve) => {
      late = setTimeout(resolve, 15, 'silence');
    });
    try {
      const answer = await Promise.race([instance().add(SCRUTIN, vote), noAnswer]);
      if (answer !== 'silence') return { vote, outcome: answer };
    } catch (error) {
      if (error instanceof Refusal) return { vote, outcome: error };
    } finally {
      clearTimeout(late);
    }
  }
  return { vote, outcome: 'gave-up' };
}

/** One election in miniature: two instances, faults, retries, electors who cheat. Gives how many awaits there were. */
async function run(seed: number): Promise<number> {
  const random = randomOf(seed);
  const log = new MemoryLog();
  await openBox(log);
  const victim = seed % 40; // the await at which this run's fault strikes: each in turn, before and after each call
  const kind: Mishap = seed % 3 === 0 ? 'die' : 'fail';
  const fates: Fate[] = [];
  const start = () => {
    const first = fates.length === 0;
    const fate = new Fate((n) => {
      if (first && n === victim) return kind;
      const roll = random();
      return roll < 0.03 ? 'fail' : roll < 0.2 ? 'pause' : 'nothing';
    });
    fates.push(fate);
    return { fate, writers: faultyWriters(log, fate, () => Math.floor(random() * 3), seed % 2) };
  };
  const running = [start(), start()];
  // An instance that died is replaced, as a supervisor does.
  const instances = running.map((_, index) => () => {
    if (running[index]?.fate.dead) running[index] = start();
    return (running[index] as ReturnType<typeof start>).writers;
  });
  const votes = [
    ...Array.from({ length: 6 }, (_, elector) => cheapVote(elector, elector, elector % 3)),
    cheapVote(0, 0, 9), // two ballots of one elector
    cheapVote(1, 1, 9),
    cheapVote(7, 2, 1), // somebody else's credential
    cheapVote(3, 3, 0), // the same vote from two tabs
  ];
  const told = await Promise.all(votes.map((vote) => cast(instances, vote, random)));
  check(log, told);
  return fates[0]?.awaits ?? 0;
}

function check(log: MemoryLog, told: readonly Told[]): void {
  const casts = castsOf(log);
  const signatures = casts.flatMap((cast) => cast.signatures);
  const ballots = casts.flatMap((cast) => cast.ballots);
  expect(signatures).toHaveLength(ballots.length);
  expect(new Set(signatures).size).toBe(signatures.length);
  expect(new Set(ballots).size).toBe(ballots.length);
  expect(new Set(ballots.map((text) => (JSON.parse(text) as { credential: string }).credential)).size).toBe(
    ballots.length,
  );
  expect(casts.map(({ batch }) => batch)).toEqual(casts.map((_, index) => index + 1));
  for (const { signatures: signed, ballots: cast } of casts) {
    expect(signed).toEqual(signed.toSorted());
    const references = cast.map(sha256Base64);
    expect(references).toEqual(references.toSorted());
    // In this test a ballot says whose it is: both sides of a vote are in the same event.
    const by = cast.map((text) => (JSON.parse(text) as { by: number }).by.toString(16).padStart(64, '0'));
    expect(by.sort()).toEqual(signed);
  }
  for (const { vote, outcome } of told) {
    if (outcome instanceof Refusal) {
      // Nobody is refused without a vote of theirs, or a ballot under that credential, being in the box.
      const reason = outcome.code === 'vote.already-voted' ? signatures.includes(vote.tag) : true;
      expect([outcome.code, reason]).toEqual([expect.stringMatching(/already-voted|credential-used/), true]);
      expect(ballots).not.toContain(vote.ballot);
    } else if (outcome !== 'gave-up') {
      expect(casts[outcome.batch - 1]?.ballots).toContain(vote.ballot);
      expect(outcome.at).toBe('2022-12-05T10:00:00.000Z');
    }
  }
}

describe('the box writer, with a fault at each of its awaits', () => {
  it(
    `has as many signatures as ballots, none twice, and every vote that it acknowledged (${RUNS} runs)`,
    async () => {
      let most = 0;
      for (let seed = 0; seed < RUNS; seed += 100) {
        const seeds = Array.from({ length: Math.min(100, RUNS - seed) }, (_, index) => seed + index);
        most = Math.max(most, ...(await Promise.all(seeds.map(run))));
      }
      expect(most).toBeGreaterThan(8); // the faults had something to strike
    },
    120_000 + RUNS * 180,
  );
});
