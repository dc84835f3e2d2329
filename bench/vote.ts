/**
 * How many votes a second an instance verifies and makes durable, over HTTP, and how long an elector waits; beside how many
 * ballots its threads verify when they do nothing else. `npm run bench:vote`; VOTES, CLIENTS, VERIFIERS,
 * WORKERS and FILLED change the load, PROFILE says where the server leaves CPU profiles.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Documents } from '../src/documents/documents.js';
import { sha256Base64 } from '../src/crypto/digest.js';
import { randomScalar } from '../src/crypto/group.js';
import { encode } from '../src/events/codec.js';
import { SessionStore } from '../src/http/session-store.js';
import { SystemClock } from '../src/ledger/clock.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { lookUpBox } from '../src/projections/box-index.projection.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { Digests } from '../src/vault/digests.js';
import { readWrappingKey, VaultKeys } from '../src/vault/keys.js';
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

interface Figures {
  readonly verifier: VerifierName;
  readonly workers: number;
  readonly filled: number;
  /** Ballots that the same number of threads verifies a second, when they do nothing else. */
  readonly bare: number;
  readonly rate: number;
  readonly ratio: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly again: number;
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
  const loads = [
    ...WORKERS.flatMap((workers) => VERIFIERS.map((verifier) => ({ verifier, workers, filled: 0 }))),
    ...FILLED.map((filled) => ({
      ...{ verifier: VERIFIERS.at(-1) ?? 'kernel', workers: WORKERS.at(-1) ?? 1, filled },
    })),
  ];
  const ground = { store, documents: new Documents(database), vault: new Vault(database), vaultKeys };
  const election = await sealElection(ground, {
    ...{ scrutins: loads.length, lists: 6, electors: VOTES, electorEvents: false },
  });
  const all: Figures[] = [];
  for (const [index, { verifier, workers, filled }] of loads.entries()) {
    const scrutin = election.scrutins[index] as TestScrutin;
    const ballots = election.electors.map((elector) => election.ballotFor(elector, scrutin, 'blank').text);
    const bare = await bareRate(verifier, workers, scrutin, ballots);
    await fill(scrutin, ballots[0] as string, filled);
    const server = await serveWith(verifier, workers);
    await indexed(scrutin, filled);
    const requests = [];
    for (const [i, { electorId }] of election.electors.entries()) {
      const { cookie } = await voterOf({ url: '', foundation }, electorId, { gateOf: election.electionId });
      const path = `/api/scrutins/${scrutin.scrutinId}/votes`;
      requests.push(prepared(server.url, path, cookie, { ballot: ballots[i] }));
    }
    const measured = await cast(server.url, requests).finally(() => server.stop());
    const ratio = measured.rate / bare;
    all.push({ verifier, workers, filled, bare, ...measured, ratio });
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
 * Votes that were cast before: one real ballot under many credentials. Its proofs hold for one of them only, which nobody
 * looks at again before the count.
 */
async function fill({ scrutinId, poll }: TestScrutin, like: string, count: number): Promise<void> {
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
  }
}

/** Until the index shows all that was filled in. */
async function indexed({ scrutinId }: TestScrutin, count: number): Promise<void> {
  for (;;) {
    const found = await lookUpBox(database.pool('box'), scrutinId, []);
    if (found && found.box.batches === count / 100) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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

function print(
  { verifier, workers, filled, bare, rate, ratio, p50, p95, p99 }: Figures,
  first: boolean,
): void {
  if (first)
    process.stdout.write(
      'verifier  workers  in the box  bare/s  votes/s  ratio   p50 ms   p95 ms   p99 ms\n',
    );
  const cells = [
    verifier.padStart(8),
    String(workers).padStart(7),
    String(filled).padStart(10),
    bare.toFixed(0).padStart(6),
    rate.toFixed(0).padStart(7),
    ratio.toFixed(2).padStart(5),
    ...[p50, p95, p99].map((ms) => ms.toFixed(0).padStart(7)),
  ];
  process.stdout.write(`${cells.join('  ')}\n`);
}
