import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BallotVerifier } from '../../../src/verification/ballot-verifier.js';
import { sampleArchive } from '../../unit/crypto/sample-texts.js';

describe.each(['kernel', 'sodium'] as const)('a pool of verifiers (%s)', (name) => {
  let verifier: BallotVerifier;
  beforeAll(async () => {
    verifier = await BallotVerifier.start({ threads: 2, verifier: name });
  });
  afterAll(() => verifier.close());

  it('judges the ballots of two elections on two threads', async () => {
    const [basic, clean] = [sampleArchive('ed25519-basic'), sampleArchive('clean')];
    const tasks = [basic, clean].flatMap(({ election, ballots }) =>
      ballots.map((ballot) => verifier.check(election, ballot)),
    );
    const verdicts = await Promise.all(tasks);
    expect(verdicts).toHaveLength(basic.ballots.length + clean.ballots.length);
    expect(verdicts.every(({ valid }) => valid)).toBe(true);
  });

  it('says why a ballot is refused', async () => {
    const { election, ballots } = sampleArchive('bad-signature');
    const verdicts = await Promise.all(ballots.map((ballot) => verifier.check(election, ballot)));
    expect(verdicts).toContainEqual({ valid: false, path: '$.signature.proof', reason: 'does not hold' });
    expect(await verifier.check(election, 'nonsense')).toMatchObject({ valid: false, path: '$' });
  });

  it('rejects when the election cannot be read, and goes on', async () => {
    const { election, ballots } = sampleArchive('clean');
    await expect(verifier.check('{}', ballots[0] ?? '')).rejects.toThrow('$');
    expect(await verifier.check(election, ballots[0] ?? '')).toMatchObject({ valid: true });
  });
});

describe('a pool whose threads die', () => {
  it('rejects what they were judging, never calls it valid, and goes on with new ones', async () => {
    const verifier = await BallotVerifier.start({ threads: 1 });
    try {
      const { election, ballots } = sampleArchive('clean');
      const ballot = ballots[0] ?? '';
      const forged = ballot.replace(/"response":"\d+"/, '"response":"7"');
      expect(await verifier.check(election, ballot)).toMatchObject({ valid: true });
      const pending = Array.from({ length: 20 }, () => verifier.check(election, forged));
      const settled = Promise.allSettled(pending);
      const { threads } = Reflect.get(verifier, 'pool') as { threads: Worker[] };
      await Promise.all(threads.map((thread) => thread.terminate()));
      const outcomes = await settled;
      expect(outcomes.map(({ status }) => status)).toContain('rejected');
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled')
          expect(outcome.value).toMatchObject({ valid: false }); // by the new thread
        else expect(String(outcome.reason)).toMatch(/worker exited/i);
      }
      expect(await verifier.check(election, 'nonsense')).toMatchObject({ valid: false });
    } finally {
      await verifier.close();
    }
  });

  it('rejects once closed', async () => {
    const verifier = await BallotVerifier.start({ threads: 1 });
    await verifier.close();
    await expect(verifier.check('', '')).rejects.toThrow();
  });
});
