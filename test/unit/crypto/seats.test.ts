import { describe, expect, it } from '@jest/globals';
import { seatsAgain, sharesAgain } from '../../../src/auditor/seat-allocation.js';
import { canonicalJson, type Json } from '../../../src/crypto/canonical-json.js';
import {
  allocateSeats,
  BadAllocation,
  shareOut,
  TIES_OF_LISTS,
  TIES_OF_NAMES,
  type Allocation,
  type SeatList,
} from '../../../src/crypto/seats.js';

/** Seats by list, and the rule that decided each seat after the quotient. */
function outcome(allocation: Allocation) {
  const { lists, steps } = allocateSeats(allocation);
  return {
    seats: Object.fromEntries(lists.map(({ id, seats }) => [id, seats])),
    by: steps.flatMap((step) => (step.kind === 'average' ? [step.by] : [])),
  };
}

const seed = 'ab'.repeat(32);
/** A million under `npm run soak`. */
const cases = Number(process.env['SEATS_CASES'] ?? '5000');

/** A generator of its own, so that a failure can be tried again: mulberry32. */
function numbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/**
 * D'Hondt, computed another way: all quotients V / k of every list in one sorted table, the first S of it. Ties in the
 * order of votes, then candidates; undefined where a draw would decide.
 */
function dHondt(seats: number, lists: readonly SeatList[]): Record<string, number> | undefined {
  const table = lists.flatMap((list) =>
    Array.from({ length: Math.min(seats, list.candidates ?? seats) }, (_, k) => ({ list, k: k + 1 })),
  );
  const order = (a: (typeof table)[number], b: (typeof table)[number]) => {
    const averages = BigInt(b.list.votes) * BigInt(a.k) - BigInt(a.list.votes) * BigInt(b.k);
    if (averages !== 0n) return averages > 0n ? 1 : -1;
    return b.list.votes - a.list.votes || (b.list.candidates ?? 0) - (a.list.candidates ?? 0);
  };
  const sorted = table.filter(({ list }) => list.votes > 0).sort(order);
  const [last, next] = [sorted[seats - 1], sorted[seats]];
  if (last && next && order(last, next) === 0) return undefined;
  const won = Object.fromEntries(lists.map(({ id }) => [id, 0]));
  for (const { list } of sorted.slice(0, seats)) won[list.id] = (won[list.id] ?? 0) + 1;
  return won;
}

function textOf(value: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}

