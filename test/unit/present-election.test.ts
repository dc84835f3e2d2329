import { describe, expect, it } from '@jest/globals';
import { presentElection, type ElectionRow } from '../../src/projections/elections.projection.js';

/** An election whose vote closes at the end of that year; without a calendar when there is none. */
function election(closes: string | undefined): ElectionRow {
  const at = new Date(`${closes ?? '2000'}-12-08T16:00:00.000Z`);
  return {
    ...{ electionId: closes ?? 'undated', title: '', preset: '2022', listsClosedAt: undefined },
    calendar: closes === undefined ? undefined : ({ votingClosesAt: at } as ElectionRow['calendar']),
  };
}

const NOW = '2022-12-08T16:00:00.000Z';

describe('the election that a page speaks of', () => {
  it.each([
    [[], undefined],
    [['2018'], '2018'],
    [['2014', '2018'], '2018'],
    [['2018', '2022', '2026'], '2026'], // that of 2022 closes in this moment
    [['2026', '2030'], '2026'],
    [['2018', undefined], 'undated'],
  ])('of %j is %s', (all: (string | undefined)[], expected) => {
    expect(presentElection(all.map(election), NOW)?.electionId).toBe(expected);
  });
});
