import { setTimeout as sleep } from 'node:timers/promises';
import type { Foundation } from './foundation.js';
import { withoutValues } from './operations/log.js';
import { Lag } from './projections/lag.js';

const SAMPLE = 1_000; // milliseconds between two looks at how far the read models are

/** Starts the read models of this instance, and tells metrics and readiness how they are. */
export function runReadModels({ projections, store, metrics, readiness }: Foundation): {
  readonly stop: () => Promise<void>;
} {
  const stopping = new AbortController();
  projections.start();
  for (const name of projections.states().keys()) {
    readiness.register(`projection ${name}`, () => {
      const state = projections.states().get(name);
      return Promise.resolve(state?.phase === 'failed' ? withoutValues(state.reason) : undefined);
    });
  }
  const lag = new Lag(store);
  const watch = async () => {
    while (!stopping.signal.aborted) {
      try {
        const lags = await lag.sample(await projections.status(), performance.now());
        for (const [name, seconds] of lags) metrics.projectionLag(name, seconds);
      } catch {
        // The ledger or the database is away, which readiness shows; the last value stays.
      }
      await sleep(SAMPLE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      await projections.stop();
    },
  };
}
