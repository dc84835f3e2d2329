import { describe, expect, it } from '@jest/globals';
import { closedOnTheEve, setUpWarnings, type SetUp } from '../../src/http/set-up-warnings.js';

const at = (text: string) => new Date(text);
const opens = at('2026-12-03T07:00:00.000Z'); // 8 h in Paris
const done: SetUp = {
  votingOpensAt: opens,
  noticesFrom: at('2026-11-09T07:00:00.000Z'),
  listsClosedAt: at('2026-12-01T10:00:00.000Z'),
  notices: { electors: 10, delivered: 10 },
};
const said = (change: Partial<SetUp>, now = '2026-12-02T10:00:00.000Z') =>
  setUpWarnings({ ...done, ...change }, now).map((text) => /R\. 211-(\d+)/.exec(text)?.[1]);

describe('what is said before an opening', () => {
  it('is nothing where all was done, or nothing is planned yet', () => {
    expect(said({})).toEqual([]);
    expect(said({ votingOpensAt: undefined, noticesFrom: undefined })).toEqual([]);
  });
  it('is that lists are closed on the eve at the latest, by the days of Paris (CGFP 528)', () => {
    expect(said({ listsClosedAt: at('2026-12-02T22:59:59.000Z') })).toEqual([]);
    expect(said({ listsClosedAt: at('2026-12-02T23:00:00.000Z') })).toEqual(['528']);
    expect(said({ listsClosedAt: undefined })).toEqual([]);
    expect(said({ listsClosedAt: undefined }, '2026-12-03T05:00:00.000Z')).toEqual(['528']);
    expect(closedOnTheEve(at('2026-12-02T22:59:59.000Z'), opens)).toBe(true);
  });
  it('is that notices are planned, and handed over fifteen days before (CGFP 553)', () => {
    expect(said({ noticesFrom: undefined })).toEqual(['553']);
    const notices = { electors: 10, delivered: 9 };
    expect(said({ notices })).toEqual(['553']);
    expect(said({ notices }, '2026-11-18T06:00:00.000Z')).toEqual([]);
    expect(said({ notices: { electors: 0, delivered: 0 } })).toEqual([]);
  });
});
