/**
 * Seats of a list election: quotient, then highest average. docs/protocol.md, rules S1 to S3. Exact
 * integers only: a quotient V / (SE / S) is compared and rounded as V·S and SE, an average V / (s + 1) crosswise.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** A list, or a joint list with the keys by which its members share it (`shareOut`). */
export interface SeatList {
  readonly id: string;
  /** Votes expressed for it. Blank and void votes are not among them. */
  readonly votes: number;
  /** Its candidates: it gets no more seats than that. Without it, it may get them all (« sur sigle »). */
  readonly candidates?: number | undefined;
}

/** What decides between lists of one average, in this order; what is left is drawn. */
export type TieRule = 'votes' | 'candidates';

/** CAP and CSA: most votes, then most candidates. */
export const TIES_OF_LISTS: readonly TieRule[] = ['votes', 'candidates'];
/** CCP, which may be voted on by name of the organisation: most votes. */
export const TIES_OF_NAMES: readonly TieRule[] = ['votes'];

/** What is to be allocated. */
export interface Allocation {
  readonly seats: number;
  readonly lists: readonly SeatList[];
  /** What a draw is made from, public and not known before the count: in hex (`seatSeed`). */
  readonly seed?: string | undefined;
  readonly ties?: readonly TieRule[] | undefined;
}

/** One step, as the minutes tell it. `step` counts seats from 1; a quotient step gives several at once. */
export type SeatStep =
  | {
      readonly kind: 'quotient';
      /** SE / S as a fraction: votes expressed, seats. */
      readonly quotient: readonly [votes: number, seats: number];
      readonly given: readonly { readonly list: string; readonly seats: number }[];
    }
  | {
      readonly kind: 'average';
      readonly step: number;
      /** The seat that is given, and by what it was won. */
      readonly list: string;
      readonly by: 'average' | TieRule | 'draw';
      /** Every list that may still have a seat, with its average as a fraction: votes, seats + 1. */
      readonly averages: readonly { readonly list: string; readonly average: readonly [number, number] }[];
      /** Lists of the same highest average, when there are several. */
      readonly tied?: readonly string[];
    }
  | { readonly kind: 'vacant'; readonly seats: number; readonly reason: 'no-votes' | 'no-candidates' };

/** A seat that was drawn by lot. */
export interface SeatDraw {
  readonly step: number;
  readonly among: readonly string[];
  readonly drawn: string;
}

export interface Seats {
  /** In the order in which the lists were given. */
  readonly lists: readonly { readonly id: string; readonly seats: number }[];
  readonly steps: readonly SeatStep[];
  readonly draws: readonly SeatDraw[];
}

/** What was given cannot be allocated; the message names the field. */
export class BadAllocation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadAllocation';
  }
}

/** Allocates seats. Throws `BadAllocation`, also when a draw is needed and there is no seed. */
export function allocateSeats(allocation: Allocation): Seats {
  check(allocation);
  const { seats, lists } = allocation;
  const given = new Map(lists.map(({ id }) => [id, 0]));
  const steps: SeatStep[] = [];
  const draws: SeatDraw[] = [];
  const votes = lists.reduce((sum, list) => sum + BigInt(list.votes), 0n);
  if (votes === 0n) {
    if (seats > 0) steps.push({ kind: 'vacant', seats, reason: 'no-votes' });
    return { lists: result(lists, given), steps, draws };
  }
  if (seats > 0) steps.push(byQuotient(allocation, votes, given));
  for (let step = total(given) + 1; step <= seats; step++) {
    const open = lists.filter((list) => list.votes > 0 && seatsOf(given, list) < room(list));
    if (open.length === 0) {
      steps.push({ kind: 'vacant', seats: seats - step + 1, reason: 'no-candidates' });
      break;
    }
    const won = byAverage(allocation, open, given, step);
    steps.push(won.step);
    if (won.draw) draws.push(won.draw);
    given.set(won.step.list, (given.get(won.step.list) ?? 0) + 1);
  }
  return { lists: result(lists, given), steps, draws };
}

/**
 * Whole quotients: floor(V · S / SE), and never more than there are candidates. S is the number of seats that the election
 * can fill: fewer than announced where all lists together are too short (CE, 16 June 1999).
 */
function byQuotient({ seats, lists }: Allocation, votes: bigint, given: Map<string, number>): SeatStep {
  const places = lists.reduce((sum, list) => sum + (list.votes > 0 ? Math.min(room(list), seats) : 0), 0);
  const filled = Math.min(seats, places);
  for (const list of lists) {
    const whole = Number((BigInt(list.votes) * BigInt(filled)) / votes);
    given.set(list.id, Math.min(whole, room(list)));
  }
  return {
    kind: 'quotient',
    quotient: [Number(votes), filled],
    given: result(lists, given).map(({ id, seats: count }) => ({ list: id, seats: count })),
  };
}

