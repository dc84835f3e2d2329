/**
 * Turnout at size: how far behind the ledger its read models are while votes come in, how fast they catch up, and how long
 * the pages of turnout and of lists take meanwhile and when no vote comes; after 10,000, 100,000 and 1,000,000 signatures.
 * The service runs in a process of its own. Signing in is not part of it.
 * Usage: npm run bench:turnout -- [--electors 1200000] [--signatures 10000,100000,1000000] [--rate 400] [--seconds 30]
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Position } from '../src/ledger/event-store.js';
import { quantile, serve } from './portal.js';
import { append, layGround, votesCast, type BenchScrutin } from './turnout-ground.js';
import { staffPages, summary, timesOf, type Page } from './turnout-pages.js';

const { values } = parseArgs({
  options: {
    electors: { type: 'string', default: '1200000' },
    signatures: { type: 'string', default: '10000,100000,1000000' },
    rate: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '30' },
  },
});
const electors = Number(values.electors);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const READ_MODELS = ['turnout', 'register', 'boxes'];
const BATCH = 20; // signatures of a batch while votes come in, and
const FULL = 500; // of one that was cast before
const ROUNDS = 30; // of pages, when no vote comes

let cast = 0;
const batches = new Map<string, number>();
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopping.abort(new Error(signal));
  });

const loadBefore = machineLoad();
console.log(`inventing ${electors} electors; load of the machine before: ${loadBefore}`);
const ground = await layGround(electors, stopping.signal);
let server: Awaited<ReturnType<typeof serve>> | undefined;
try {
  server = await serve({
    ...{
      ISOLOIR_MODE: 'demonstration',
      DATABASE_URL: ground.postgres.url,
      DATABASE_OWNER_URL: ground.postgres.ownerUrl,
    },
    ...{ ISOLOIR_KEK_FILE: ground.kek, ISOLOIR_DATA: ground.folder },
    ...{ LOG_LEVEL: 'fatal', DEMONSTRATION: 'empty' },
  });
  const pages = await staffPages(ground, server.url);
  await caughtUp();
  await timesOf(pages, () => true); // what was never asked for is compiled first
  const figures = [];
  for (const target of values.signatures.split(',').map(Number)) figures.push(await measure(target, pages));
  console.log(
    JSON.stringify({ bench: 'turnout', cores: cpus().length, electors, rate, seconds, loadBefore, figures }),
  );
} finally {
  await server?.stop();
  await ground.close();
}

/** Has so many vote, then measures with votes coming in and without. */
async function measure(target: number, pages: Readonly<Record<string, Page>>) {
  const from = performance.now();
  const before = cast;
  while (cast < target) await vote(Math.min(FULL, target - cast));
  await caughtUp(false);
  const signaturesPerSecond = Math.round((cast - before) / ((performance.now() - from) / 1000));
  await caughtUp();
  const { lag, loaded } = await underLoad(pages);
  const quiet = await timesOf(pages, (rounds) => {
    stopping.signal.throwIfAborted();
    return rounds >= ROUNDS;
  });
  console.log(
    `\n${cast} signatures: ${signaturesPerSecond} a second caught up with; with ${rate} votes a second the read models are ` +
      `${lag.median} ms behind (95 in 100: ${lag.p95}, longest: ${lag.longest}); load of the machine ${machineLoad()}`,
  );
  console.table(
    Object.fromEntries(
      Object.keys(pages).map((name) => [
        name,
        {
          'no votes, median': quiet[name]?.median,
          p95: quiet[name]?.p95,
          'votes, median': loaded[name]?.median,
          'votes, p95': loaded[name]?.p95,
        },
      ]),
    ),
  );
  return { signatures: cast, signaturesPerSecond, lag, quiet, loaded, load: machineLoad() };
}

/** Votes in the next scrutin that has room, the one of all most often, some hours after the opening. */
async function vote(size: number): Promise<Position> {
  stopping.signal.throwIfAborted();
  const { scrutins, store, opensAt } = ground;
  const start = Math.floor(Math.random() * scrutins.length);
  const scrutin = (cast % 3 === 0 ? scrutins[0] : scrutins[start]) as BenchScrutin;
  const batch = (batches.get(scrutin.scrutinId) ?? 0) + 1;
  batches.set(scrutin.scrutinId, batch);
  const at = opensAt + Math.floor(Math.random() * 23 * 60) * 60_000;
  const event = votesCast(scrutin.scrutinId, batch, size, at);
  const { position } = await append(store, `box-${scrutin.scrutinId}`, [event]);
  cast += size;
  return position;
}

/** A steady stream of votes while somebody looks at the pages: how far behind the read models are, and the pages. */
async function underLoad(pages: Readonly<Record<string, Page>>) {
  const pending: { position: Position; at: number }[] = [];
  const lags: number[] = [];
  const end = performance.now() + seconds * 1000;
  const over = () => performance.now() >= end;
  const voting = async () => {
    for (let next = performance.now(); !over(); next += (1000 * BATCH) / rate) {
      const wait = next - performance.now();
      if (wait > 0) await sleep(wait);
      const position = await vote(BATCH);
      pending.push({ position, at: performance.now() });
    }
  };
  const watching = async () => {
    while (!over() || pending.length > 0) {
      const shown = await slowest();
      const now = performance.now();
      while (pending[0] && shown !== undefined && pending[0].position <= shown)
        lags.push(now - (pending.shift()?.at ?? now));
      await sleep(20);
    }
  };
  const [loaded] = await Promise.all([timesOf(pages, over), voting(), watching()]);
  return { lag: { ...summary(lags), longest: Math.round(quantile(lags, 1) * 10) / 10 }, loaded };
}

/** Where the slowest of the read models of turnout is. */
async function slowest(): Promise<Position | undefined> {
  const { rows } = await ground.database
    .pool('register')
    .query<{ position: Position | null }>(
      "select min(coalesce(position, '')) as position from read_register.checkpoints where name = any ($1)",
      [READ_MODELS],
    );
  return rows[0]?.position ?? undefined;
}

/** Waits for the read models of turnout; `wholly`, for the index of the boxes and the published log as well. */
async function caughtUp(wholly = true): Promise<void> {
  const head = await ground.store.head();
  if (head === undefined) return;
  while (((await slowest()) ?? '') < head) await sleep(20, undefined, stopping);
  if (!wholly) return;
  for (const [role, text] of [
    ['box', "select position from read_box.checkpoints where name = 'box_index'"],
    ['transparency', 'select position from transparency.log'],
  ] as const) {
    const at = async () =>
      (await ground.database.pool(role).query<{ position: Position | null }>(text)).rows[0]?.position ?? '';
    while ((await at()) < head) await sleep(100, undefined, stopping);
  }
}

/** Runnable processes of the machine in the last minute: above its cores, what else runs is measured too. */
function machineLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
