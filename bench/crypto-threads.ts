import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Poll } from '../src/crypto/election.js';
import { median } from './crypto-polls.js';

const ROUNDS = 5;

export interface Rates {
  /** Ballots a second, by the wall clock: less where others use the machine. */
  readonly oneWorker: number;
  readonly twoWorkers: number;
  /** How many times as many two check as one, in paired rounds. */
  readonly timesOne: number;
  /** The same by the processor time of a ballot: what two threads would do with a core each, however busy the machine is. */
  readonly timesOneByProcessor: number;
}

/** How many ballots one thread checks, and two at once, in turn. */
export async function perSecond(backEnd: string, poll: Poll, ballots: readonly string[]): Promise<Rates> {
  const data = { backEnd, election: poll.election.raw, ballots };
  const url = new URL('./crypto-worker.js', import.meta.url);
  const workers = [new Worker(url, { workerData: data }), new Worker(url, { workerData: data })];
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const turn = async (some: readonly Worker[]) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await Promise.all(
      some.map((worker) => {
        const done = once(worker, 'message');
        worker.postMessage('go');
        return done;
      }),
    );
    const { user, system } = process.cpuUsage(before);
    const checked = some.length * ballots.length;
    return { rate: (1000 * checked) / (performance.now() - start), cpu: (user + system) / checked };
  };
  const rounds: { one: Awaited<ReturnType<typeof turn>>; two: Awaited<ReturnType<typeof turn>> }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ one: await turn(workers.slice(0, 1)), two: await turn(workers) });
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return {
    oneWorker: median(rounds.map(({ one }) => one.rate)),
    twoWorkers: median(rounds.map(({ two }) => two.rate)),
    timesOne: median(rounds.map(({ one, two }) => two.rate / one.rate)),
    timesOneByProcessor: median(rounds.map(({ one, two }) => (2 * one.cpu) / two.cpu)),
  };
}
