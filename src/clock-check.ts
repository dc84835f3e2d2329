import { CannotStart } from './cannot-start.js';
import type { Queryable } from './storage/database.js';

const TRIES = 3;
const MOST = 2_000; // milliseconds

/**
 * Compares a clock (milliseconds since 1970) with PostgreSQL's and throws `CannotStart` when they are more than 2 s apart.
 * The instants of an election are legal facts: a machine that is wrong about the time must not state them.
 */
export async function checkClock(database: Queryable, now: () => number = Date.now): Promise<void> {
  let ahead = 0;
  let uncertainty = Infinity; // half a round trip: PostgreSQL read its clock somewhere within
  for (let tries = 0; tries < TRIES; tries++) {
    const before = now();
    const { rows } = await database.query<{ instant: Date }>('select clock_timestamp() as instant');
    const after = now();
    if ((after - before) / 2 >= uncertainty) continue; // the fastest round trip counts
    uncertainty = (after - before) / 2;
    ahead = (before + after) / 2 - (rows[0]?.instant.getTime() ?? NaN);
  }
  if (Math.abs(ahead) - uncertainty <= MOST) return;
  const seconds = (Math.abs(ahead) / 1000).toFixed(1);
  throw new CannotStart(
    `the clock of this machine is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} PostgreSQL's, at most ` +
      `${MOST / 1000} s are allowed: set both by NTP`,
  );
}
