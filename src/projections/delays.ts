import type { Queryable } from '../storage/database.js';

/** How long people wait for an answer, in minutes; undefined where there is nobody to say it of. */
export interface Delays {
  readonly answered: number;
  /** Half of the answers came within it, nine in ten within the next, all within the last. */
  readonly median: number | undefined;
  readonly ninth: number | undefined;
  readonly longest: number | undefined;
  readonly waiting: number;
  /** Since when the one waits who has waited longest. */
  readonly oldest: Date | undefined;
}

const ASKED = { claims: 'filed_at', assistance: 'asked_at' } as const;

/** Statistics of the delays of claims or of requests for assistance. `tx` is a connection of the register's role. */
export async function delaysOf(tx: Queryable, what: keyof typeof ASKED): Promise<Delays> {
  const delay = `extract(epoch from answered_at - ${ASKED[what]}) / 60`;
  const { rows } = await tx.query<{
    answered: number;
    median: number | null;
    ninth: number | null;
    longest: number | null;
    waiting: number;
    oldest: Date | null;
  }>(
    `select count(answered_at)::int as answered, count(*) filter (where answered_at is null)::int as waiting,
            (percentile_disc(0.5) within group (order by ${delay}))::float8 as median,
            (percentile_disc(0.9) within group (order by ${delay}))::float8 as ninth,
            max(${delay})::float8 as longest, min(${ASKED[what]}) filter (where answered_at is null) as oldest
       from read_register.${what}`,
  );
  const [row] = rows;
  return {
    answered: row?.answered ?? 0,
    median: row?.median ?? undefined,
    ninth: row?.ninth ?? undefined,
    longest: row?.longest ?? undefined,
    waiting: row?.waiting ?? 0,
    oldest: row?.oldest ?? undefined,
  };
}
