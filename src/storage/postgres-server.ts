import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedUnavailable, type Account } from './postgres-place.js';

/** A PostgreSQL process that we started. */
export interface Server {
  readonly process: ChildProcess;
  /** The last lines PostgreSQL wrote, for the error when it does not start. */
  readonly complaints: string[];
  /** Resolves when it is gone and its last line was read. */
  readonly closed: Promise<void>;
}

export interface Launch {
  readonly binary: string;
  readonly data: string;
  readonly socket: string;
  readonly account: Account;
  /** Connection string by which the server is known to be ready. */
  readonly url: string;
}

const LONGEST_START = 60_000; // recovery of a large folder takes its time
const LONGEST_LINGERING = 20_000;

/** Starts PostgreSQL and waits until it answers. Throws `EmbeddedUnavailable` with what it complained about. */
export async function startServer(launch: Launch): Promise<Server> {
  for (const from = performance.now(); ;) {
    const server = spawnServer(launch);
    try {
      await untilReady(server, launch.url);
      return server;
    } catch (error) {
      await stopServer(server);
      // Sessions of a postmaster that was killed notice within moments, and must be gone before another one works.
      const lingering = server.complaints.some((line) => /shared memory block .*is still in use/.test(line));
      if (!lingering || performance.now() - from > LONGEST_LINGERING) throw error;
      await sleep(100);
    }
  }
}

/** Stops PostgreSQL and waits until it is gone. */
export async function stopServer({ process: server }: Server): Promise<void> {
  if (isOver(server)) return;
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

function spawnServer({ binary, data, socket, account }: Launch): Server {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: `"${socket.replaceAll('"', '""')}"`, // quoted: a comma would make two of it
    unix_socket_permissions: '0700',
    max_connections: '200',
    // As durable as the default (fdatasync) in one call to the kernel instead of two: a third less time for a lone append.
    ...(process.platform === 'linux' && { wal_sync_method: 'open_datasync' }),
    // A list of a million writes all over a dozen indexes: they should stay in memory, and be checkpointed seldom. Memory
    // that nobody touches is not taken.
    shared_buffers: '512MB',
    max_wal_size: '2GB',
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
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  child.unref();
  (child.stderr as unknown as { unref?(): void }).unref?.();
  return { process: child, complaints, closed };
}

async function untilReady(server: Server, url: string): Promise<void> {
  for (const from = performance.now(); performance.now() - from < LONGEST_START;) {
    if (isOver(server.process)) {
      await Promise.race([server.closed, sleep(1_000, undefined, { ref: false })]);
      throw new EmbeddedUnavailable(`PostgreSQL did not start: ${server.complaints.join(' / ')}`);
    }
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') {
        throw new EmbeddedUnavailable(
          'PostgreSQL refuses the password that stands beside its data: postgres.password is not the one it was made ' +
            'with. Put the right file back.',
          { cause: error },
        );
      }
      await sleep(20); // not listening yet, or still recovering
    }
  }
  throw new EmbeddedUnavailable(`PostgreSQL was not ready in a minute: ${server.complaints.join(' / ')}`);
}

function isOver(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null || server.pid === undefined;
}
