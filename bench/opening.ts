/**
 * The opening of a vote: arrivals that nobody holds back rise twentyfold in a minute, stay, and then come all at once. How
 * long electors wait, from when they press the button to the acknowledgement, told to wait or not; whether an acknowledged
 * vote is missing; and whether a scrutin that is suspended in between touches the others. `npm run bench:opening`; PEAK (votes
 * a second), RAMP, HOLD (seconds), RUSH (electors in one second), VERIFIER and WORKERS change it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ballotReference } from '../src/crypto/ballot.js';
import { decode, encode, isOf } from '../src/events/codec.js';
import type { VerifierName } from '../src/crypto/server-checks.js';
import { sealElection, type TestScrutin } from '../test/support/sealed-election.js';
import { quantile } from './portal.js';
import { RawClient } from './vote-client.js';
import { VoteGround } from './vote-ground.js';

const PEAK = Number(process.env['PEAK'] ?? 150);
const RAMP = Number(process.env['RAMP'] ?? 60);
const HOLD = Number(process.env['HOLD'] ?? 40);
const RUSH = Number(process.env['RUSH'] ?? 1_000);
const setting = {
  verifier: (process.env['VERIFIER'] ?? 'kernel') as VerifierName,
  workers: Number(process.env['WORKERS'] ?? 2),
};
/** One vote in so many is of the scrutin that is suspended. */
const OTHERS = 5;
const RISE = 20;

type Phase = 'ramp' | 'hold' | 'beside a suspension' | 'rush';

interface Arrival {
  readonly phase: Phase;
  /** Seconds after the beginning. */
  readonly at: number;
}

interface Outcome extends Arrival {
  readonly scrutinId: string;
  readonly status: number;
  /** Milliseconds from the arrival on. */
  readonly took: number;
  readonly again: number;
  readonly reference: string;
}

/** A vote that is ready to leave. */
interface Prepared {
  readonly bytes: Buffer;
  readonly scrutin: TestScrutin;
  readonly reference: string;
}

const here = await VoteGround.open();
try {
  const arrivals = plan();
  const election = await sealElection(here.ground, { scrutins: 2, lists: 6, electors: arrivals.length });
  const [first, second] = election.scrutins as [TestScrutin, TestScrutin];
  await here.settle(setting);
  const server = await here.serve(setting);
  let outcomes: Outcome[];
  try {
    const requests: Prepared[] = [];
    for (const [i, elector] of election.electors.entries()) {
      const scrutin = i % OTHERS === 0 ? second : first;
      const { text } = election.ballotFor(elector, scrutin, 'blank');
      const bytes = await here.vote(server.url, election, elector.electorId, scrutin.scrutinId, text);
      requests.push({ bytes, scrutin, reference: ballotReference(election.group, text) });
    }
    const began = performance.now();
    const suspended = sleep((RAMP + HOLD / 2) * 1_000).then(() => suspend(second, election.electors.length));
    outcomes = await Promise.all(
      arrivals.map(async (arrival, i) => {
        const { bytes, scrutin, reference } = requests[i] as Prepared;
        const due = began + arrival.at * 1_000;
        await sleep(Math.max(0, due - performance.now()));
        const { status, again } = await castOne(server.url, bytes);
        const took = performance.now() - due;
        return { ...arrival, scrutinId: scrutin.scrutinId, status, took, again, reference };
      }),
    );
    await suspended;
  } finally {
    await server.stop();
  }
  const phases = (['ramp', 'hold', 'beside a suspension', 'rush'] as const).map((phase) =>
    figuresOf(phase, outcomes, first.scrutinId),
  );
  const lost = await missing(
    [first, second],
    outcomes.filter(({ status }) => status === 200),
  );
  process.stdout.write(
    'phase                votes   p50 ms   p95 ms   p99 ms   max ms   told to wait   refused\n',
  );
  for (const { phase, votes, p50, p95, p99, max, again, refused } of phases)
    process.stdout.write(
      `${phase.padEnd(19)}${String(votes).padStart(7)}${[p50, p95, p99, max]
        .map((ms) => ms.toFixed(0).padStart(9))
        .join('')}${String(again).padStart(15)}${String(refused).padStart(10)}\n`,
    );
  process.stdout.write(`acknowledged votes that are in no box: ${lost}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'opening', peak: PEAK, ...setting, phases, lost })}\n`);
} finally {
  await here.close();
}

