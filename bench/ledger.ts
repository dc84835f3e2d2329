/**
 * Appends a second, on the embedded engine and through the EventStoreDB adapter on the test server; catch-up of a projection. Each round runs
 * every case once, so that a noisy machine is noisy for all; the figures are medians, and each is also given as a ratio
 * to plain inserts of the same shape. Usage: npm run bench:ledger -- [--rounds 5] [--seconds 1] [--prefill 0]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EventStoreDbEventStore } from '../src/ledger/eventstoredb-event-store.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { EventStoreDbDouble } from '../test/support/eventstoredb-double.js';
import { CatchUp } from './ledger-catch-up.js';
import { appending, quantile, sampleEvent, type Figures, type Load } from './ledger-load.js';
import { RawInserts } from './ledger-raw.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    prefill: { type: 'string', default: '0' }, // events in the ledger before it is measured
  },
});
const seconds = Number(values.seconds);
const one: Load = { clients: 1, batch: 1, seconds };
const many: Load = { clients: 64, batch: 1, seconds };
const batches: Load = { clients: 1, batch: 100, seconds };
const group: Load = { clients: 1, batch: 64, seconds };

interface Case {
  readonly name: string;
  run(): Promise<Figures>;
  /** The case that this one is divided by. */
  readonly against?: string;
  /** Events a second to reach on a quiet machine. */
  readonly target?: number;
}

const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-'));
await chmod(folder, 0o711);
const server = await startEmbeddedPostgres(folder);
await migrate(server.ownerUrl, 'isoloir');
const database = new Database(server.url, 2);
const store = new PostgresEventStore(database);
await prefill(Number(values.prefill));
const raw = await RawInserts.open(server.ownerUrl);
const other = await secondInstance(server.url);
const double = new EventStoreDbDouble();
await double.start();
const eventStoreDb = new EventStoreDbEventStore(double.url);
const catchUp = await CatchUp.open(server.url, server.ownerUrl, 20_000);

const both = async (load: Load): Promise<Figures> => {
  const [a, b] = await Promise.all([appending(store, load), other.run(load)]);
  return { rate: a.rate + b.rate, p50: Math.max(a.p50, b.p50), p99: Math.max(a.p99, b.p99) };
};
const cases: readonly Case[] = [
  { name: 'a statement that does nothing', run: () => raw.answers(seconds) },
  { name: 'plain insert, 1 client, not durable', run: () => raw.run(one, { durable: false }) },
  { name: 'plain insert, 1 client', run: () => raw.run(one) },
  { name: 'plain insert, 64 at once', run: () => raw.run(group) },
  { name: 'plain insert, 100 at once', run: () => raw.run(batches) },
  {
    name: 'PostgreSQL, 1 client',
    run: () => appending(store, one),
    against: 'plain insert, 1 client',
    target: 4_000,
  },
  {
    name: 'PostgreSQL, 64 clients',
    run: () => appending(store, many),
    against: 'plain insert, 64 at once',
    target: 20_000,
  },
  {
    name: 'PostgreSQL, batches of 100',
    run: () => appending(store, batches),
    against: 'plain insert, 100 at once',
    target: 30_000,
  },
  { name: 'PostgreSQL, 2 instances of 1', run: () => both(one), against: 'PostgreSQL, 1 client' },
  { name: 'PostgreSQL, 2 instances of 64', run: () => both(many), against: 'PostgreSQL, 64 clients' },
  {
    name: 'PostgreSQL, 2 instances, batches',
    run: () => both(batches),
    against: 'PostgreSQL, batches of 100',
  },
  { name: 'EventStoreDB double, 1 client', run: () => appending(eventStoreDb, one) },
  { name: 'EventStoreDB double, 64 clients', run: () => appending(eventStoreDb, many) },
  { name: 'EventStoreDB double, batches of 100', run: () => appending(eventStoreDb, batches) },
  { name: 'catch-up of a projection', run: () => catchUp.run(), target: 10_000 },
];

const measured = new Map<string, Figures[]>(cases.map(({ name }) => [name, []]));
for (const each of cases) await each.run(); // once to warm up
for (let round = 0; round < Number(values.rounds); round++) {
  for (const each of cases) measured.get(each.name)?.push(await each.run());
  process.stderr.write(`round ${round + 1} of ${values.rounds}\n`);
}
other.end();
await eventStoreDb.close();
await double.stop();
await raw.close();
await catchUp.close();
await store.close();
await database.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
report();

function report(): void {
  const results = cases.map(({ name, against, target }) => ({
    name,
    ...medianOf(measured.get(name) ?? []),
    // The ratio of each round by itself: what disturbed one side disturbed the other.
    ratio: against ? ratioOf(measured.get(name) ?? [], measured.get(against) ?? []) : null,
    against: against ?? null,
    target: target ?? null,
  }));
  console.log('case                                 events/s   p50 ms   p99 ms   ratio   target');
  for (const { name, rate, p50, p99, ratio, target } of results) {
    const cells = [
      rate.toFixed(0).padStart(9),
      p50.toFixed(2).padStart(9),
      p99.toFixed(2).padStart(9),
      (ratio?.toFixed(2) ?? '').padStart(8),
      (target === null ? '' : `${target} ${rate >= target ? 'reached' : 'missed'}`).padStart(15),
    ];
    console.log(name.padEnd(36) + cells.join(''));
  }
  const { rounds, prefill: before } = values;
  console.log(
    JSON.stringify({ bench: 'ledger', rounds, seconds, prefill: before, cpus: cpus().length, results }),
  );
}

function medianOf(figures: readonly Figures[]): Figures {
  const of = (pick: (f: Figures) => number) => Number(median(figures.map(pick)).toFixed(3));
  return { rate: of((f) => f.rate), p50: of((f) => f.p50), p99: of((f) => f.p99) };
}

function ratioOf(figures: readonly Figures[], base: readonly Figures[]): number {
  return median(figures.map(({ rate }, i) => rate / (base[i]?.rate ?? Number.NaN)));
}

function median(numbers: readonly number[]): number {
  return quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
}

/** One stream of a fifth of the events, up to 100,000; the rest in streams of ten. */
async function prefill(events: number): Promise<void> {
  const long = Math.min(100_000, Math.floor(events / 5));
  for (let i = 0; i < long; i += 500)
    await store.append('election-long', 'any', Array.from({ length: 500 }, sampleEvent));
  for (let i = long; i < events; i += 640) {
    const streams = Array.from({ length: 64 }, (_, n) => `elector-${i}-${n}`);
    const ten = () => Array.from({ length: 10 }, sampleEvent);
    await Promise.all(streams.map((stream) => store.append(stream, 'none', ten())));
  }
}

async function secondInstance(url: string) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('ledger-instance.js', import.meta.url)), url],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = createInterface({ input: child.stdout });
  const next = async () => String((await once(lines, 'line'))[0]);
  await next(); // it is ready
  return {
    async run(load: Load) {
      child.stdin.write(`${JSON.stringify(load)}\n`);
      return JSON.parse(await next()) as Figures;
    },
    end: () => {
      child.stdin.end();
    },
  };
}
