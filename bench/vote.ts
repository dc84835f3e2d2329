/**
 * How many votes a second an instance verifies and makes durable, over HTTP, and how long an elector waits; beside how many
 * ballots its threads verify when they do nothing else. `npm run bench:vote`; VOTES, CLIENTS, VERIFIERS,
 * WORKERS and FILLED change the load, PROFILE says where the server leaves CPU profiles.
 *
 * A box that holds ballots is compared with an empty one measured just before: as a service has it that took them long ago,
 * and at last as an instance finds it when what says how far it was verified a second time is lost.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Documents } from '../src/documents/documents.js';
import { sha256Base64 } from '../src/crypto/digest.js';
import { randomScalar } from '../src/crypto/group.js';
import { printTally, RunningTally } from '../src/crypto/tally.js';
import { encode } from '../src/events/codec.js';
import { SessionStore } from '../src/http/session-store.js';
import { SystemClock } from '../src/ledger/clock.js';
import type { Position } from '../src/ledger/event-store.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { Projections } from '../src/projections/projections.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { Digests } from '../src/vault/digests.js';
import { readWrappingKey, VaultKeys } from '../src/vault/keys.js';
import { RecheckedBoxes } from '../src/vault/rechecked-boxes.js';
import { Vault } from '../src/vault/vault.js';
import type { VerifierName } from '../src/crypto/server-checks.js';
import type { BallotVerifier as Verifier } from '../src/verification/ballot-verifier.js';
import { sealElection, type TestScrutin } from '../test/support/sealed-election.js';
import { voterOf } from '../test/support/voters.js';
import { quantile, serve } from './portal.js';
import { prepared, RawClient } from './vote-client.js';

/** Minutes that a session lasts, used or not: an elector who votes has just come by the gate, and moves no expiry. */
const SESSION = 120;
const VOTES = Number(process.env['VOTES'] ?? 3_000);
const CLIENTS = Number(process.env['CLIENTS'] ?? 400);
const WORKERS = numbers(process.env['WORKERS'] ?? '1,2');
const VERIFIERS = (process.env['VERIFIERS'] ?? 'sodium,kernel').split(',') as VerifierName[];
/** A folder in which the server leaves CPU profiles of its threads. */
const PROFILE = process.env['PROFILE'];
const FILLED = numbers(process.env['FILLED'] ?? '1000,100000');

interface Load {
  readonly verifier: VerifierName;
  readonly workers: number;
  readonly filled: number;
  /** What says how far the box was verified a second time is lost. */
  readonly lost?: true;
}

interface Figures extends Load {
  /** Ballots that the same number of threads verifies a second, when they do nothing else. */
  readonly bare: number;
  readonly rate: number;
  readonly ratio: number;
  /** That ratio beside the one of the empty box before. */
  readonly ofEmpty: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly again: number;
  /** Processor time of the server's main thread for each vote, in milliseconds, with all that it does besides. */
  readonly main: number;
}

const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-vote-'));
await chmod(folder, 0o711);
const postgres = await startEmbeddedPostgres(folder);
await migrate(postgres.ownerUrl, 'isoloir');
const kek = join(folder, 'kek');
await writeFile(kek, randomBytes(32).toString('base64'), { mode: 0o600 });
const database = new Database(postgres.url, 10);
const store = new PostgresEventStore(database);
const vaultKeys = new VaultKeys(database, await readWrappingKey(kek));
const foundation = {
  clock: new SystemClock(),
  digests: new Digests(vaultKeys),
  sessions: new SessionStore(database, { idle: SESSION, longest: SESSION }, () => Date.now()),
};

