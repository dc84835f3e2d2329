import { describe, expect, it } from '@jest/globals';
import { MovedClock, SystemClock } from '../../src/ledger/clock.js';

describe('a clock', () => {
  it('of the machine gives the instant in UTC, to the millisecond', () => {
    const before = Date.now();
    const now = new SystemClock().now();
    expect(now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now)).toBeLessThanOrEqual(Date.now());
  });

  it('that was moved goes on from there, and can be moved again', async () => {
    const clock = new MovedClock('2022-12-01T08:00:00+01:00');
    const first = clock.now();
    expect(Date.parse(first) - Date.parse('2022-12-01T07:00:00.000Z')).toBeLessThan(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Date.parse(clock.now()) - Date.parse(first)).toBeGreaterThanOrEqual(15);
    clock.moveTo('1999-12-31T23:59:59.000Z');
    expect(clock.now().slice(0, 17)).toBe('1999-12-31T23:59:');
  });
});
