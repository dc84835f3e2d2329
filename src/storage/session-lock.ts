import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** A lock that one session of PostgreSQL holds for as long as it lives. `family` keeps names of different kinds apart. */
export interface SessionLock {
  readonly family: number;
  readonly name: string;
}

const STANDBY = 1_000; // milliseconds between two tries to become the holder

/**
 * Waits until this instance is the holder, then does `work` on the connection that holds the lock: losing the connection is
 * losing the lock. `over` aborts when either is lost, or when `signal` does. Throws what `work` throws; afterwards the lock
 * is let go.
 */
export async function whileHolding(
  connect: () => Promise<Client>,
  { family, name }: SessionLock,
  signal: AbortSignal,
  work: (client: Client, over: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = await connect();
  const ended = new AbortController();
  client.once('end', () => {
    ended.abort();
  });
  const over = AbortSignal.any([signal, ended.signal]);
  const taken = async () => {
    const { rows } = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, $2)) as held',
      [name, family],
    );
    return rows[0]?.held === true;
  };
  try {
    while (!over.aborted && !(await taken()))
      await sleep(STANDBY, undefined, { signal: over }).catch(() => undefined);
    if (!over.aborted) await work(client, over);
  } finally {
    await client.end().catch(() => undefined);
  }
}
