/**
 * Turnout at size: how far behind the ledger its read models are while votes come in, how fast they catch up, and how long
 * the pages of turnout and emargement take meanwhile and at rest; after 10,000, 100,000 and 1,000,000 signatures. The
 * service runs in a process of its own.
 * Usage: npm run bench:turnout -- [--electors 1200000] [--signatures 10000,100000,1000000] [--rate 400] [--seconds 15]
 */
import { createHmac, randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { SessionStore } from '../src/http/session-store.js';
import { cookieName } from '../src/http/sessions.js';
import type { Position } from '../src/ledger/event-store.js';
import { Digests } from '../src/vault/digests.js';
import { quantile, serve } from './portal.js';
import { append, layGround, votesCast, type BenchScrutin } from './turnout-ground.js';

const { values } = parseArgs({
  options: {
    electors: { type: 'string', default: '1200000' },
    signatures: { type: 'string', default: '10000,100000,1000000' },
    rate: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '15' },
  },
});
const electors = Number(values.electors);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const READ_MODELS = ['turnout', 'register', 'boxes'];
const BATCH = 20; // signatures of a batch while votes come in, and
const FULL = 500; // of one that was cast before

console.log(`inventing ${electors} electors`);
const ground = await layGround(electors);
const { store, database, electionId, scrutins, opensAt } = ground;
const batches = new Map<string, number>();
let cast = 0;
let server: Awaited<ReturnType<typeof serve>> | undefined;
try {
  server = await serve({
    ...{ DATABASE_URL: ground.postgres.url, DATABASE_OWNER_URL: ground.postgres.ownerUrl },
    ...{ ISOLOIR_KEK_FILE: ground.kek, ISOLOIR_DATA: ground.folder },
    ...{ LOG_LEVEL: 'fatal', DEMONSTRATION: 'empty' },
  });
  const cookie = await staffCookie();
  await caughtUp();
  const all = [];
  for (const target of values.signatures.split(',').map(Number)) {
    const from = performance.now();
    const before = cast;
    while (cast < target) await vote(Math.min(FULL, target - cast));
    await caughtUp();
    const filled = Math.round((cast - before) / ((performance.now() - from) / 1000));
    const load = await underLoad(server.url, cookie);
    const rest = await pageTimes(server.url, cookie);
    all.push({ signatures: cast, signaturesPerSecond: filled, ...load, ...rest });
    console.table(all);
  }
  console.log(JSON.stringify({ bench: 'turnout', cores: cpus().length, electors, rate, figures: all }));
} finally {
  await server?.stop();
  await ground.close();
}

/** Votes in the next scrutin that has room, the one of all most often, some hours after the opening. */
async function vote(size: number): Promise<Position> {
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
async function underLoad(url: string, cookie: string) {
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
  const times: number[] = [];
  const looking = async () => {
    while (!over()) {
      times.push(await timeOf(() => page(url, cookie)));
      await sleep(100);
    }
  };
  await Promise.all([voting(), watching(), looking()]);
  return {
    lagMs: milliseconds(lags, 0.95),
    longestLagMs: milliseconds(lags, 1),
    loadedPageMs: milliseconds(times, 0.95),
  };
}

/** Where the slowest of the read models of turnout is. */
async function slowest(): Promise<Position | undefined> {
  const { rows } = await database
    .pool('register')
    .query<{ position: Position | null }>(
      "select min(coalesce(position, '')) as position from read_register.checkpoints where name = any ($1)",
      [READ_MODELS],
    );
  return rows[0]?.position ?? undefined;
}

async function caughtUp(): Promise<void> {
  const head = await store.head();
  while (head !== undefined && ((await slowest()) ?? '') < head) await sleep(20);
}

/** Each page fifty times, one after the other: 95 in 100 are faster. */
async function pageTimes(url: string, cookie: string) {
  const [whole, small] = [scrutins[0], scrutins[1]] as [BenchScrutin, BenchScrutin];
  const one =
    ({ scrutinId }: BenchScrutin) =>
    () =>
      page(url, cookie, `/personnel/participation/${electionId}/scrutins/${scrutinId}`);
  const list = (form: Record<string, string>) => () =>
    page(url, cookie, '/personnel/emargement', { scrutin: whole.scrutinId, nom: '', unite: '', ...form });
  return {
    turnoutMs: await each(() => page(url, cookie)),
    largestScrutinMs: await each(one(whole)),
    smallScrutinMs: await each(one(small)),
    jsonMs: await each(() => page(url, cookie, `/api/elections/${electionId}/turnout`)),
    emargementMs: await each(list({})),
    emargementNameMs: await each(list({ nom: 'NOM05' })),
    emargementUnitMs: await each(list({ unite: 'collège 0007' })),
    emargementSmallMs: await each(() =>
      page(url, cookie, '/personnel/emargement', { scrutin: small.scrutinId, nom: '', unite: '' }),
    ),
  };
}

async function each(get: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  await get();
  for (let count = 0; count < 50; count++) times.push(await timeOf(get));
  return milliseconds(times, 0.95);
}

async function timeOf(get: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await get();
  return performance.now() - from;
}

async function page(
  url: string,
  cookie: string,
  path = `/personnel/participation?election=${electionId}`,
  form?: Record<string, string>,
): Promise<void> {
  const body = form && new URLSearchParams({ ...form, _csrf: 'token' });
  const answer = await fetch(url + path, { headers: { cookie }, ...(body && { method: 'POST', body }) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`);
}

/** A session of a member of a board, without the screens before it. */
async function staffCookie(): Promise<string> {
  const sessions = new SessionStore(database, { idle: 600, longest: 600 }, () => Date.now());
  const sid = randomUUID();
  const user = { kind: 'staff', staffId: randomUUID(), roles: ['board', 'administrator'] };
  const data = { cookie: {}, csrfToken: 'token', passport: { user }, signedInAt: new Date().toISOString() };
  await promisify(sessions.set.bind(sessions))(sid, data as never);
  const secret = (await new Digests(ground.vaultKeys).key('session')).toString('base64');
  const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
  return `${cookieName(false, 'session')}=${encodeURIComponent(`s:${sid}.${signature}`)}`;
}

function milliseconds(times: readonly number[], part: number): number {
  return Math.round(quantile([...times], part) * 10) / 10;
}
