import { describe, expect, it } from '@jest/globals';
import { newTotpKey, otpauthUrl, stepAt, stepOf, toBase32, totp } from '../../src/modules/staff/totp.js';

const key = toBase32(Buffer.from('12345678901234567890')); // the seed of both RFCs

describe('one-time passwords', () => {
  // RFC 4226, appendix D
  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('of counter %i is %s', (counter, code) => {
    expect(totp(key, counter)).toBe(code);
  });

  // RFC 6238, appendix B, SHA-1
  it.each([
    ['1970-01-01T00:00:59Z', '94287082'],
    ['2005-03-18T01:58:29Z', '07081804'],
    ['2005-03-18T01:58:31Z', '14050471'],
    ['2009-02-13T23:31:30Z', '89005924'],
    ['2033-05-18T03:33:20Z', '69279037'],
    ['2603-10-11T11:33:20Z', '65353130'],
  ])('at %s is %s', (instant, code) => {
    expect(totp(key, stepAt(instant), 8)).toBe(code);
  });

  it('are taken one step early or late, and no further', () => {
    const now = '2022-12-01T07:00:00.000Z';
    const at = (steps: number) => stepOf(key, totp(key, stepAt(now) + steps), now);
    expect([-2, -1, 0, 1, 2].map(at)).toEqual([
      undefined,
      stepAt(now) - 1,
      stepAt(now),
      stepAt(now) + 1,
      undefined,
    ]);
  });

  it('may be typed with a space, and are never too short or too long', () => {
    const now = '2022-12-01T07:00:00.000Z';
    const code = totp(key, stepAt(now));
    expect(stepOf(key, `${code.slice(0, 3)} ${code.slice(3)}`, now)).toBe(stepAt(now));
    for (const wrong of ['', code.slice(0, 5), `${code}0`, `0${code}`, 'ééé']) {
      expect(stepOf(key, wrong, now)).toBeUndefined();
    }
  });

  it('may be two in a row, which is a million times as hard to guess', () => {
    const now = '2022-12-01T07:00:00.000Z';
    const last = stepAt(now);
    const code = (step: number) => totp(key, last + step);
    expect(stepOf(key, `${code(-1)} ${code(0)}`, now)).toBe(last);
    expect(stepOf(key, code(0) + code(1), now)).toBe(last + 1);
    for (const [first, second] of [
      [0, 0],
      [0, -1],
      [-1, 1],
      [-3, -2],
      [1, 2],
    ] as const)
      expect(stepOf(key, code(first) + code(second), now)).toBeUndefined();
    expect(stepOf(key, `${code(0)}${code(1)}${code(2)}`, now)).toBeUndefined();
  });

  it('have keys of 160 bits, written as authenticator applications read them', () => {
    expect(newTotpKey()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpKey()).not.toBe(newTotpKey());
    expect(otpauthUrl('ABC', 'ann martin@x')).toBe(
      'otpauth://totp/Isoloir:ann%20martin%40x?secret=ABC&issuer=Isoloir',
    );
  });
});
