import { resolve } from 'node:path';
import { Command } from 'commander';
import { copyLedger, digestLedger } from '../ledger/copy.js';
import type { EventStore } from '../ledger/event-store.js';
import { openEventStore } from '../ledger/open-event-store.js';
import { Database } from '../storage/database.js';
import { loginOf, migrate } from '../storage/migrate.js';
import { openStorage } from '../storage/open-storage.js';
import { withContext } from './context.js';
import { progressBar } from './progress.js';

const URLS =
  'esdb://… or esdb+discover://… (EventStoreDB), postgresql://… (PostgreSQL, as the owner), or embedded:FOLDER';

/** `isoloir ledger`: the events themselves, on whichever engine keeps them. */
export function ledgerCommand(): Command {
  const ledger = new Command('ledger').description('copy or digest the ledger');
  ledger
    .command('copy')
    .description(`replay one engine into another with the same ids; takes ${URLS}`)
    .requiredOption('--from <url>', 'where the events are')
    .requiredOption('--to <url>', 'where they go: empty, or begun by an earlier copy')
    .action(async ({ from, to }: { from: string; to: string }) => {
      await withStore(from, (source) => withStore(to, (target) => copyAndCompare(source, target)));
    });
  ledger
    .command('digest')
    .description(
      `count all events and hash them in order; takes ${URLS}, or the configured ledger without it`,
    )
    .argument('[url]')
    .action(async (url?: string) => {
      const digest = async (store: EventStore) => {
        const { events, sha256 } = await digestLedger(store);
        console.log(`${events} events\n${sha256}`);
      };
      await (url === undefined ? withContext(({ store }) => digest(store)) : withStore(url, digest));
    });
  return ledger;
}

async function copyAndCompare(source: EventStore, target: EventStore): Promise<void> {
  const before = await digestLedger(source);
  const bar = progressBar('Copying', before.events);
  await copyLedger(source, target, bar.update);
  bar.stop();
  const [from, to] = [await digestLedger(source), await digestLedger(target)];
  console.log(`from ${from.events} events ${from.sha256}\nto   ${to.events} events ${to.sha256}`);
  if (from.sha256 !== to.sha256)
    throw new Error('The two ledgers differ: the source grew meanwhile, or the target had more.');
}

async function withStore(url: string, work: (store: EventStore) => Promise<void>): Promise<void> {
  if (/^esdb(\+discover)?:\/\//.test(url)) return closing(openEventStore(url, new Database('', 1)), work);
  if (!/^(postgres(ql)?:\/\/|embedded:.)/.test(url))
    throw new Error(`not the address of a ledger: it takes ${URLS}`);
  const folder = url.startsWith('embedded:') ? url.slice('embedded:'.length) : undefined;
  const storage = await openStorage(
    {
      databaseUrl: folder === undefined ? url : undefined,
      databaseOwnerUrl: undefined,
      dataFolder: resolve(folder ?? ''),
    },
    true,
  );
  const database = new Database(storage.url, 2);
  try {
    await migrate(storage.ownerUrl, loginOf(storage.url));
    await closing(openEventStore(undefined, database), work);
  } finally {
    await database.close();
    await storage.close();
  }
}

async function closing(store: EventStore, work: (store: EventStore) => Promise<void>): Promise<void> {
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