try {
  const loads: Load[] = WORKERS.flatMap((workers) =>
    VERIFIERS.map((verifier) => ({ verifier, workers, filled: 0 })),
  );
  const last = { verifier: VERIFIERS.at(-1) ?? 'kernel', workers: WORKERS.at(-1) ?? 1 };
  for (const [i, filled] of FILLED.entries()) {
    if (i > 0) loads.push({ ...last, filled: 0 });
    loads.push({ ...last, filled });
  }
  const largest = Math.max(0, ...FILLED);
  if (largest > 0) loads.push({ ...last, filled: 0 }, { ...last, filled: largest, lost: true });
  const ground = { store, documents: new Documents(database), vault: new Vault(database), vaultKeys };
  const election = await sealElection(ground, {
    ...{ scrutins: loads.length, lists: 6, electors: VOTES, electorEvents: false },
  });
  const all: Figures[] = [];
  for (const [index, load] of loads.entries()) {
    const { verifier, workers, filled, lost } = load;
    const scrutin = election.scrutins[index] as TestScrutin;
    const ballots = election.electors.map((elector) => election.ballotFor(elector, scrutin, 'blank').text);
    await fill(scrutin, ballots[0] as string, filled);
    await settle(verifier, workers);
    if (lost) await database.pool('box').query('truncate read_box.rechecked');
    const bare = await bareRate(verifier, workers, scrutin, ballots);
    const server = await serveWith(verifier, workers);
    const requests = [];
    for (const [i, { electorId }] of election.electors.entries()) {
      const { cookie } = await voterOf({ url: '', foundation }, electorId, { gateOf: election.electionId });
      const path = `/api/scrutins/${scrutin.scrutinId}/votes`;
      requests.push(prepared(server.url, path, cookie, { ballot: ballots[i] }));
    }
    const before = await mainThread(server.pid);
    const measured = await cast(server.url, requests)
      .then(async (cast) => ({ ...cast, main: ((await mainThread(server.pid)) - before) / VOTES }))
      .finally(() => server.stop());
    const ratio = measured.rate / bare;
    const empty = filled === 0 ? ratio : (all.findLast((one) => one.filled === 0)?.ratio ?? NaN);
    all.push({ ...load, bare, ...measured, ratio, ofEmpty: ratio / empty });
    print(all.at(-1) as Figures, index === 0);
  }
  process.stdout.write(
    `${JSON.stringify({ bench: 'vote', votes: VOTES, clients: CLIENTS, figures: all })}\n`,
  );
} finally {
  await store.close();
  await database.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Ballots a second that so many threads verify, with as many under way as the service has. */
async function bareRate(
  name: VerifierName,
  workers: number,
  { poll }: TestScrutin,
  ballots: readonly string[],
): Promise<number> {
  // The built one, which finds the built worker beside it.
  const built = new URL('../verification/ballot-verifier.js', import.meta.url).href;
  const { BallotVerifier } = (await import(built)) as { BallotVerifier: typeof Verifier };
  const verifier = await BallotVerifier.start({ threads: workers, verifier: name });
  const sample = ballots.slice(0, Math.min(ballots.length, 600 * workers));
  await Promise.all(sample.slice(0, 50).map((ballot) => verifier.check(poll.election.raw, ballot)));
  const began = performance.now();
  const verdicts = await Promise.all(sample.map((ballot) => verifier.check(poll.election.raw, ballot)));
  const seconds = (performance.now() - began) / 1_000;
  await verifier.close();
  if (verdicts.some(({ valid }) => !valid)) throw new Error('a ballot of the bench does not hold');
  return sample.length / seconds;
}

/**
 * Votes that were cast before: one real ballot under many credentials. Its proofs hold for one of them only, and to make
 * others takes half an hour: so the row that says how far the box was verified a second time is written here too, sealed as the
 * service seals it. Without it (`lost`) libsodium refuses them all, which takes it less time than to find them valid.
 */
async function fill({ scrutinId, poll, sealed }: TestScrutin, like: string, count: number): Promise<void> {
  const { group } = poll;
  const [, own = ''] = /"credential":"([^"]+)"/.exec(like) ?? [];
  const [, ownHash = ''] = /"signature":\{"hash":"([^"]+)"/.exec(like) ?? [];
  const another = () => {
    const credential = group.g.exp(randomScalar(group, (length) => randomBytes(length)));
    const text = like.replace(own, group.print(credential));
    const unsigned = `${text.slice(0, text.lastIndexOf(',"signature":'))}}`;
    return text.replace(ownHash, sha256Base64(unsigned));
  };
  const size = 100;
  for (let from = 0; from < count; from += size) {
    const signatures = Array.from({ length: size }, () => randomBytes(32).toString('hex')).sort();
    const ballots = Array.from({ length: size }, another);
    const at = '2022-12-01T08:00:00.000Z';
    const data = { scrutinId, batch: from / size + 1, signatures, ballots, at };
    const event = { id: randomUUID(), ...encode({ type: 'VotesCast', data }) };
    await store.append(`box-${scrutinId}`, from / size, [event]);
    if (from + size < count) continue;
    const tally = printTally(group, new RunningTally(group, poll.election).sum()); // nothing is counted here
    const rechecked = await RecheckedBoxes.open(database, vaultKeys);
    await rechecked.move(scrutinId, undefined, {
      ...{ electionFile: sealed.electionFile, revision: count / size, eventId: event.id },
      ...{ ballots: count, refused: 0, disputed: [], tally },
    });
  }
}

