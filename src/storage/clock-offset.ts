import type { Queryable } from './database.js';

/** How far a clock is from PostgreSQL's, in milliseconds. */
export interface Offset {
  /** Positive when the clock is ahead. */
  readonly ahead: number;
  /** The true value is within this of `ahead`: half a round trip. */
  readonly uncertainty: number;
}

const TRIES = 3;

/** Compares a clock (milliseconds since 1970) with PostgreSQL's; the fastest of three round trips counts. */
export async function clockOffset(database: Queryable, now: () => number = Date.now): Promise<Offset> {
  let best: Offset | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    const before = now();
    const { rows } = await database.query<{ instant: Date }>('select clock_timestamp() as instant');
    const after = now();
    const theirs = rows[0]?.instant.getTime() ?? NaN;
    const offset = { ahead: (before + after) / 2 - theirs, uncertainty: (after - before) / 2 };
    if (!best || offset.uncertainty < best.uncertainty) best = offset;
  }
  return best ?? { ahead: NaN, uncertainty: Infinity };
}