/** One seat to the highest average V / (s + 1); ties by the rules in their order, then by lot. */
function byAverage(
  { ties = TIES_OF_LISTS, seed }: Allocation,
  open: readonly SeatList[],
  given: ReadonlyMap<string, number>,
  step: number,
): { step: Extract<SeatStep, { kind: 'average' }>; draw?: SeatDraw } {
  const next = (list: SeatList) => BigInt(seatsOf(given, list) + 1);
  const higher = (a: SeatList, b: SeatList) => BigInt(a.votes) * next(b) - BigInt(b.votes) * next(a);
  let best: SeatList[] = [];
  for (const list of open) {
    const lead = best[0] ? higher(list, best[0]) : 1n;
    if (lead > 0n) best = [list];
    else if (lead === 0n) best.push(list);
  }
  const averages = open.map((list) => ({
    list: list.id,
    average: [list.votes, Number(next(list))] as const,
  }));
  const tied = best.map(({ id }) => id);
  let by: 'average' | TieRule | 'draw' = 'average';
  for (const rule of ties) {
    if (best.length === 1) break;
    by = rule;
    const most = Math.max(...best.map((list) => measure(list, rule)));
    best = best.filter((list) => measure(list, rule) === most);
  }
  const among = best.map(({ id }) => id);
  const list = among.length === 1 ? (among[0] as string) : drawn(seed, step, among);
  if (among.length > 1) by = 'draw';
  return {
    step: { kind: 'average', step, list, by, averages, ...(tied.length > 1 && { tied }) },
    ...(among.length > 1 && { draw: { step, among: [...among].sort(), drawn: list } }),
  };
}

function measure({ votes, candidates }: SeatList, rule: TieRule): number {
  return rule === 'votes' ? votes : (candidates ?? 0);
}

/** The lot of a list for a seat, in hex: the least one wins it (docs/protocol.md, S2). */
export function seatLot(seed: string, step: number, id: string): string {
  return hexOf(`isoloir/seat-draw/v1\n${seed}\n${step}\n${id}`);
}

/** The list that the seed draws. Anybody can draw again, and the order in which lists are given does not matter. */
function drawn(seed: string | undefined, step: number, among: readonly string[]): string {
  if (seed === undefined)
    throw new BadAllocation(
      `seed: seat ${step} is to be drawn among ${among.join(', ')}, and there is no seed`,
    );
  const lots = among.map((id) => ({ id, lot: seatLot(seed, step, id) }));
  return lots.reduce((least, one) => (one.lot < least.lot ? one : least)).id;
}

/** A member of a joint list, and its part as its members declared it. */
export interface Share {
  readonly id: string;
  /** Without any, all have the same. */
  readonly part?: number | undefined;
}

/**
 * The votes of a joint list for each organisation that made it, by the declared key, or equally: largest remainders, so that
 * they are whole and their sum is that of the list. Equal remainders: in the order in which the members are named.
 */
export function shareOut(
  votes: number,
  members: readonly Share[],
): readonly { readonly id: string; readonly votes: number }[] {
  const equal = members.every(({ part }) => part === undefined);
  const keys = members.map(({ part = equal ? 1 : -1 }) => part);
  if (keys.some((key) => !Number.isSafeInteger(key) || key < 0) || !keys.some((key) => key > 0))
    throw new BadAllocation(
      'part: expected a whole number for each member, one at least above zero, or for none',
    );
  const parts = keys.reduce((sum, key) => sum + BigInt(key), 0n);
  const shares = members.map(({ id }, index) => {
    const scaled = BigInt(votes) * BigInt(keys[index] ?? 0);
    return { id, index, whole: Number(scaled / parts), rest: scaled % parts };
  });
  const missing = votes - shares.reduce((sum, { whole }) => sum + whole, 0);
  const first = [...shares].sort((a, b) =>
    a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1,
  );
  const more = new Set(first.slice(0, missing).map(({ index }) => index));
  return shares.map(({ id, index, whole }) => ({ id, votes: whole + (more.has(index) ? 1 : 0) }));
}

function check({ seats, lists }: Allocation): void {
  if (!Number.isSafeInteger(seats) || seats < 0 || seats > 10_000)
    throw new BadAllocation('seats: expected a whole number from 0 to 10000');
  for (const [index, { id, votes, candidates }] of lists.entries()) {
    if (id === '') throw new BadAllocation(`lists[${index}].id: expected a text`);
    if (!Number.isSafeInteger(votes) || votes < 0)
      throw new BadAllocation(`lists[${index}].votes: expected a whole number from 0`);
    if (candidates !== undefined && (!Number.isSafeInteger(candidates) || candidates < 0))
      throw new BadAllocation(`lists[${index}].candidates: expected a whole number from 0`);
  }
  if (!Number.isSafeInteger(lists.reduce((sum, { votes }) => sum + votes, 0)))
    throw new BadAllocation('lists: more votes than can be counted exactly');
  if (new Set(lists.map(({ id }) => id)).size !== lists.length)
    throw new BadAllocation('lists: one id is there twice');
}

function room({ candidates }: SeatList): number {
  return candidates ?? Number.MAX_SAFE_INTEGER;
}

function seatsOf(given: ReadonlyMap<string, number>, { id }: SeatList): number {
  return given.get(id) ?? 0;
}

function total(given: ReadonlyMap<string, number>): number {
  return [...given.values()].reduce((sum, seats) => sum + seats, 0);
}

function result(lists: readonly SeatList[], given: ReadonlyMap<string, number>) {
  return lists.map((list) => ({ id: list.id, seats: seatsOf(given, list) }));
}

function hexOf(text: string): string {
  return Array.from(sha256(new TextEncoder().encode(text)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