/** Lets an instance take in what was written past it: read models and log, which a service has long done. */
async function settle(verifier: VerifierName, workers: number): Promise<void> {
  const server = await serveWith(verifier, workers);
  const projections = new Projections(store, database);
  for (;;) {
    const status = await projections.status();
    const { rows } = await database
      .pool('transparency')
      .query<{ position: Position | null }>('select position from transparency.log');
    const [head, logged] = [await store.head(), rows[0]?.position ?? ''];
    if (status.every(({ upToDate }) => upToDate) && (head === undefined || logged >= head)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await server.stop();
}

/** The service, which verifies ballots in this way. */
function serveWith(verifier: VerifierName, workers: number) {
  const profile = PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`];
  const env = {
    ...{ DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl, ISOLOIR_KEK_FILE: kek },
    ...{ ISOLOIR_DATA: folder, DEMONSTRATION: 'empty' },
    ...{ VERIFICATION_THREADS: String(workers), ISOLOIR_VERIFIER: verifier },
    ...{ SESSION_IDLE_MINUTES: String(SESSION), SESSION_LONGEST_MINUTES: String(SESSION) },
  };
  return serve(env, profile);
}

/** Milliseconds of processor time that the main thread of a process has had; not known elsewhere than on Linux. */
async function mainThread(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/task/${pid}/stat`, 'utf8').catch(() => '');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10; // of a hundred ticks a second
}

/**
 * Each client takes the next ballot when its last one is acknowledged; who is told to wait waits and asks again. The rate
 * is that of the middle eight tenths of the acknowledgements: neither the start nor the last batch, which waits for nobody.
 */
async function cast(
  url: string,
  requests: readonly Buffer[],
): Promise<Pick<Figures, 'rate' | 'p50' | 'p95' | 'p99' | 'again'>> {
  const times: number[] = [];
  const acknowledged: number[] = [];
  let [next, again] = [0, 0];
  const client = async () => {
    const connection = await RawClient.open(url);
    for (let mine = requests[next++]; mine; mine = requests[next++]) {
      const began = performance.now();
      for (;;) {
        const { status, retryAfter, body } = await connection.send(mine);
        if (status === 200) break;
        if (status !== 429) throw new Error(`${status} ${body}`);
        again++;
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, retryAfter) * 1_000));
      }
      acknowledged.push(performance.now());
      times.push(performance.now() - began);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const [first, last] = [0.1, 0.9].map((part) => Math.floor(part * (acknowledged.length - 1)));
  const seconds = ((acknowledged[last ?? 0] ?? 0) - (acknowledged[first ?? 0] ?? 0)) / 1_000;
  return {
    rate: ((last ?? 0) - (first ?? 0)) / seconds,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
    again,
  };
}

function numbers(list: string): number[] {
  return list.split(',').filter(Boolean).map(Number);
}

function print(figures: Figures, first: boolean): void {
  const { verifier, workers, filled, lost, bare, rate, ratio, ofEmpty, p50, p95, p99, main } = figures;
  if (first)
    process.stdout.write(
      'verifier  workers   in the box  bare/s  votes/s  ratio  of empty   p50 ms   p95 ms   p99 ms  main ms\n',
    );
  const cells = [
    verifier.padStart(8),
    String(workers).padStart(7),
    `${filled}${lost ? ' lost' : ''}`.padStart(11),
    bare.toFixed(0).padStart(6),
    rate.toFixed(0).padStart(7),
    ratio.toFixed(2).padStart(5),
    (filled === 0 ? '' : ofEmpty.toFixed(2)).padStart(8),
    ...[p50, p95, p99].map((ms) => ms.toFixed(0).padStart(7)),
    main.toFixed(2).padStart(7),
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}
