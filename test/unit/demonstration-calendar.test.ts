import { describe, expect, it } from '@jest/globals';
import { demonstrationCalendar } from '../../src/demonstration/calendar.js';
import { fromParisField, inParisField } from '../../src/http/paris-time.js';

describe('the calendar of a demonstration', () => {
  it('is that of 2022 while that vote was not over', () => {
    for (const now of ['2022-10-01T00:00:00.000Z', '2022-12-08T15:59:59.999Z'])
      expect(demonstrationCalendar(now)).toMatchObject({
        portalOpensAt: '2022-10-13T08:00:00.000Z', // 10 h in summer
        noticesFrom: '2022-11-07T07:00:00.000Z',
        candidatesShownAt: '2022-11-16T07:00:00.000Z',
        votingOpensAt: '2022-12-01T07:00:00.000Z',
        votingClosesAt: '2022-12-08T16:00:00.000Z', // 17 h in winter
      });
  });

  it.each([
    ['2026-11-22T10:00:00.000Z', '2026-11-22T07:00:00.000Z', '2026-11-29T16:00:00.000Z'],
    ['2026-11-22T06:59:59.999Z', '2026-11-21T07:00:00.000Z', '2026-11-28T16:00:00.000Z'], // 7 h 59 in Paris
    ['2026-10-23T22:30:00.000Z', '2026-10-23T06:00:00.000Z', '2026-10-30T16:00:00.000Z'], // half past midnight
    ['2022-12-08T16:00:00.000Z', '2022-12-08T07:00:00.000Z', '2022-12-15T16:00:00.000Z'],
  ])('is open at %s', (now, opens, closes) => {
    expect(demonstrationCalendar(now)).toMatchObject({ votingOpensAt: opens, votingClosesAt: closes });
  });
});

describe('a field with an hour in Paris', () => {
  it.each([
    ['2022-12-01T12:27', '2022-12-01T11:27:00.000Z'],
    ['2022-07-14T00:05', '2022-07-13T22:05:00.000Z'],
    ['2022-10-30T02:30', '2022-10-30T00:30:00.000Z'], // comes twice: the first
  ])('%s is the instant %s, and back', (field, instant) => {
    expect(fromParisField(field).toISOString()).toBe(instant);
    expect(inParisField(new Date(instant))).toBe(field);
  });

  it('that never comes is the hour after', () => {
    expect(inParisField(fromParisField('2022-03-27T02:30'))).toBe('2022-03-27T03:30');
  });
});
