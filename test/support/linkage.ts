/** An attacker who has tables and wants to know whose a ballot is, by joining whatever can be joined. */

import type { TestDatabase } from './database.js';

/** A place where one side of a vote shows: whose it is (a number that only the test knows), and all that stands beside it. */
export interface Trace {
  readonly who: number;
  readonly features: Readonly<Record<string, string | number>>;
}

/** The best that any join gives: how many of all were linked rightly, and by which join. */
export interface Linked {
  readonly share: number;
  readonly by: string;
}

/** One side in the order of one of its features, cut into those that agree in another (or all). */
type Ranked = ReadonlyMap<string, readonly number[]>;

/**
 * Tries every join of two lists of traces: those that agree in a feature (or all) are laid side by side, each side in the
 * order of one of its features, and paired by rank. Gives the best one.
 */
export function bestJoin(signatures: readonly Trace[], ballots: readonly Trace[], of: number): Linked {
  let best: Linked = { share: 0, by: 'nothing' };
  const [left, right] = [inEveryOrder(signatures), inEveryOrder(ballots)];
  for (const group of [undefined, ...[...left.keys()].filter((name) => right.has(name))]) {
    const some = [...left].map(([p, order]) => [p, cut(order, group)] as const);
    const others = [...right].map(([q, order]) => [q, cut(order, group)] as const);
    for (const [p, one] of some)
      for (const [q, other] of others) {
        const hits = hitsOf(one, other);
        if (hits / of > best.share)
          best = { share: hits / of, by: `${p} to ${q} within ${group ?? 'everything'}` };
      }
  }
  return best;
}

function inEveryOrder(traces: readonly Trace[]): Map<string, readonly Trace[]> {
  const names = new Set(traces.flatMap(({ features }) => Object.keys(features)));
  return new Map([...names].map((name) => [name, sorted(traces, name)]));
}

function cut(order: readonly Trace[], by: string | undefined): Ranked {
  const groups = new Map<string, number[]>();
  for (const { who, features } of order) {
    const key = by === undefined ? '' : String(features[by]);
    const group = groups.get(key);
    if (group) group.push(who);
    else groups.set(key, [who]);
  }
  return groups;
}

/** How many stand at the same rank on both sides and are the same vote. */
function hitsOf(some: Ranked, others: Ranked): number {
  let hits = 0;
  for (const [key, left] of some) {
    const right = others.get(key) ?? [];
    for (let rank = 0; rank < left.length; rank++) if (left[rank] === right[rank]) hits++;
  }
  return hits;
}

function sorted(traces: readonly Trace[], by: string): Trace[] {
  return traces.toSorted((a, b) => {
    const [x, y] = [a.features[by] ?? '', b.features[by] ?? ''];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

/** Rows of a table, or lines of a log. */
export type Rows = readonly Record<string, unknown>[];

/**
 * The rows in which one of these values shows, with every column that sorts, the place of the row and of the value in it.
 * A value may be written as text, or as bytes.
 */
export function tracesIn(rows: Rows, values: readonly (readonly string[])[]): Trace[] {
  const whose = new Map(values.flatMap((spellings, who) => spellings.map((one) => [one, who] as const)));
  const found: Trace[] = [];
  rows.forEach((row, place) => {
    const features: Record<string, string | number> = { place };
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') features[name] = value;
      else if (value instanceof Date) features[name] = value.getTime();
      else if (Buffer.isBuffer(value)) features[name] = value.toString('hex');
      else if (typeof value === 'string' && value.length < 100) features[name] = value;
    }
    const text = Object.values(row)
      .map((value) =>
        Buffer.isBuffer(value) ? `${value.toString('hex')} ${value.toString('latin1')}` : String(value),
      )
      .join(' ');
    const here = new Map<number, number>();
    for (const { 0: value, index } of text.matchAll(/[0-9a-f-]{36,}/g)) {
      const who = whose.get(value);
      if (who !== undefined && !here.has(who)) here.set(who, index);
    }
    for (const [who, offset] of here) found.push({ who, features: { ...features, offset } });
  });
  return found;
}

/** Every row of every table of a database, with what PostgreSQL itself keeps of it, and every line of a log. */
export async function tablesOf(
  database: Pick<TestDatabase, 'asOwner'>,
  log: string,
): Promise<Map<string, Rows>> {
  const tables = await database.asOwner<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in
      ('ledger', 'vault', 'documents', 'reactions', 'read_register', 'read_box', 'transparency') order by 1`,
  );
  const all = new Map<string, Rows>([['log', log.split('\n').map((line) => ({ line }))]]);
  for (const { name } of tables)
    all.set(
      name,
      await database.asOwner(
        `select t.xmin::text::bigint as "xmin of the row", t.ctid::text as "ctid of the row", t.* from ${name} t order by t.ctid`,
      ),
    );
  return all;
}

/** The best that anybody does with these tables who knows which value of each side belongs to whom. */
export function attack(
  tables: ReadonlyMap<string, Rows>,
  { signatures, ballots }: Record<'signatures' | 'ballots', readonly (readonly string[])[]>,
): Linked {
  const votes = ballots.length;
  let best: Linked = { share: 0, by: 'nothing' };
  const seen = (values: readonly (readonly string[])[]) =>
    [...tables]
      .map(([table, rows]) => [table, tracesIn(rows, values)] as const)
      .filter(([, traces]) => traces.length >= votes / 2);
  const cast = seen(ballots);
  for (const [table, signed] of seen(signatures))
    for (const [other, traces] of cast) {
      const linked = bestJoin(signed, traces, votes);
      if (linked.share > best.share)
        best = { share: linked.share, by: `${table} and ${other}: ${linked.by}` };
    }
  return best;
}
