import { describe, expect, it } from '@jest/globals';
import { hourInParis, inParis, inParisShort, openPeriod } from '../../src/http/paris-time.js';

describe('Paris time', () => {
  it.each([
    // The portal of 2022 opens in summer time, voting in winter time (requirements, E1 and E2).
    ['2022-10-13T08:00:00.000Z', 'jeudi 13 octobre 2022 à 10h00'],
    ['2022-12-01T07:00:00.000Z', 'jeudi 01 décembre 2022 à 08h00'],
    // Clocks go forward: 2 h does not exist.
    ['2022-03-27T00:59:59.999Z', 'dimanche 27 mars 2022 à 01h59'],
    ['2022-03-27T01:00:00.000Z', 'dimanche 27 mars 2022 à 03h00'],
    // Clocks go back: 2 h 30 is there twice.
    ['2022-10-30T00:30:00.000Z', 'dimanche 30 octobre 2022 à 02h30'],
    ['2022-10-30T01:30:00.000Z', 'dimanche 30 octobre 2022 à 02h30'],
    ['2022-10-30T02:00:00.000Z', 'dimanche 30 octobre 2022 à 03h00'],
    // The day in Paris is not the day in UTC; midnight is 00h00, not 24h00.
    ['2022-12-31T23:00:00.000Z', 'dimanche 01 janvier 2023 à 00h00'],
    ['2026-07-31T22:30:00.000Z', 'samedi 01 août 2026 à 00h30'],
  ])('of %s is %s', (instant, said) => {
    expect(inParis(new Date(instant))).toBe(said);
  });

  it('is short for the last sign-in (F6), and shorter for the end of a session', () => {
    expect(inParisShort(new Date('2022-12-01T11:28:00Z'))).toBe('01/12/2022 à 12h28 (heure de Paris)');
    expect(hourInParis(new Date('2022-12-31T23:05:00Z'))).toBe('00h05 (heure de Paris)');
  });

  it('says when the vote of 2022 was open', () => {
    expect(openPeriod(new Date('2022-12-01T07:00:00Z'), new Date('2022-12-08T16:00:00Z'))).toBe(
      'Ouvert du jeudi 01 décembre 2022 à 08h00 au jeudi 08 décembre 2022 à 17h00 (Heure de Paris)',
    );
  });
});
