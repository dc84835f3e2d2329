import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimFolder } from '../../src/storage/folder-claim.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { eventually, postgresOf, temporaryFolder } from '../support/folders.js';

const NOWHERE = 'postgres://ann:secret@127.0.0.1:1/isoloir';

let folder: string;
let database: TestDatabase;
const children: ChildProcess[] = [];
const folders: string[] = [];

beforeAll(async () => {
  folder = await temporaryFolder('process');
  database = await freshDatabase();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await exitOf(child);
  }
  for (const own of folders.splice(0)) {
    expect(await eventually(10_000, async () => (await postgresOf(own)).length === 0)).toBe(true);
    await rm(own, { recursive: true });
  }
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('a start that cannot succeed', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a wrong variable', { PORT: 'x' }, 'PORT: takes a whole number from 0 to 65535'],
    [
      'a server that is not there',
      { DATABASE_URL: NOWHERE, DATABASE_OWNER_URL: NOWHERE },
      'DATABASE_OWNER_URL: ',
    ],
    ['a string that leads to no event store', { EVENTSTORE_URL: 'esdb://a b' }, 'EventStoreDB'],
    ['a key file that is not there', { ISOLOIR_KEK_FILE: '/nowhere/kek' }, '/nowhere/kek: cannot be read'],
    [
      'a host of another machine',
      { HOST: '192.0.2.1', PUBLIC_URL: 'https://vote.example.fr' },
      'HOST: 192.0.2.1 is not an address',
    ],
  ])('says in one line what is wrong: %s', async (_, env, said) => {
    await refused({ ...onDatabase(), ...env }, said);
  });

  it('names PORT when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await refused({ ...onDatabase(), PORT: String(port) }, `PORT: ${port} is in use`);
    other.close();
  });

  it('names the process that works on the folder', async () => {
    const claim = await claimFolder(folder);
    await refused({ ISOLOIR_DATA: folder, PORT: '0' }, `is in use by process ${process.pid}`);
    await claim.release();
  });

  it('says what a key file must hold', async () => {
    const file = join(folder, 'short');
    await writeFile(file, 'c2hvcnQ=');
    await refused({ ...onDatabase(), ISOLOIR_KEK_FILE: file }, 'it must hold 32 random bytes in base64');
  });
});

describe('a stop', () => {
  it('lets a slow request finish, with embedded storage and idle connections, and exits 0', async () => {
    const own = await ownFolder('embedded');
    const { child, port, said } = await started({ ISOLOIR_DATA: own, PORT: '0' });
    const idle = await fetch(`http://127.0.0.1:${port}/`); // fetch keeps its connection
    expect(await idle.text()).toContain('Fermeture du vote dans');
    const slow = await halfARequest(port);
    const silent = connect(port, '127.0.0.1'); // as browsers open one ahead
    await once(silent, 'connect');
    const letGo = once(silent, 'close');

    child.kill('SIGTERM');
    await letGo;
    await sleep(600);
    expect(child.exitCode).toBeNull();
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
    slow.socket.write('}');

    expect(await slow.answer).toMatch(
      /^HTTP\/1\.1 403 .*\r\nconnection: close\r\n.*"session\.form-expired"/is,
    );
    expect(await exitOf(child)).toBe(0);
    expect(said()).not.toMatch(/"level":[456]0|broke|Warning/); // nothing was cut off
    expect((await readdir(own)).filter((name) => name.startsWith('owner-'))).toEqual([]); // the folder is free
    expect(await postgresOf(own)).toEqual([]);
  });

  it('is cut short by a second signal', async () => {
    const { child, port } = await started(onDatabase());
    const { answer } = await halfARequest(port);
    child.kill('SIGINT');
    await sleep(50);
    child.kill('SIGINT'); // the echo of npm
    await sleep(500);
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(1);
    await answer;
  });

  it('is given up after its limit', async () => {
    const never = `import('${process.cwd()}/dist/signals.js').then(({ stopOnSignal }) => {
      setInterval(() => 0, 1000);
      stopOnSignal(() => new Promise(() => undefined), (error) => console.error(error.message), 100);
      process.kill(process.pid, 'SIGTERM');
    });`;
    const child = spawn(process.execPath, ['-e', never]);
    children.push(child);
    const said = textOf(child.stderr);
    expect(await exitOf(child)).toBe(1);
    expect(said()).toBe('not stopped within 100 ms\n');
  });
});

describe('a PostgreSQL that goes away', () => {
  it('is told to callers and operators, and does not keep the service from stopping', async () => {
    const own = await ownFolder('outage');
    const { child, port } = await started({ ISOLOIR_DATA: own, PORT: '0' });
    const lock = await readFile(join(own, 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number(lock.split('\n')[0]), 'SIGINT');

    await until(async () => {
      const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
      if (ready.status !== 503) return false;
      const { problems } = (await ready.json()) as { problems: object };
      return Object.keys(problems).join() === 'postgresql,ledger';
    });
    const asked = await fetch(`http://127.0.0.1:${port}/api/elections`);
    expect([asked.status, asked.headers.get('retry-after')]).toStrictEqual([503, '2']);
    expect(await asked.json()).toMatchObject({ code: 'database.unavailable' });
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);

    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
  });
});

/** A folder for embedded storage, which is gone after the test. */
async function ownFolder(name: string): Promise<string> {
  const own = await temporaryFolder(name);
  folders.push(own);
  return own;
}

function onDatabase(): Record<string, string> {
  return {
    ISOLOIR_MODE: 'demonstration',
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    ISOLOIR_DATA: folder,
    PORT: '0',
  };
}

function run(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { LOG_LEVEL: 'warn', DEMONSTRATION: 'portal', ...env },
  });
  children.push(child);
  return child;
}

/** Expects exit code 1 and one line on standard error, which holds neither a stack nor a password. */
async function refused(env: Record<string, string>, said: string): Promise<void> {
  const child = run(env);
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  expect(await exitOf(child)).toBe(1);
  expect(out()).toBe('');
  expect(err()).toMatch(/^Isoloir cannot start: [^\n]+\n$/);
  expect(err()).toContain(said);
  expect(err()).not.toContain('secret');
}

async function started(
  env: Record<string, string>,
): Promise<{ child: ChildProcess; port: number; said: () => string }> {
  const child = run(env);
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  for (;;) {
    const [, port] = /listens on http:\/\/127\.0\.0\.1:(\d+)\n/.exec(out()) ?? [];
    if (port) return { child, port: Number(port), said: () => out() + err() };
    if (child.exitCode !== null) throw new Error(err());
    await sleep(20);
  }
}

/** Asks again until it holds; the limit is that of the test. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** A request whose body lacks its last byte; `answer` is all that comes back until the connection ends. */
async function halfARequest(port: number): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  const answer = textOf(socket);
  const ended = once(socket, 'close').then(answer);
  await once(socket, 'connect');
  socket.on('error', () => undefined); // cut, when the server exits at once
  socket.write('POST /api/slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
  socket.write('Content-Length: 2\r\n\r\n{');
  await sleep(100); // until the server has begun to read
  return { socket, answer: ended };
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (more: string) => (text += more));
  return () => text;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}
