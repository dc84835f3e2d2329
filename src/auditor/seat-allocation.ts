/**
 * The seats of a scrutin computed a second time, in another way than src/crypto/seats.ts (docs/protocol.md, S1 to S3): fractions
 * in lowest terms, and lists in order of rank. A mistake of the proclamation would have to be made here too, and alike.
 */
import { seatLot, type SeatDraw, type Seats, type SeatStep, type TieRule } from '../crypto/seats.js';

/** A list as it stands for seats; without `candidates` it may get them all. */
export interface Standing {
  readonly id: string;
  readonly votes: number;
  readonly candidates?: number | undefined;
}

interface Entrant extends Standing {
  readonly most: number;
  won: number;
}

/** Seats, steps and draws; undefined where a draw is due and there is no seed to draw from. */
export function seatsAgain(
  places: number,
  lists: readonly Standing[],
  ties: readonly TieRule[],
  seed: string | undefined,
): Seats | undefined {
  const all = lists.map((list): Entrant => ({ ...list, most: list.candidates ?? Infinity, won: 0 }));
  const entrants = all.filter(({ votes }) => votes > 0);
  const steps: SeatStep[] = [];
  const draws: SeatDraw[] = [];
  const outcome = () => ({ lists: all.map(({ id, won }) => ({ id, seats: won })), steps, draws });
  if (places === 0) return outcome();
  if (entrants.length === 0) {
    steps.push({ kind: 'vacant', seats: places, reason: 'no-votes' });
    return outcome();
  }
  const expressed = entrants.reduce((sum, { votes }) => sum + votes, 0);
  const filled = Math.min(
    places,
    entrants.reduce((sum, { most }) => sum + most, 0),
  );
  for (const one of entrants) {
    const due = fraction(BigInt(one.votes) * BigInt(filled), BigInt(expressed)); // in quotients
    one.won = Math.min(Number(due.top / due.bottom), one.most);
  }
  const given = all.map(({ id, won }) => ({ list: id, seats: won }));
  steps.push({ kind: 'quotient', quotient: [expressed, filled], given });
  let left = places - entrants.reduce((sum, { won }) => sum + won, 0);
  for (; left > 0; left -= 1) {
    const open = entrants.filter(({ won, most }) => won < most);
    if (open.length === 0) {
      steps.push({ kind: 'vacant', seats: left, reason: 'no-candidates' });
      break;
    }
    const one = nextSeat(open, ties, seed, places - left + 1);
    if (!one) return undefined;
    steps.push(one.step);
    if (one.draw) draws.push(one.draw);
    one.winner.won += 1;
  }
  return outcome();
}

/** Whom the next seat goes to: each rule orders those whom the rules before leave equal. */
function nextSeat(
  open: readonly Entrant[],
  ties: readonly TieRule[],
  seed: string | undefined,
  step: number,
) {
  const averageOf = ({ votes, won }: Entrant) => fraction(BigInt(votes), BigInt(won + 1));
  const averages = open.map(({ id, votes, won }) => ({ list: id, average: [votes, won + 1] as const }));
  const rank = open
    .map((one) => ({ one, average: averageOf(one) }))
    .sort((a, b) => compare(b.average, a.average));
  const top = rank[0]?.average;
  const equal = rank.filter(({ average }) => top && compare(average, top) === 0).map(({ one }) => one);
  let best = equal;
  let by: Extract<SeatStep, { kind: 'average' }>['by'] = 'average';
  for (const rule of best.length > 1 ? ties : []) {
    const ordered = best.toSorted((a, b) => (b[rule] ?? 0) - (a[rule] ?? 0));
    best = best.filter((one) => (one[rule] ?? 0) === (ordered[0]?.[rule] ?? 0));
    by = rule;
    if (best.length === 1) break;
  }
  const among = best.map(({ id }) => id).sort();
  if (best.length > 1) {
    if (seed === undefined) return undefined;
    best = best.toSorted((a, b) => (seatLot(seed, step, a.id) < seatLot(seed, step, b.id) ? -1 : 1));
    by = 'draw';
  }
  const winner = best[0] as Entrant;
  const tied = equal.length > 1 ? { tied: equal.map(({ id }) => id) } : {};
  const told: SeatStep = { kind: 'average', step, list: winner.id, by, averages, ...tied };
  return { winner, step: told, draw: by === 'draw' ? { step, among, drawn: winner.id } : undefined };
}

/**
 * The votes of a joint list for each of its members (S3): what is left after the whole parts goes, vote by vote, to the member
 * with the largest remainder who has none of it yet, the first named where several have it.
 */
export function sharesAgain(
  votes: number,
  members: readonly { readonly affiliation: string; readonly percent: number }[],
): { id: string; votes: number }[] {
  const whole = BigInt(members.reduce((sum, { percent }) => sum + percent, 0));
  const parts = members.map(({ affiliation, percent }) => {
    const due = fraction(BigInt(votes) * BigInt(percent), whole);
    const full = due.top / due.bottom;
    const share = { id: affiliation, votes: Number(full) };
    return { share, rest: fraction(due.top - full * due.bottom, due.bottom) };
  });
  let left = votes - parts.reduce((sum, { share }) => sum + share.votes, 0);
  for (const { share } of parts.toSorted((a, b) => compare(b.rest, a.rest))) {
    if (left === 0) break;
    share.votes += 1;
    left -= 1;
  }
  return parts.map(({ share }) => share);
}

interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** In lowest terms. */
function fraction(top: bigint, bottom: bigint): Fraction {
  let [a, b] = [top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return { top: top / a, bottom: bottom / a };
}

function compare(a: Fraction, b: Fraction): number {
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference < 0n ? -1 : Number(difference > 0n);
}
