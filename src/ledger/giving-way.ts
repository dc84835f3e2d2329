import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

const STRETCH = 5; // milliseconds of work before a rest
const REST = 3; // times as long
const LONGEST = 50; // milliseconds of rest while somebody waits for the answer

/**
 * For long work beside requests: takes a quarter of its thread at most, in short stretches, so that nobody waits for it, and
 * less where requests keep the thread busy. Waiting for an answer of the database is no work.
 */
export class GivingWay {
  private began = performance.eventLoopUtilization();

  /** To be called between two steps; rests when it is time, at most so many milliseconds. An aborted signal ends the rest. */
  async rest(signal?: AbortSignal, longest = Infinity): Promise<void> {
    const { active } = performance.eventLoopUtilization(this.began);
    if (active < STRETCH) return;
    await sleep(Math.min(REST * active, longest), undefined, { signal }).catch(() => undefined);
    this.began = performance.eventLoopUtilization();
  }
}

/** For work that must not lag, and may come in large pages: lets requests have their turn between two stretches. */
export class TakingTurns {
  private began = performance.now();

  /** To be called between two steps. */
  async next(): Promise<void> {
    if (performance.now() - this.began < STRETCH) return;
    await nextTurn();
    this.began = performance.now();
  }
}

/** Steps of several long works, one at a time, which give way together: as many as come take no more than one would. */
export class SharedRoad {
  private readonly way = new GivingWay();
  private last: Promise<unknown> = Promise.resolve();

  /** Does a step when those asked for before are done, and rests. */
  step<T>(work: () => Promise<T> | T): Promise<T> {
    const mine = this.last.then(work);
    const rest = () => this.way.rest(undefined, LONGEST);
    this.last = mine.then(rest, rest);
    return mine;
  }
}
