import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { encode, type LedgerEvent } from '../src/events/codec.js';
import { PostgresEventStore } from '../src/ledger/postgres-event-store.js';
import { Database } from '../src/storage/database.js';
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.js';
import { migrate } from '../src/storage/migrate.js';
import { readWrappingKey, VaultKeys } from '../src/vault/keys.js';
import { RegisterKeys } from '../src/vault/register-keys.js';

const HASH = 'a'.repeat(64);
const HOUR = 3_600_000;
const CHUNK = 100_000;

/** Where a list of the bench stands. */
export interface BenchScrutin {
  readonly scrutinId: string;
  readonly title: string;
  readonly electors: number;
}

export type Ground = Awaited<ReturnType<typeof layGround>>;

/**
 * An election on its second day, with open boxes and many electors: one scrutin of all, two hundred of some thousands, nine
 * between; each elector is in three. Electors, names and units are written where the read models and the vault keep them,
 * by PostgreSQL itself; what has happened to the boxes is in the ledger. What fails, or is aborted, leaves nothing behind.
 */
export async function layGround(electors: number, signal: AbortSignal) {
  const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-turnout-'));
  const closing = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    await chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres(folder);
    closing.push(() => postgres.stop());
    await migrate(postgres.ownerUrl, 'isoloir');
    const kek = join(folder, 'kek');
    await writeFile(kek, randomBytes(32).toString('base64'), { mode: 0o600 });
    const database = new Database(postgres.url, 10);
    closing.push(() => database.close());
    const store = new PostgresEventStore(database);
    closing.push(() => store.close());
    const vaultKeys = new VaultKeys(database, await readWrappingKey(kek));
    const election = await openBoxes(store, new RegisterKeys(vaultKeys), electors);
    await inventElectors(postgres.ownerUrl, election, electors, signal);
    return { folder, postgres, kek, database, store, vaultKeys, ...election, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where the ledger says that the election and its boxes are. */
async function openBoxes(store: PostgresEventStore, registerKeys: RegisterKeys, electors: number) {
  const electionId = randomUUID();
  const now = Math.floor(Date.now() / HOUR) * HOUR;
  const [at, closesAt] = [now - 24 * HOUR, now + 144 * HOUR].map((time) => new Date(time).toISOString()) as [
    string,
    string,
  ];
  const scrutins = [electors, ...split(electors, 200), ...split(electors, 9)].map((count, index) => ({
    scrutinId: randomUUID(),
    title: `Scrutin ${index + 1}`,
    electors: count,
  }));
  const calendar = { portalOpensAt: at, votingOpensAt: at, votingClosesAt: closesAt, graceMinutes: 20 };
  await append(store, `election-${electionId}`, [
    { type: 'ElectionDeclared', data: { electionId, title: 'Élections', preset: '2022', at } },
    { type: 'CalendarSet', data: { electionId, ...calendar, at } },
    { type: 'ListsClosed', data: { electionId, at } },
  ]);
  const boardId = randomUUID();
  for (const scrutin of scrutins) {
    await registerKeys.create(scrutin.scrutinId);
    await append(store, `scrutin-${scrutin.scrutinId}`, [declared(electionId, scrutin, at)]);
    const when = { electionId, boardId, opensAt: at, closesAt };
    await append(store, `box-${scrutin.scrutinId}`, [opened(when, scrutin)]);
  }
  return { electionId, scrutins, opensAt: now - 24 * HOUR };
}

/** A batch of votes of a minute of the first day, under random tags and credentials. */
export function votesCast(scrutinId: string, batch: number, size: number, at: number): LedgerEvent {
  const signatures = Array.from({ length: size }, () => randomBytes(32).toString('hex')).sort();
  const ballots = Array.from({ length: size }, () => `{"credential":"${randomBytes(32).toString('hex')}"}`);
  const minute = new Date(Math.floor(at / 60_000) * 60_000).toISOString();
  return { type: 'VotesCast', data: { scrutinId, batch, signatures, ballots, at: minute } };
}

/** Appends events to the end of a stream. */
export async function append(store: PostgresEventStore, stream: string, events: readonly LedgerEvent[]) {
  return store.append(
    stream,
    'any',
    events.map((event) => ({ id: randomUUID(), ...encode(event) })),
  );
}

function split(whole: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((whole + parts - 1 - index) / parts));
}

function declared(electionId: string, { scrutinId, title }: BenchScrutin, at: string): LedgerEvent {
  return {
    type: 'ScrutinDeclared',
    data: {
      ...{ scrutinId, electionId, uuid: 'QyEwhVPEQ2o7wa', group: 'Ed25519', title, body: 'CSA', seats: 10 },
      ...{ held: 'here', at },
    },
  };
}

function opened(
  when: { electionId: string; boardId: string; opensAt: string; closesAt: string },
  { scrutinId, electors }: BenchScrutin,
): LedgerEvent {
  const list = { root: HASH, count: electors };
  const files = { seal: HASH, electionFile: HASH, keyHolders: HASH, rollFile: HASH, credentialsFile: HASH };
  return {
    type: 'BoxOpened',
    data: { scrutinId, ...when, ...files, roll: list, credentials: list, graceMinutes: 20, at: when.opensAt },
  };
}

/** Electors with a name, a unit of a hundred and an identity whose hash holds, a hundred thousand at a time. */
async function inventElectors(
  ownerUrl: string,
  { electionId, scrutins }: { readonly electionId: string; readonly scrutins: readonly BenchScrutin[] },
  electors: number,
  signal: AbortSignal,
): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const ids = scrutins.map(({ scrutinId }) => scrutinId);
  for (let from = 0; from < electors; from += CHUNK) {
    if (signal.aborted) break;
    await owner.query('drop table if exists made');
    await owner.query(
      `create temp table made as
         select *, encode(sha256(convert_to('isoloir/vault/v1' || chr(10) || '["identity","' || version || '","' ||
                  encode(salt, 'hex') || '",' || to_json(value)::text || ']', 'UTF8')), 'hex') as hash
           from (select n, gen_random_uuid() as elector_id, gen_random_uuid() as version, uuid_send(gen_random_uuid()) as salt,
                   array[($2::uuid[])[1], ($2::uuid[])[2 + n % 200], ($2::uuid[])[202 + n % 9]] as scrutin_ids,
                   'NOM' || lpad((n * 7919 % 1000003)::text, 7, '0') as name, 'COLLEGE ' || lpad((n / 100)::text, 5, '0') as unit,
                   format('{"academy":"Académie %s","birthDate":"1975-06-30","corps":"Corps %s","electionId":"%s","email":"e%s@ac.example","firstName":"Camille","lastName":"Nom%s","nir":"%s","numen":"%s","unit":"Collège %s","unitCode":"%sA"}',
                     n % 30, n % 40, $1::uuid, n, lpad((n * 7919 % 1000003)::text, 7, '0'), repeat('0', 64), repeat('0', 64),
                     lpad((n / 100)::text, 5, '0'), lpad(((n % 95 + 1) * 10000)::text, 7, '0')) as value
                 from generate_series($3::bigint, $4::bigint) n) invented`,
      [electionId, ids, from, Math.min(from + CHUNK, electors) - 1],
    );
    for (const text of [
      `insert into vault.versions (version, kind, salt, value) select version, 'identity', salt, value from made`,
      `insert into vault.directory (version, election_id, elector_id, name, unit)
         select version, '${electionId}', elector_id, name || ' CAMILLE', unit from made`,
      `insert into read_register.electors (elector_id, election_id, identity_version, identity_sha256, scrutin_ids)
         select elector_id, '${electionId}', version, hash, scrutin_ids from made`,
      `insert into read_register.scrutin_electors (scrutin_id, elector_id) select unnest(scrutin_ids), elector_id from made`,
    ])
      await owner.query(text);
  }
  await owner.query('insert into read_register.list_sizes select * from unnest($1::uuid[], $2::bigint[])', [
    ids,
    scrutins.map((scrutin) => scrutin.electors),
  ]);
  await owner.query('vacuum analyze');
  await owner.end();
  signal.throwIfAborted();
}
