import type { Foundation } from '../foundation.js';

const PATIENCE = 600_000; // milliseconds

/** Waits for read models, which a server feeds; without one, this process does. */
export async function caughtUp({ projections, store }: Foundation, names: readonly string[]): Promise<void> {
  projections.start();
  const head = await store.head();
  const shown = await Promise.all(names.map((name) => projections.waitFor(name, head, PATIENCE)));
  await projections.stop();
  if (shown.includes(false)) throw new Error(`a read model does not catch up: ${names.join(', ')}`);
}