describe('seats', () => {
  it(`are those of two other computations, and its steps and draws those of the auditor’s (${cases} elections)`, () => {
    const next = numbers(20221208);
    let [compared, capped, tied, drawn] = [0, 0, 0, 0];
    for (let run = 0; run < cases; run++) {
      const seats = next(21);
      const most = [10, 100, 100_000, 1_200_000][next(4)] ?? 1; // small numbers tie often
      const lists = Array.from({ length: next(9) }, (_, index) => ({
        id: `list ${index}`,
        votes: next(5) === 0 ? 0 : next(most),
        ...(next(2) === 0 && { candidates: next(21) }),
      }));
      const ties = next(2) === 0 ? TIES_OF_LISTS : TIES_OF_NAMES;
      const found = allocateSeats({ seats, lists, seed, ties });
      const again = seatsAgain(seats, lists, ties, seed);
      if (textOf(found) !== textOf(again))
        throw new Error(`run ${run}: ${JSON.stringify({ seats, lists, ties, found, again })}`);
      if (found.draws.length > 0) drawn += 1;
      if (found.steps.some((step) => step.kind === 'average' && step.tied)) tied += 1;
      if (lists.some(({ candidates }, i) => candidates !== undefined && found.lists[i]?.seats === candidates))
        capped += 1;
      const sum = found.lists.reduce((all, one) => all + one.seats, 0);
      const vacant = found.steps.reduce((all, step) => all + (step.kind === 'vacant' ? step.seats : 0), 0);
      if (sum + vacant !== seats) throw new Error(`run ${run}: ${sum} + ${vacant} of ${seats} seats`);
      const expected = ties === TIES_OF_LISTS ? dHondt(seats, lists) : undefined;
      if (!expected) continue; // a draw decides who has the last seat
      compared += 1;
      const seatsOf = Object.fromEntries(found.lists.map((one) => [one.id, one.seats]));
      if (JSON.stringify(seatsOf) !== JSON.stringify(expected))
        throw new Error(`run ${run}: ${JSON.stringify({ seats, lists, seatsOf, expected })}`);
    }
    expect(compared).toBeGreaterThan(cases * 0.4);
    for (const number of [capped, tied, drawn]) expect(number).toBeGreaterThan(cases / 200);
  }, 1_200_000);

  it('are not drawn again by an auditor who has no seed', () => {
    const lists = ['A', 'B'].map((id) => ({ id, votes: 1 }));
    expect(seatsAgain(1, lists, TIES_OF_NAMES, undefined)).toBeUndefined();
    expect(seatsAgain(2, lists, TIES_OF_NAMES, undefined)?.lists.map(({ seats }) => seats)).toEqual([1, 1]);
  });

  it('are given by quotient first, then by highest average', () => {
    const { lists, steps } = allocateSeats({
      seats: 5,
      lists: [
        { id: 'A', votes: 500 },
        { id: 'B', votes: 300 },
        { id: 'C', votes: 200 },
      ],
    });
    expect(lists).toEqual([
      { id: 'A', seats: 3 },
      { id: 'B', seats: 1 },
      { id: 'C', seats: 1 },
    ]);
    expect(steps[0]).toEqual({
      kind: 'quotient',
      quotient: [1000, 5],
      given: [
        { list: 'A', seats: 2 },
        { list: 'B', seats: 1 },
        { list: 'C', seats: 1 },
      ],
    });
    expect(steps[1]).toEqual({
      kind: 'average',
      step: 5,
      list: 'A',
      by: 'average',
      averages: [
        { list: 'A', average: [500, 3] },
        { list: 'B', average: [300, 2] },
        { list: 'C', average: [200, 2] },
      ],
    });
  });

  it('of one list, of all blank votes, of no votes and of no lists', () => {
    expect(outcome({ seats: 7, lists: [{ id: 'A', votes: 1 }] }).seats).toEqual({ A: 7 });
    for (const lists of [
      [],
      [
        { id: 'A', votes: 0 },
        { id: 'B', votes: 0 },
      ],
    ]) {
      const { steps, lists: given } = allocateSeats({ seats: 3, lists });
      expect(given.every((one) => one.seats === 0)).toBe(true);
      expect(steps).toEqual([{ kind: 'vacant', seats: 3, reason: 'no-votes' }]);
    }
    expect(allocateSeats({ seats: 0, lists: [{ id: 'A', votes: 4 }] }).lists).toEqual([
      { id: 'A', seats: 0 },
    ]);
    expect(
      outcome({
        seats: 2,
        lists: [
          { id: 'A', votes: 4 },
          { id: 'B', votes: 0 },
        ],
      }).seats,
    ).toEqual({ A: 2, B: 0 });
  });

  it('are never more than the candidates of a list; the others have them, or they stay vacant', () => {
    const short = {
      seats: 6,
      lists: [
        { id: 'A', votes: 900, candidates: 2 },
        { id: 'B', votes: 100, candidates: 9 },
      ],
    };
    expect(outcome(short).seats).toEqual({ A: 2, B: 4 });
    const shorter = {
      seats: 6,
      lists: [
        { id: 'A', votes: 900, candidates: 2 },
        { id: 'B', votes: 100, candidates: 1 },
      ],
    };
    const { lists, steps } = allocateSeats(shorter);
    expect(lists.map(({ seats }) => seats)).toEqual([2, 1]);
    expect(steps[0]).toMatchObject({ quotient: [1000, 3] }); // seats that the election can fill
    expect(steps.at(-1)).toEqual({ kind: 'vacant', seats: 3, reason: 'no-candidates' });
  });

  describe('of lists with one average', () => {
    const tie = (a: Partial<SeatList>, b: Partial<SeatList>, change: Partial<Allocation> = {}) =>
      outcome({
        seats: 1,
        lists: [
          { id: 'A', votes: 6, ...a },
          { id: 'B', votes: 6, ...b },
        ],
        seed,
        ...change,
      });

    it('go to the list with most votes', () => {
      // 10 / 2 = 5 / 1, and the third seat is between them.
      const { seats, by } = outcome({
        seats: 2,
        lists: [
          { id: 'B', votes: 5 },
          { id: 'A', votes: 10 },
        ],
      });
      expect([seats, by]).toEqual([{ A: 2, B: 0 }, ['votes']]);
    });
    it('then to the list with most candidates', () => {
      expect(tie({ candidates: 3 }, { candidates: 4 })).toEqual({
        seats: { A: 0, B: 1 },
        by: ['candidates'],
      });
    });
    it('then to the list that the seed draws', () => {
      expect(tie({ candidates: 3 }, { candidates: 3 }).by).toEqual(['draw']);
      expect(tie({}, {}).by).toEqual(['draw']);
    });
    it('of a CCP, are drawn without a look at the candidates', () => {
      expect(tie({ candidates: 3 }, { candidates: 4 }, { ties: TIES_OF_NAMES }).by).toEqual(['draw']);
    });
    it('are drawn the same way for everybody, whatever the order of the lists, and another seed draws anew', () => {
      const lists = ['A', 'B', 'C'].map((id) => ({ id, votes: 6 }));
      const draw = (one: string, order = lists) => allocateSeats({ seats: 1, lists: order, seed: one }).draws;
      expect(draw(seed)).toEqual(draw(seed, [...lists].reverse()));
      const [first] = draw(seed);
      expect([first?.step, first?.among]).toEqual([1, ['A', 'B', 'C']]);
      const winners = new Set(Array.from({ length: 60 }, (_, n) => draw(String(n))[0]?.drawn));
      expect([...winners].sort()).toEqual(['A', 'B', 'C']);
    });
    it('are not drawn without a seed', () => {
      expect(() => tie({}, {}, { seed: undefined })).toThrow('seed: seat 1 is to be drawn among A, B');
    });
    it('are drawn once more for each seat that is left between them', () => {
      const lists = ['A', 'B', 'C'].map((id) => ({ id, votes: 6 }));
      const { lists: given, draws } = allocateSeats({ seats: 2, lists, seed });
      expect(given.map(({ seats }) => seats).sort()).toEqual([0, 1, 1]);
      expect(draws.map(({ among }) => among.length)).toEqual([3, 2]);
    });
  });

  it('are exact where floating point is not', () => {
    const big = 9_007_199_254_740_991 / 3; // averages that differ by less than a double tells
    const lists = [
      { id: 'A', votes: Math.floor(big) },
      { id: 'B', votes: Math.floor(big) - 1 },
    ];
    expect(outcome({ seats: 1, lists }).seats).toEqual({ A: 1, B: 0 });
    expect(outcome({ seats: 3, lists }).seats).toEqual({ A: 2, B: 1 });
  });

  it.each([
    ['seats', { seats: -1, lists: [] }],
    ['seats', { seats: 1.5, lists: [] }],
    ['lists[0].votes', { seats: 1, lists: [{ id: 'A', votes: -1 }] }],
    ['lists[0].candidates', { seats: 1, lists: [{ id: 'A', votes: 1, candidates: 0.5 }] }],
    ['lists[0].id', { seats: 1, lists: [{ id: '', votes: 1 }] }],
    [
      'lists: one id',
      {
        seats: 1,
        lists: [
          { id: 'A', votes: 1 },
          { id: 'A', votes: 1 },
        ],
      },
    ],
    [
      'lists: more votes',
      {
        seats: 1,
        lists: [
          { id: 'A', votes: 2 ** 53 - 1 },
          { id: 'B', votes: 2 },
        ],
      },
    ],
  ])('refuse what cannot be allocated: %s', (field, allocation) => {
    const allocate = () => allocateSeats(allocation);
    expect(allocate).toThrow(BadAllocation);
    expect(allocate).toThrow(field);
  });
});

