import { setTimeout as sleep } from 'node:timers/promises';
import type { Foundation } from './foundation.js';
import { namedDocuments, namedVersions } from './projections/named.projection.js';

const EVERY = 6 * 60 * 60 * 1000; // milliseconds between two sweeps; what is swept is a day old
const PATIENCE = 60_000; // milliseconds for the read model to reach the head of the ledger

/**
 * Removes what no event names from vault and documents (design 1). Does nothing when the read model that knows what is
 * named cannot reach the head of the ledger: then a row could look like garbage and be none. Any instance may run it.
 */
export async function sweepOnce({
  database,
  store,
  projections,
  vault,
  documents,
}: Pick<Foundation, 'database' | 'store' | 'projections' | 'vault' | 'documents'>): Promise<number> {
  if (!(await projections.waitFor('named', await store.head(), PATIENCE))) return 0;
  const register = database.pool('register');
  const versions = await vault.sweep((keys) => namedVersions(register, keys));
  return versions + (await documents.sweep((keys) => namedDocuments(register, keys)));
}

/** Sweeps now and then until stopped. A failure waits for the next time. */
export function runHousekeeping(foundation: Foundation): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    for (;;) {
      await sleep(EVERY, undefined, { signal, ref: false });
      try {
        const removed = await sweepOnce(foundation);
        if (removed > 0) foundation.log.pino.info({ removed }, 'swept what no event names');
      } catch (err) {
        foundation.log.pino.warn({ err }, 'the sweep failed and waits for the next time');
      }
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
