import type { Pool } from 'pg';

/** Tells which of the given keys some event names; must know the ledger up to its head. */
export type Named = (keys: readonly string[]) => Promise<ReadonlySet<string>>;

const PAGE = 1_000;

/**
 * Removes rows older than `olderThan` (a PostgreSQL interval) that no event names: what a crash between row and event
 * leaves behind. A row written again meanwhile is spared. `schema.unnamed` lists the rows not yet known to be named.
 * Gives the number removed.
 */
export async function sweepUnnamed(
  pool: Pool,
  { schema, table, key }: { schema: 'vault' | 'documents'; table: string; key: string },
  named: Named,
  olderThan: string,
): Promise<number> {
  let removed = 0;
  for (let last: string | null = null; ;) {
    const { rows }: { rows: { key: string }[] } = await pool.query(
      `select u.${key}::text as key from ${schema}.unnamed u join ${schema}.${table} d using (${key})
        where ($1::text is null or u.${key}::text > $1) and d.written_at < now() - $2::interval
        order by u.${key}::text limit ${PAGE}`,
      [last, olderThan],
    );
    const keys = rows.map((row) => row.key);
    const end = keys.at(-1);
    if (end === undefined) return removed;
    const kept = await named(keys);
    const { rowCount } = await pool.query(
      `delete from ${schema}.${table} where ${key}::text = any ($1) and written_at < now() - $2::interval`,
      [keys.filter((one) => !kept.has(one)), olderThan],
    );
    await pool.query(`delete from ${schema}.unnamed where ${key}::text = any ($1)`, [[...kept]]);
    removed += rowCount ?? 0;
    last = end;
  }
}
