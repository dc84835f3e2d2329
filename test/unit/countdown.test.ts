import { describe, expect, it } from '@jest/globals';
import { countdownTo, remaining } from '../../src/http/countdown.js';

const portal = new Date('2022-10-13T08:00:00Z'); // 10 h in Paris, summer time
const opens = new Date('2022-12-01T07:00:00Z'); // 8 h in Paris, winter time
const closes = new Date('2022-12-08T16:00:00Z');

describe('the countdown of 2022', () => {
  it.each([
    // Read off the screens of the sources (requirements, golden time vectors).
    ['2022-12-01T12:27:00+01:00', '07 04 33'],
    ['2022-12-01T12:31:00+01:00', '07 04 29'],
    // Within a minute it says the same, and it never says zero while one can vote.
    ['2022-12-01T12:27:59.999+01:00', '07 04 33'],
    ['2022-12-08T16:59:00+01:00', '00 00 01'],
    ['2022-12-08T16:59:59.999+01:00', '00 00 01'],
    ['2022-12-01T08:00:00+01:00', '07 09 00'],
  ])('at %s counts %s to the closing', (at, left) => {
    const countdown = countdownTo(opens, closes, new Date(at));
    expect(countdown).toMatchObject({ phase: 'open', until: closes });
    if (countdown.phase !== 'closed') expect(Object.values(countdown.left).join(' ')).toBe(left);
  });

  it('counts to the opening before, across the end of summer time', () => {
    const countdown = countdownTo(opens, closes, portal);
    // 48 days and 22 hours on the clock of a wall, and the hour that 30 October has twice.
    const left = { days: '48', hours: '23', minutes: '00' };
    expect(countdown).toStrictEqual({ phase: 'before', until: opens, now: portal, left });
    expect(countdownTo(opens, closes, new Date('2022-12-01T07:59:59+01:00')).phase).toBe('before');
  });

  it('is closed at the instant of the closing', () => {
    expect(countdownTo(opens, closes, closes)).toStrictEqual({ phase: 'closed' });
  });

  it('shows more than 99 days, and nothing below zero', () => {
    expect(remaining(0, 100 * 86_400_000).days).toBe('100');
    expect(remaining(1, 0)).toStrictEqual({ days: '00', hours: '00', minutes: '00' });
  });
});
