/**
 * How fast ballots are made and checked, for every back-end, beside belenios-tool on the same ballots in the same run.
 * The clock of a machine varies: compare ratios. `npm run bench:crypto`; the last line is JSON.
 */
import { randomBytes } from 'node:crypto';
import { openPoll, type Poll } from '../src/crypto/election.js';
import { randomScalar } from '../src/crypto/group.js';
import type { Checks } from '../src/crypto/server-checks.js';
import { findTools, speaks, toolArchives, toolMilliseconds, type Tool } from './belenios-tool.js';
import {
  anyBallot,
  backEnds,
  checksOf,
  median,
  PLAIN,
  SIMD,
  sixListsAndBlank,
  STRAIGHTFORWARD,
} from './crypto-polls.js';
import { perSecond, type Rates } from './crypto-threads.js';

const ROUNDS = 5;

interface Figures extends Partial<Rates> {
  readonly group: string;
  readonly by: string;
  /** CPU milliseconds a ballot. */
  readonly encrypt?: number;
  readonly verify: number;
  /** Microseconds of one power of any element by any exponent. */
  readonly power?: number;
}

/** How many times as fast `ours` is as `theirs`, on one core: the median of rounds in which each has its turn. */
interface Ratio {
  readonly ours: string;
  readonly theirs: string;
  readonly times: number;
}

/** CPU milliseconds of one call of `work`, the median of several. */
function milliseconds(times: number, work: (i: number) => void): number {
  const taken = Array.from({ length: times }, (_, i) => {
    const before = process.cpuUsage();
    work(i);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return median(taken);
}

function mustHold(checks: Checks, poll: Poll, ballots: readonly string[]): void {
  if (checks(poll, ballots).some(({ valid }) => !valid)) throw new Error('a ballot of the bench is refused');
}

/** A way to check ballots, ready: its election read, its code compiled twice (Liftoff, then TurboFan). */
async function ready(backEnd: string, base: Poll, ballots: readonly string[]): Promise<() => number> {
  const group = await (backEnds[backEnd] as (typeof backEnds)[string])();
  const poll = openPoll(group, base.election);
  const checks = await checksOf(backEnd);
  for (let i = 0; i < 4; i++) mustHold(checks, poll, ballots);
  return () =>
    milliseconds(1, () => {
      mustHold(checks, poll, ballots);
    });
}

/** Each of ours beside each of theirs: milliseconds of all, in turn, round after round. */
function paired(
  rounds: number,
  ours: ReadonlyMap<string, () => number>,
  theirs: ReadonlyMap<string, () => number>,
): Ratio[] {
  const taken = Array.from({ length: rounds }, () => {
    const turn = [...theirs, ...ours].map(([name, work]) => [name, work()] as const);
    return new Map(turn);
  });
  const of = (round: ReadonlyMap<string, number>, name: string) => round.get(name) ?? NaN;
  return [...ours.keys()].flatMap((own) =>
    [...theirs.keys()].map((other) => {
      const times = median(taken.map((round) => of(round, other) / of(round, own)));
      return { ours: own, theirs: other, times };
    }),
  );
}

async function measure(backEnd: string, base: Poll, all: readonly string[]): Promise<Figures> {
  const group = await (backEnds[backEnd] as (typeof backEnds)[string])();
  const poll = openPoll(group, base.election);
  const ballots = all.slice(0, isSlow(backEnd) ? 8 : all.length);
  const checks = await checksOf(backEnd);
  for (let i = 0; i < 2; i++) mustHold(checks, poll, ballots);
  for (let i = 0; i < 3; i++) anyBallot(poll);
  const x = group.g.exp(randomScalar(group, randomBytes));
  const exponents = Array.from({ length: 40 }, () => randomScalar(group, randomBytes));
  return {
    group: group.name,
    by: backEnd,
    encrypt: milliseconds(ballots.length, () => anyBallot(poll)),
    verify:
      milliseconds(ROUNDS, () => {
        mustHold(checks, poll, ballots);
      }) / ballots.length,
    power:
      25 *
      milliseconds(ROUNDS, () => {
        for (const k of exponents) group.exp(x, k);
      }),
    ...(await perSecond(backEnd, poll, ballots)),
  };
}

function isSlow(backEnd: string): boolean {
  return backEnd === '@noble/curves' || backEnd === 'BigInt';
}

/** A tool on the same ballots, in turn with ours. */
function besideTool(
  tool: Tool,
  ours: ReadonlyMap<string, () => number>,
  poll: Poll,
  privateKey: bigint,
  ballots: readonly string[],
): { verify: number; ratios: Ratio[] } {
  const archives = toolArchives(poll, privateKey, ballots);
  const taken: number[] = [];
  const name = `belenios-tool ${tool.version}`;
  const theirs = () => {
    taken.push(toolMilliseconds(tool, archives));
    return (taken.at(-1) ?? NaN) * ballots.length;
  };
  const ratios = paired(ROUNDS, ours, new Map([[name, theirs]]));
  archives.remove();
  return { verify: median(taken), ratios };
}

const tools = findTools();
const figures: Figures[] = [];
const ratios: Ratio[] = [];
for (const { own, others, besides, count } of [
  {
    own: [SIMD, PLAIN],
    besides: ['sodium-native', STRAIGHTFORWARD],
    others: ['libsodium-wrappers-sumo', '@noble/curves'],
    count: 40,
  },
  { own: ['OpenSSL'], besides: [], others: ['BigInt'], count: 30 },
]) {
  const [fastest = ''] = own;
  const group = await (backEnds[fastest] as (typeof backEnds)[string])();
  const { poll, privateKey } = sixListsAndBlank(group);
  const ballots = Array.from({ length: count }, () => anyBallot(poll));
  const each = async (names: readonly string[]) =>
    new Map(await Promise.all(names.map(async (name) => [name, await ready(name, poll, ballots)] as const)));
  const ours = await each(own);
  ratios.push(...paired(3 * ROUNDS, ours, await each(besides)));
  for (const tool of tools.filter((one) => speaks(one, group.name))) {
    const beside = besideTool(tool, ours, poll, privateKey, ballots);
    figures.push({ group: group.name, by: `belenios-tool ${tool.version}`, verify: beside.verify });
    ratios.push(...beside.ratios);
  }
  for (const name of [...own, ...besides, ...others]) figures.push(await measure(name, poll, ballots));
}

const cell = (value: number | undefined, digits: number) =>
  value === undefined ? '' : value.toFixed(digits);
console.log('Six lists and the blank vote; medians; CPU time of one core, but for workers.');
if (tools.length === 0) console.log('belenios-tool is not on the PATH: nothing to compare with.');
console.table(
  figures.map((row) => ({
    group: row.group,
    by: row.by,
    'encrypt ms': cell(row.encrypt, 1),
    'verify ms': cell(row.verify, 1),
    'power µs': cell(row.power, 0),
    'ballots/s, 1 worker': cell(row.oneWorker, 0),
    '2 workers': cell(row.twoWorkers, 0),
    'times one': cell(row.timesOne, 2),
    'by processor': cell(row.timesOneByProcessor, 2),
  })),
);
console.log('In paired rounds, on one core:');
console.table(ratios.map(({ times, ...row }) => ({ ...row, 'times as fast': cell(times, 2) })));
console.log(JSON.stringify({ bench: 'crypto', tools: tools.map((tool) => tool.version), figures, ratios }));
