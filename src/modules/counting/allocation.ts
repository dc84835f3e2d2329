import { createHash } from 'node:crypto';

/** A list with its votes, and how many candidates it has where that limits it. */
export interface ListVotes {
  readonly id: string;
  readonly votes: number;
  readonly candidates?: number;
}
export interface Allocation {
  readonly lists: readonly { id: string; seats: number }[];
  readonly steps: readonly { step: number; list: string; by: 'quotient' | 'average' | 'draw' }[];
  readonly draws: readonly { step: number; among: string[]; drawn: string }[];
}

/** Seats by the quotient, then to the highest average (requirements B.4), in integers. */
export function allocateSeats(given: {
  readonly seats: number;
  readonly lists: readonly ListVotes[];
  readonly seed: string;
}): Allocation {
  const expressed = given.lists.reduce((sum, { votes }) => sum + votes, 0);
  const capacity = (list: ListVotes) => list.candidates ?? given.seats;
  const open = given.lists.filter(({ votes }) => votes > 0);
  const seats = Math.min(
    given.seats,
    open.reduce((sum, list) => sum + capacity(list), 0),
  );
  const won = new Map(given.lists.map(({ id }) => [id, 0]));
  const steps: Allocation['steps'][number][] = [];
  const draws: Allocation['draws'][number][] = [];
  const give = (list: string, by: 'quotient' | 'average' | 'draw') => {
    won.set(list, (won.get(list) ?? 0) + 1);
    steps.push({ step: steps.length + 1, list, by });
  };
  for (const list of open) {
    const whole = Number((BigInt(list.votes) * BigInt(seats)) / BigInt(expressed));
    for (let n = 0; n < Math.min(whole, capacity(list)); n++) give(list.id, 'quotient');
  }
  while (steps.length < seats) {
    const free = open.filter((list) => (won.get(list.id) ?? 0) < capacity(list));
    const among = best(free, (a, b) => {
      const [x, y] = [BigInt((won.get(a.id) ?? 0) + 1), BigInt((won.get(b.id) ?? 0) + 1)];
      const byAverage = BigInt(a.votes) * y - BigInt(b.votes) * x;
      if (byAverage !== 0n) return byAverage > 0n ? 1 : -1;
      return a.votes - b.votes || capacity(a) - capacity(b);
    }).map(({ id }) => id);
    const step = steps.length + 1;
    if (among.length > 1) draws.push({ step, among, drawn: drawn(given.seed, step, among) });
    give(
      draws.at(-1)?.step === step ? drawn(given.seed, step, among) : (among[0] as string),
      among.length > 1 ? 'draw' : 'average',
    );
  }
  return { lists: [...won].map(([id, n]) => ({ id, seats: n })), steps, draws };
}

function best(lists: readonly ListVotes[], compare: (a: ListVotes, b: ListVotes) => number): ListVotes[] {
  return lists.filter((one) => lists.every((other) => compare(one, other) >= 0));
}

/** Which of them: the one whose hash with the seed is the lowest. */
function drawn(seed: string, step: number, among: readonly string[]): string {
  const rank = (id: string) =>
    createHash('sha256').update(`isoloir/draw/v1\n${seed}\n${step}\n${id}`).digest('hex');
  return [...among].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0] as string;
}
