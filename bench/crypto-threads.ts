import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Poll } from '../src/crypto/election.js';
import { median } from './crypto-polls.js';

const ROUNDS = 5;

/** Ballots a second, by the wall clock. */
export interface Rates {
  readonly oneWorker: number;
  readonly twoWorkers: number;
  /** How many times as many two check as one, in paired rounds. */
  readonly timesOne: number;
}

/** How many ballots one thread checks, and two at once, in turn. */
export async function perSecond(backEnd: string, poll: Poll, ballots: readonly string[]): Promise<Rates> {
  const data = { backEnd, election: poll.election.raw, ballots };
  const url = new URL('./crypto-worker.js', import.meta.url);
  const workers = [new Worker(url, { workerData: data }), new Worker(url, { workerData: data })];
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const rate = async (some: readonly Worker[]) => {
    const start = performance.now();
    await Promise.all(
      some.map((worker) => {
        const done = once(worker, 'message');
        worker.postMessage('go');
        return done;
      }),
    );
    return (1000 * some.length * ballots.length) / (performance.now() - start);
  };
  const rounds: { one: number; two: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ one: await rate(workers.slice(0, 1)), two: await rate(workers) });
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return {
    oneWorker: median(rounds.map(({ one }) => one)),
    twoWorkers: median(rounds.map(({ two }) => two)),
    timesOne: median(rounds.map(({ one, two }) => two / one)),
  };
}
