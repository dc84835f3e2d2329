import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BallotVerifier } from '../../../src/verification/ballot-verifier.js';
import { sampleArchive } from '../../unit/crypto/sample-texts.js';

describe('a pool of verifiers', () => {
  let verifier: BallotVerifier;
  beforeAll(async () => {
    verifier = await BallotVerifier.start({ threads: 2 });
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
