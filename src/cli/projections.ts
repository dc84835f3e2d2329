import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { Projections } from '../projections/projections.js';
import { withContext } from './context.js';
import { progressBar } from './progress.js';

/** `isoloir projections`: the read models and how far they are. */
export function projectionsCommand(): Command {
  const projections = new Command('projections').description('list or rebuild the read models');
  projections
    .command('list')
    .description('name, schema, events applied, whether it has passed the head of the ledger')
    .action(() =>
      withContext(async ({ store, database }) => {
        console.table(await new Projections(store, database).status());
      }),
    );
  projections
    .command('rebuild')
    .description('empty a read model and fill it again from the first event; it lags until it is done')
    .argument('<name>')
    .action((name: string) =>
      withContext(async ({ store, database }) => {
        const projections = new Projections(store, database);
        const before = await projections.reset(name);
        projections.start(); // a running server goes on feeding it; otherwise we do
        const bar = progressBar(name, before);
        try {
          await untilRebuilt(projections, name, bar.update);
        } finally {
          bar.stop();
          await projections.stop();
        }
        console.log(`${name} is rebuilt`);
      }),
    );
  return projections;
}

async function untilRebuilt(
  projections: Projections,
  name: string,
  update: (events: number) => void,
): Promise<void> {
  for (;;) {
    const status = (await projections.status()).find((one) => one.name === name);
    update(status?.events ?? 0);
    if (status?.upToDate) return;
    const state = projections.states().get(name);
    if (state?.phase === 'failed') throw new Error(state.reason);
    await sleep(100);
  }
}
