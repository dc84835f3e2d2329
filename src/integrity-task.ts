import { setTimeout as sleep } from 'node:timers/promises';
import type { Foundation } from './foundation.js';

const EVERY = 20_000; // milliseconds between two rounds

/**
 * Compares ledger, log and boxes for ever, in every instance, so that each can raise the alarm on its own readiness and
 * metrics. A round that cannot be made (no database) says so elsewhere, and is made again.
 */
export function runIntegrity(foundation: Foundation): { readonly stop: () => Promise<void> } {
  const { transparency, metrics, log } = foundation;
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    for (;;) {
      await sleep(EVERY, undefined, { signal, ref: false });
      try {
        const before = transparency.integrity.alarm;
        const alarm = await transparency.integrity.check(signal);
        metrics.integrityAlarm(alarm !== undefined);
        if (alarm !== undefined && alarm !== before) log.pino.fatal({ alarm }, 'integrity alarm');
      } catch (err) {
        log.pino.warn({ err }, 'a round of the integrity monitor failed and will be made again');
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
