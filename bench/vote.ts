/**
 * How many votes a second an instance verifies and makes durable, over HTTP, and how long an elector waits; beside how many
 * ballots its threads verify when they do nothing else. `npm run bench:vote`; VOTES, CLIENTS, VERIFIERS,
 * WORKERS, FILLED and ROUNDS change the load, PROFILE says where the server leaves CPU profiles.
 *
 * A box that holds ballots is compared with an empty one, in turn with it (ROUNDS), each time on a service that has just
 * started: as one finds it that goes on from what was written down, and as one where what says how far the box was verified a
 * second time is lost. `of empty` is the median of the rounds.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
import { sealElection, type SealedElection, type TestScrutin } from '../test/support/sealed-election.js';
import { passed, voterOf } from '../test/support/voters.js';
import { serve } from './portal.js';
import { figuresOf, median, print, type Cast, type Figures, type Setting } from './vote-figures.js';
import { castAll, mainThread, prepared } from './vote-client.js';

/** Minutes that a session lasts, used or not: an elector who votes has just come by the gate, and moves no expiry. */
const SESSION = 120;
const VOTES = Number(process.env['VOTES'] ?? 3_000);
const CLIENTS = Number(process.env['CLIENTS'] ?? 400);
const WORKERS = numbers(process.env['WORKERS'] ?? '1,2');
const VERIFIERS = (process.env['VERIFIERS'] ?? 'sodium,kernel').split(',') as VerifierName[];
/** A folder in which the server leaves CPU profiles of its threads. */
const PROFILE = process.env['PROFILE'];
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const FILLED = numbers(process.env['FILLED'] ?? '1000,100000');

interface Box {
  readonly scrutin: TestScrutin;
  readonly ballots: readonly string[];
}

const HELD = 'select to_jsonb(t)::text as row from read_box.rechecked t';
const GIVEN_BACK = `insert into read_box.rechecked
  select * from jsonb_populate_recordset(null::read_box.rechecked, $1::jsonb)`;

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
  const ground = { store, documents: new Documents(database), vault: new Vault(database), vaultKeys };
  const settings = WORKERS.flatMap((workers) => VERIFIERS.map((verifier) => ({ verifier, workers })));
  const election = await sealElection(ground, {
    ...{ scrutins: settings.length + 2 * FILLED.length, lists: 6, electors: VOTES },
  });
  const scrutins = [...election.scrutins];
  const all: Figures[] = [];
  const report = (figures: Figures) => {
    print(figures, all.length === 0);
    all.push(figures);
  };
  for (const setting of settings) {
    const box = await boxWith(election, scrutins.shift() as TestScrutin, 0);
    await settle(setting);
    const bare = await bareRate(setting, box);
    const load = { ...setting, filled: 0 };
    report(figuresOf(load, bare, [await castOn(setting, election, box, [0, VOTES])]));
  }
  const last = settings.at(-1) ?? { verifier: 'kernel' as const, workers: 1 };
  for (const filled of FILLED) {
    const empty = await boxWith(election, scrutins.shift() as TestScrutin, 0);
    const full = await boxWith(election, scrutins.shift() as TestScrutin, filled);
    await settle(last);
    const bare = await bareRate(last, empty);
    const [withEmpty, withFull, withLost]: [Cast[], Cast[], Cast[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const slice = (number: number) =>
        [number, number + 1].map((n) => Math.floor((n * VOTES) / (2 * ROUNDS))) as [number, number];
      const cast = (box: Box, number: number) => castOn(last, election, box, slice(number));
      withEmpty.push(await cast(empty, round));
      withFull.push(await cast(full, 2 * round));
      const { rows } = await database.pool('box').query<{ row: string }>(HELD);
      await database.pool('box').query('truncate read_box.rechecked');
      withLost.push(await cast(full, 2 * round + 1));
      await database.pool('box').query('truncate read_box.rechecked');
      await database.pool('box').query(GIVEN_BACK, [`[${rows.map(({ row }) => row).join()}]`]);
    }
    const beside = figuresOf({ ...last, filled: 0 }, bare, withEmpty);
    report(beside);
    report({ ...figuresOf({ ...last, filled }, bare, withFull), ofEmpty: median(withFull, withEmpty) });
    const lost = figuresOf({ ...last, filled, lost: true }, bare, withLost);
    report({ ...lost, ofEmpty: median(withLost, withEmpty) });
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

/** A box with these votes in it, and a ballot for it of every elector. */
async function boxWith(election: SealedElection, scrutin: TestScrutin, filled: number): Promise<Box> {
  const ballots = election.electors.map((elector) => election.ballotFor(elector, scrutin, 'blank').text);
  await fill(scrutin, ballots[0] as string, filled);
  return { scrutin, ballots };
}

/** Votes of some electors, cast on a service that has just started. */
async function castOn(
  setting: Setting,
  election: SealedElection,
  { scrutin, ballots }: Box,
  [from, to]: readonly [number, number],
): Promise<Cast> {
  const server = await serveWith(setting);
  try {
    const requests = [];
    for (const [i, { electorId }] of election.electors.slice(from, to).entries()) {
      const { cookie } = await voterOf({ url: '', foundation }, electorId, passed(election, electorId));
      const path = `/api/scrutins/${scrutin.scrutinId}/votes`;
      requests.push(prepared(server.url, path, cookie, { ballot: ballots[from + i] }));
    }
    const before = await mainThread(server.pid);
    const measured = await castAll(server.url, requests, CLIENTS);
    return { ...measured, main: ((await mainThread(server.pid)) - before) / requests.length };
  } finally {
    await server.stop();
  }
}

/** Ballots a second that so many threads verify, with as many under way as the service has. */
async function bareRate(
  { verifier: name, workers }: Setting,
  { scrutin: { poll }, ballots }: Box,
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
  const size = Math.min(100, count);
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
async function settle(setting: Setting): Promise<void> {
  const server = await serveWith(setting);
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
function serveWith({ verifier, workers }: Setting) {
  const profile = PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`];
  const env = {
    ...{
      ISOLOIR_MODE: 'demonstration',
      DATABASE_URL: postgres.url,
      DATABASE_OWNER_URL: postgres.ownerUrl,
      ISOLOIR_KEK_FILE: kek,
    },
    ...{ ISOLOIR_DATA: folder, DEMONSTRATION: 'empty' },
    ...{ VERIFICATION_THREADS: String(workers), ISOLOIR_VERIFIER: verifier },
    ...{ SESSION_IDLE_MINUTES: String(SESSION), SESSION_LONGEST_MINUTES: String(SESSION) },
  };
  return serve(env, profile);
}

function numbers(list: string): number[] {
  return list.split(',').filter(Boolean).map(Number);
}
