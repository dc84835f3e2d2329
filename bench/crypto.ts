/**
 * How fast ballots are made and checked, for every back-end, beside belenios-tool on the same ballots in the same run.
 * The clock of a machine varies: compare ratios. `npm run bench:crypto`; the last line is JSON.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { openPoll, type Poll } from '../src/crypto/election.js';
import { randomScalar } from '../src/crypto/group.js';
import type { Checks } from '../src/crypto/server-checks.js';
import { findTools, speaks, toolArchives, toolMilliseconds, type Tool } from './belenios-tool.js';
import { anyBallot, backEnds, checksOf, median, sixListsAndBlank } from './crypto-polls.js';

const ROUNDS = 5;

interface Figures {
  readonly group: string;
  readonly by: string;
  /** CPU milliseconds a ballot. */
  readonly encrypt?: number;
  readonly verify: number;
  /** Microseconds of one power of any element by any exponent. */
  readonly power?: number;
  /** Ballots a second, by the wall clock. */
  readonly oneWorker?: number;
  readonly twoWorkers?: number;
  /** How many times as fast our fastest back-end is as this tool, on one core, in paired rounds. */
  readonly oursAgainst?: number;
  /** How many times as fast the kernel is as sodium-native, on one core, in paired rounds. */
  readonly kernelAgainst?: number;
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

/** How many times as fast the kernel is as sodium-native on the same ballots, in turn. */
async function besideSodium(poll: Poll, ballots: readonly string[]): Promise<number> {
  const [kernel, sodium] = [await checksOf('kernel'), await checksOf('sodium-native')];
  for (let i = 0; i < 3; i++) mustHold(kernel, poll, ballots); // compiled twice: Liftoff, then TurboFan
  const ratios: number[] = [];
  for (let round = 0; round < 3 * ROUNDS; round++) {
    const theirs = milliseconds(1, () => {
      mustHold(sodium, poll, ballots);
    });
    const ours = milliseconds(1, () => {
      mustHold(kernel, poll, ballots);
    });
    ratios.push(theirs / ours);
  }
  return median(ratios);
}

async function perSecond(backEnd: string, threads: number, poll: Poll, ballots: string[]): Promise<number> {
  const data = { backEnd, election: poll.election.raw, ballots };
  const workers = Array.from({ length: threads }, () => {
    return new Worker(new URL('./crypto-worker.js', import.meta.url), { workerData: data });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await Promise.all(
      workers.map((worker) => {
        const done = once(worker, 'message');
        worker.postMessage('go');
        return done;
      }),
    );
    rates.push((1000 * threads * ballots.length) / (performance.now() - start));
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return median(rates);
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
    oneWorker: await perSecond(backEnd, 1, poll, ballots),
    twoWorkers: await perSecond(backEnd, 2, poll, ballots),
  };
}

function isSlow(backEnd: string): boolean {
  return backEnd === '@noble/curves' || backEnd === 'BigInt';
}

/** A tool on the same ballots, in turn with ours. */
function besideTool(
  tool: Tool,
  checks: Checks,
  poll: Poll,
  privateKey: bigint,
  ballots: readonly string[],
): { tool: number; ratio: number } {
  const archives = toolArchives(poll, privateKey, ballots);
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = toolMilliseconds(tool, archives);
    const ours = milliseconds(1, () => {
      mustHold(checks, poll, ballots);
    });
    theirs.push(one);
    ratios.push((one * ballots.length) / ours);
  }
  archives.remove();
  return { tool: median(theirs), ratio: median(ratios) };
}

const tools = findTools();
const figures: Figures[] = [];
for (const [fastest, others, count] of [
  ['kernel', ['sodium-native', 'libsodium-wrappers-sumo', '@noble/curves'], 40],
  ['OpenSSL', ['BigInt'], 30],
] as const) {
  const group = await (backEnds[fastest] as (typeof backEnds)[string])();
  const { poll, privateKey } = sixListsAndBlank(group);
  const ballots = Array.from({ length: count }, () => anyBallot(poll));
  const own = await measure(fastest, poll, ballots);
  const kernelAgainst = fastest === 'kernel' && (await besideSodium(poll, ballots));
  figures.push({ ...own, ...(kernelAgainst && { kernelAgainst }) });
  for (const tool of tools.filter((one) => speaks(one, group.name))) {
    const { tool: verify, ratio } = besideTool(tool, await checksOf(fastest), poll, privateKey, ballots);
    figures.push({ group: group.name, by: `belenios-tool ${tool.version}`, verify, oursAgainst: ratio });
  }
  for (const other of others) figures.push(await measure(other, poll, ballots));
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
    'ours is times as fast': cell(row.oursAgainst, 2),
    'kernel by sodium-native': cell(row.kernelAgainst, 2),
  })),
);
console.log(JSON.stringify({ bench: 'crypto', tools: tools.map((tool) => tool.version), figures }));
