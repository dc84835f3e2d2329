import { setTimeout as sleep } from 'node:timers/promises';

const CATCH_UP = 20; // milliseconds: timers are late, and the rate would suffer

/** Lets so many pass a second, evenly. */
export class Pace {
  private next = 0; // milliseconds of `performance.now()`

  constructor(private readonly perSecond: number) {}

  /** Waits for the next turn; an aborted signal ends the wait. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const turn = Math.max(this.next, now - CATCH_UP);
    this.next = turn + 1000 / this.perSecond;
    const wait = turn - now;
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
