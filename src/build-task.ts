import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildWatch } from './modules/board/build-watch.js';
import type { Log } from './operations/log.js';

const EVERY = 10_000; // milliseconds between two rounds; an instance that is silent for three of them runs no more

/** Compares the software that runs with the one that counts, at once and for ever, in every instance: each may be another. */
export function runBuildWatch(watch: BuildWatch, log: Log): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    while (!signal.aborted) {
      await watch.look().catch((err: unknown) => {
        log.pino.warn({ err }, 'software could not be compared with what counts and will be again');
      });
      await sleep(EVERY, undefined, { signal, ref: false });
    }
  };
  const working = work().catch(() => undefined); // the sleep was aborted
  return {
    stop: async () => {
      stopping.abort();
      await working;
    },
  };
}