describe('a joint list', () => {
  it('is shared by the key of its members, to the last vote', () => {
    const shares = shareOut(100, [
      { id: 'X', part: 2 },
      { id: 'Y', part: 1 },
    ]);
    expect(shares).toEqual([
      { id: 'X', votes: 67 },
      { id: 'Y', votes: 33 },
    ]);
    expect(
      shareOut(5, [
        { id: 'X', part: 1 },
        { id: 'Y', part: 1 },
      ]),
    ).toEqual([
      { id: 'X', votes: 3 },
      { id: 'Y', votes: 2 },
    ]);
    expect(shareOut(0, [{ id: 'X', part: 1 }])).toEqual([{ id: 'X', votes: 0 }]);
  });
  it('is shared alike by another computation', () => {
    const next = numbers(577);
    for (let run = 0; run < cases; run++) {
      const votes = next([10, 1000, 1_200_000][next(3)] ?? 1);
      const parts = Array.from({ length: 2 + next(9) }, () => next(101));
      if (!parts.some((part) => part > 0)) continue;
      const members = parts.map((part, i) => ({ id: `member ${i}`, part }));
      const again = sharesAgain(
        votes,
        members.map(({ id, part }) => ({ affiliation: id, percent: part })),
      );
      if (textOf(shareOut(votes, members)) !== textOf(again))
        throw new Error(`run ${run}: ${JSON.stringify({ votes, parts, again })}`);
    }
  });
  it('is shared equally without a key', () => {
    expect(shareOut(5, [{ id: 'X' }, { id: 'Y' }])).toEqual([
      { id: 'X', votes: 3 },
      { id: 'Y', votes: 2 },
    ]);
  });
  it('is refused with half a key', () => {
    expect(() => shareOut(5, [{ id: 'X', part: 1 }, { id: 'Y' }])).toThrow('part:');
    for (const part of [0, -1, 0.5]) expect(() => shareOut(5, [{ id: 'X', part }])).toThrow('part:');
  });
});
