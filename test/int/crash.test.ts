import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Position, StoredEvent } from '../../src/ledger/event-store.js';
import { positionOf } from '../../src/ledger/group-writer.js';
import { PostgresEventStore } from '../../src/ledger/postgres-event-store.js';
import { Database } from '../../src/storage/database.js';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { all } from '../support/contract-events.js';
import { endAll, startChild, type Child } from '../support/child.js';
import { eventually, temporaryFolder } from '../support/folders.js';

const runs = Number(process.env['CRASH_RUNS'] ?? 10);
const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 1e9));
const draw = generator(seed);

/** What is killed: the program alone; PostgreSQL first; or one session, after which the program must go on. */
type Victim = 'the program' | 'PostgreSQL' | 'a session of PostgreSQL';
const victims: readonly Victim[] = [
  'the program',
  'the program',
  'PostgreSQL',
  'the program',
  'a session of PostgreSQL',
];
const rounds = Array.from(
  { length: runs },
  (_, round) => [round, victims[round % victims.length] ?? 'the program'] as const,
);

describe(`SIGKILL during 64 concurrent appends (CRASH_SEED=${seed})`, () => {
  let folder: string;
  let last: Position | undefined;
  let acknowledged = 0;
  const kept = new Map<string, string>(); // of every acknowledged event: id, and where it stood
  beforeAll(async () => {
    folder = await temporaryFolder('crash');
  });
  afterAll(async () => {
    await endAll();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(rounds)(
    'run %d, of %s: every acknowledged event is there, in order, once',
    async (round, victim) => {
      const child = startChild('append-until-killed.mjs', [folder, String(round)]);
      await child.line();
      await sleep(20 + draw() * 500);
      if (victim === 'PostgreSQL') await killPostgres(folder);
      if (victim === 'a session of PostgreSQL') await killSession(folder, child);
      await child.end('SIGKILL');
      const acks = child.lines.map(parse);
      const events = await storedAfter(folder, last);
      check(events, acks, last);
      for (const ack of acks)
        ack.ids.forEach((id, i) => kept.set(id, `${ack.stream} ${ack.revision - ack.ids.length + 1 + i}`));
      last = events.at(-1)?.position ?? last;
      acknowledged += acks.length;
    },
  );

  it('nothing acknowledged in any run is gone after all of them', async () => {
    const events = await storedAfter(folder, undefined);
    expect(events.map((e) => e.position)).toEqual(events.map((_, i) => positionOf(i + 1)));
    const where = new Map(events.map((e) => [e.id, `${e.stream} ${e.revision}`]));
    expect(where.size).toBe(events.length);
    expect([...kept].filter(([id, place]) => where.get(id) !== place)).toEqual([]);
    expect(acknowledged).toBeGreaterThan(64 * runs);
  });
});

interface Ack {
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly ids: readonly string[];
}

function parse(line: string): Ack {
  const [stream = '', revision, position = '', ...ids] = line.split(' ');
  return { stream, revision: Number(revision), position, ids };
}

/** The events that a run left, against what it acknowledged. */
function check(events: readonly StoredEvent[], acks: readonly Ack[], before: Position | undefined): void {
  const first = Number(before ?? 0) + 1;
  expect(events.map((e) => e.position)).toEqual(events.map((_, i) => positionOf(first + i)));
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  for (const stored of streams.values())
    expect(stored.map((e) => e.revision)).toEqual(stored.map((_, i) => i));
  for (const { stream, revision, position, ids } of acks) {
    const stored = streams.get(stream)?.slice(revision - ids.length + 1, revision + 1) ?? [];
    expect(stored.map((e) => e.id)).toEqual(ids);
    expect(stored.at(-1)?.position).toBe(position);
  }
  for (const [stream, stored] of streams) {
    const answered = Math.max(-1, ...acks.filter((ack) => ack.stream === stream).map((ack) => ack.revision));
    expect(stored.length - 1 - answered).toBeLessThanOrEqual(2); // what was in flight: one append, of two at most
  }
}

async function storedAfter(folder: string, position: Position | undefined): Promise<StoredEvent[]> {
  const server = await startEmbeddedPostgres(folder);
  const database = new Database(server.url, 1);
  const store = new PostgresEventStore(database);
  try {
    return await all(store.readAll(position));
  } finally {
    await store.close();
    await database.close();
    await server.stop();
  }
}

async function killPostgres(folder: string): Promise<void> {
  const lock = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8');
  process.kill(Number(lock.split('\n')[0]), 'SIGKILL');
  await sleep(draw() * 100);
}

/** PostgreSQL then cuts all sessions and recovers by itself; the writers must get through again. */
async function killSession(folder: string, child: Child): Promise<void> {
  const password = (await readFile(join(folder, 'postgres.password'), 'utf8')).trim();
  const client = new pg.Client({
    host: join(folder, 'socket'),
    user: 'postgres',
    password,
    database: 'isoloir',
  });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'isoloir ledger' and query like '%ledger.append%'`,
  );
  for (const { pid } of rows) process.kill(pid, 'SIGKILL');
  await client.end().catch(() => undefined);
  expect(rows.length).toBeGreaterThan(0);
  const before = child.lines.length;
  expect(await eventually(10_000, () => Promise.resolve(child.lines.length > before + 1_000))).toBe(true);
}

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