/** When each elector comes: a rate that rises in a straight line, one that stays, and one second in which all come. */
function plan(): Arrival[] {
  const found: Arrival[] = [];
  const least = PEAK / RISE;
  let expected = 0;
  for (let ms = 0; ms < (RAMP + HOLD) * 1_000; ms++) {
    const at = ms / 1_000;
    expected += (at < RAMP ? least + ((PEAK - least) * at) / RAMP : PEAK) / 1_000;
    const phase = at < RAMP ? 'ramp' : at < RAMP + HOLD / 2 ? 'hold' : 'beside a suspension';
    while (found.length < expected) found.push({ phase, at });
  }
  for (let i = 0; i < RUSH; i++) found.push({ phase: 'rush', at: RAMP + HOLD + 5 + i / RUSH });
  return found;
}

/** One elector on a connection of their own, who asks again when told to wait. */
async function castOne(url: string, bytes: Buffer): Promise<{ status: number; again: number }> {
  for (let again = 0; ; again++) {
    const connection = await RawClient.open(url);
    const { status, retryAfter } = await connection.send(bytes);
    connection.close();
    if (status !== 429) return { status, again };
    await sleep(Math.max(1, retryAfter) * 1_000);
  }
}

/** As two of the board do it. Whoever votes in it then is refused, with 409. */
async function suspend({ scrutinId, sealed }: TestScrutin, tries: number): Promise<void> {
  const staffIds = [randomUUID(), randomUUID()];
  const data = { scrutinId, reason: sealed.electionFile, staffIds, at: new Date().toISOString() };
  const event = { id: randomUUID(), ...encode({ type: 'BoxSuspended', data }) };
  for (let left = tries; left > 0; left--) {
    let head = -1;
    for await (const { revision } of here.store.readStream(`box-${scrutinId}`, {
      direction: 'backwards',
      limit: 1,
    }))
      head = revision;
    try {
      await here.store.append(`box-${scrutinId}`, head, [event]);
      return;
    } catch {
      // a batch of votes came in between
    }
  }
}

/** What electors of the first scrutin waited; of the other, how many were refused. */
function figuresOf(phase: Phase, outcomes: readonly Outcome[], scrutinId: string) {
  const all = outcomes.filter((one) => one.phase === phase);
  const times = all
    .filter((one) => one.scrutinId === scrutinId && one.status === 200)
    .map(({ took }) => took);
  return {
    ...{ phase, votes: times.length, p50: quantile(times, 0.5), p95: quantile(times, 0.95) },
    ...{ p99: quantile(times, 0.99), max: Math.max(...times) },
    again: all.reduce((sum, one) => sum + one.again, 0),
    refused: all.filter(({ status }) => status !== 200).length,
  };
}

/** How many acknowledged votes no box of the ledger has. */
async function missing(scrutins: readonly TestScrutin[], told: readonly Outcome[]): Promise<number> {
  const kept = new Set<string>();
  for (const { scrutinId, poll } of scrutins)
    for await (const { type, data } of here.store.readStream(`box-${scrutinId}`)) {
      const event = decode(type, data);
      if (isOf(event, 'box') && event.type === 'VotesCast')
        for (const text of event.data.ballots) kept.add(`${scrutinId} ${ballotReference(poll.group, text)}`);
    }
  return told.filter(({ scrutinId, reference }) => !kept.has(`${scrutinId} ${reference}`)).length;
}
