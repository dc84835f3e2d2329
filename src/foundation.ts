import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from './cannot-start.js';
import { checkClock } from './clock-check.js';
import type { Config } from './config.js';
import { Documents } from './documents/documents.js';
import { MovedClock, SystemClock, type Clock } from './ledger/clock.js';
import { SessionStore } from './http/session-store.js';
import { Site } from './http/site.js';
import type { EventStore } from './ledger/event-store.js';
import { Ledger } from './ledger/ledger.js';
import { ListFence } from './ledger/list-fence.js';
import { openEventStore } from './ledger/open-event-store.js';
import { Content } from './modules/portal/content.js';
import type { Log } from './operations/log.js';
import { Metrics } from './operations/metrics.js';
import { Readiness } from './operations/readiness.js';
import { allProjections, Projections } from './projections/projections.js';
import { Database } from './storage/database.js';
import { loginOf, migrate } from './storage/migrate.js';
import { openStorage } from './storage/open-storage.js';
import { CredentialLists } from './vault/credential-lists.js';
import { Transparency } from './transparency/transparency.js';
import { Digests } from './vault/digests.js';
import { Identities } from './vault/identities.js';
import { readWrappingKey, VaultKeys } from './vault/keys.js';
import { NoticeUnits } from './vault/notice-units.js';
import { RecheckedBoxes } from './vault/rechecked-boxes.js';
import { SlowHashes } from './vault/slow-hashes.js';
import { Vault } from './vault/vault.js';
import { WaitingLine } from './vault/waiting-line.js';

/** What every part of the service stands on, ready to be used. Plain objects: Nest only hands them out. */
export interface Foundation {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly database: Database;
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly listFence: ListFence;
  readonly projections: Projections;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly vaultKeys: VaultKeys;
  readonly digests: Digests;
  /** How far each box was verified a second time. */
  readonly recheckedBoxes: RecheckedBoxes;
  readonly identities: Identities;
  readonly slowHashes: SlowHashes;
  /** Where those wait who come all at once when the portal opens. */
  readonly doors: WaitingLine;
  readonly documents: Documents;
  /** The public credentials of scrutins that are not sealed yet. */
  readonly credentialLists: CredentialLists;
  /** To whom notices go together. */
  readonly noticeUnits: NoticeUnits;
  readonly content: Content;
  readonly site: Site;
  readonly sessions: SessionStore;
  readonly transparency: Transparency;
  /** Flushes the writer of the ledger, then lets go of everything; an embedded PostgreSQL stops last. */
  close(): Promise<void>;
}

/** Pages of entry that are made at once, and as many that wait for their turn: about a second of one core. */
const AT_THE_DOORS = 200;

/** Opens storage, migrates it, and builds what stands on it. What was opened is closed again if a later step fails. */
export async function layFoundation(config: Config, log: Log, beside = false): Promise<Foundation> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return { ...(await lay(config, log, closers, beside)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function lay(
  config: Config,
  log: Log,
  closers: (() => Promise<void>)[],
  beside: boolean,
): Promise<Omit<Foundation, 'close'>> {
  const content = await Content.load(config.contentFolder);
  if (config.mode === 'production' && !content.namesContacts)
    log.pino.warn('CONTENT has no assistance.md: mails and pages lead to contacts that are not there');
  const wrappingKey = await wrappingKeyOf(config);
  const database = await openDatabase(config, log, closers, beside);
  if (config.mode === 'production') await checkClock(database.pool('register'));

  const metrics = new Metrics();
  const store = openEventStore(config.eventStoreUrl, database, {
    reconnecting: (reason) => {
      log.pino.warn({ reason }, 'a subscription lost EventStoreDB and tries again');
    },
  });
  closers.push(() => store.close());
  const ledger = new Ledger(store, (events) => {
    metrics.eventsAppended(events);
  });
  const projections = new Projections(store, database, allProjections, (err) => {
    log.pino.fatal({ err }, 'a read model stopped: it cannot apply an event');
  });
  const clock =
    config.mode === 'demonstration'
      ? new MovedClock(config.clock ?? new Date().toISOString())
      : new SystemClock();
  const vaultKeys = new VaultKeys(database, wrappingKey);
  const vault = new Vault(database);
  const digests = new Digests(vaultKeys);
  const readiness = new Readiness();
  const transparency = await Transparency.open({
    ...{ store, ledger, database, clock },
    origin: config.transparencyOrigin,
    policyFile: config.transparencyPolicy,
    seed: await vaultKeys.obtain('transparency-log'),
    onFailure: (err) => {
      log.pino.fatal({ err }, 'the transparency log stopped: it cannot take an event in');
    },
  });
  readiness.register('transparency', () => Promise.resolve(transparency.problem()));
  readiness.register(
    'postgresql',
    async () => {
      await database.pool('register').query('select');
      return undefined;
    },
    'serving',
  );
  readiness.register(
    'ledger',
    async () => {
      await store.head();
      return undefined;
    },
    'serving',
  );
  return {
    config,
    log,
    metrics,
    readiness,
    database,
    store,
    ledger,
    listFence: new ListFence(store, database),
    projections,
    clock,
    vault,
    vaultKeys,
    digests,
    recheckedBoxes: await RecheckedBoxes.open(database, vaultKeys),
    identities: new Identities(vault, digests, database, ledger),
    slowHashes: new SlowHashes(),
    doors: new WaitingLine(AT_THE_DOORS, AT_THE_DOORS),
    documents: new Documents(database),
    credentialLists: new CredentialLists(database),
    noticeUnits: new NoticeUnits(database),
    content,
    transparency,
    site: new Site(config),
    sessions: new SessionStore(
      database,
      { idle: config.sessionIdleMinutes, longest: config.sessionLongestMinutes },
      () => Date.parse(clock.now()),
    ),
  };
}

async function wrappingKeyOf(config: Config): Promise<Buffer> {
  if (config.keyFile !== undefined) return readWrappingKey(config.keyFile);
  await mkdir(config.dataFolder, { recursive: true });
  return readWrappingKey(join(config.dataFolder, 'kek'), true);
}

/** A database whose schemas are the newest. */
async function openDatabase(
  config: Config,
  log: Log,
  closers: (() => Promise<void>)[],
  beside: boolean,
): Promise<Database> {
  const storage = await openStorage(config, beside);
  closers.push(() => storage.close());
  try {
    await migrate(storage.ownerUrl, loginOf(storage.url));
  } catch (error) {
    throw unreachable(error, config.databaseOwnerUrl ? 'DATABASE_OWNER_URL' : 'DATABASE_URL');
  }
  const database = new Database(storage.url, config.databasePool, (err) => {
    log.pino.warn({ err }, 'a connection to PostgreSQL broke');
  });
  closers.push(() => database.close());
  return database;
}

/** Says which variable leads to a server that does not answer, or does not let us in. */
function unreachable(error: unknown, variable: string): unknown {
  const { code, message } = error as { code?: unknown; message: string };
  // Operating system errors such as ECONNREFUSED; SQLSTATE classes: connection, authorisation, no such database.
  if (typeof code !== 'string' || !/^(E[A-Z]+$|08|28|3D|57P)/.test(code)) return error;
  return new CannotStart(`${variable}: PostgreSQL cannot be reached (${message || code})`, { cause: error });
}
