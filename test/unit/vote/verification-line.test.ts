import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BallotVerdict } from '../../../src/crypto/ballot-checks.js';
import { TooMany } from '../../../src/ledger/refusal.js';
import { BallotChecks, VerificationLine } from '../../../src/modules/vote/verification-line.js';

const valid: BallotVerdict = { valid: true, reference: '', credential: '' };

/** Checks that end when the test says so. */
class HeldChecks extends BallotChecks {
  readonly begun: string[] = [];
  private readonly under: ((error?: Error) => void)[] = [];

  override check(_: string, ballot: string): Promise<BallotVerdict> {
    this.begun.push(ballot);
    return new Promise((resolve, reject) => {
      this.under.push((error) => {
        if (error) reject(error);
        else resolve(valid);
      });
    });
  }

  /** Ends the check that has lasted longest, and lets the line see it. */
  async end(error?: Error): Promise<void> {
    this.under.shift()?.(error);
    await nextTurn();
  }
}

describe('the line of ballots to verify', () => {
  it('serves scrutins in turn: a flood in one does not delay the others', async () => {
    const checks = new HeldChecks();
    const line = new VerificationLine(checks, 2, 100);
    const flood = Array.from({ length: 50 }, (_, i) => line.check('flooded', '', `flood ${i}`));
    const others = [line.check('quiet', '', 'quiet 1'), line.check('calm', '', 'calm 1')];
    expect(checks.begun).toEqual(['flood 0', 'flood 1']);
    for (let i = 0; i < 4; i++) await checks.end();
    expect(checks.begun.slice(2)).toEqual(['flood 2', 'quiet 1', 'calm 1', 'flood 3']);
    while (checks.begun.length < 52) await checks.end();
    await checks.end();
    await checks.end();
    expect(await Promise.all([...flood, ...others])).toHaveLength(52);
  });

  it('is bounded for each scrutin by itself, and says when to come again', async () => {
    const checks = new HeldChecks();
    const line = new VerificationLine(checks, 1, 3);
    const taken = Array.from({ length: 4 }, (_, i) => line.check('flooded', '', `flood ${i}`)); // one runs, three wait
    const refused = await line.check('flooded', '', 'one too many').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TooMany);
    expect((refused as TooMany).retryAfter).toBeGreaterThanOrEqual(1);
    expect((refused as TooMany).retryAfter).toBeLessThanOrEqual(15);
    const other = line.check('quiet', '', 'quiet');
    for (let i = 0; i < 5; i++) await checks.end();
    expect(await Promise.all([...taken, other])).toHaveLength(5);
    expect(checks.begun).not.toContain('one too many');
    const again = line.check('flooded', '', 'again');
    await checks.end();
    expect(await again).toEqual(valid);
  });

  it('goes on after a check that failed', async () => {
    const checks = new HeldChecks();
    const line = new VerificationLine(checks, 1, 3);
    const [failing, next] = [line.check('one', '', '1'), line.check('one', '', '2')];
    const failed = expect(failing).rejects.toThrow('the thread died');
    await checks.end(new Error('the thread died'));
    await failed;
    await checks.end();
    expect(await next).toEqual(valid);
  });
});
