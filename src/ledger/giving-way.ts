import { setTimeout as sleep } from 'node:timers/promises';

const STRETCH = 5; // milliseconds of work before a rest
const REST = 3; // times as long

/** For long work beside requests: takes a quarter of its thread at most, in short stretches, so that nobody waits for it. */
export class GivingWay {
  private began = performance.now();

  /** To be called between two steps; rests when it is time. An aborted signal ends the rest. */
  async rest(signal?: AbortSignal): Promise<void> {
    const worked = performance.now() - this.began;
    if (worked < STRETCH) return;
    await sleep(REST * worked, undefined, { signal }).catch(() => undefined);
    this.began = performance.now();
  }
}
