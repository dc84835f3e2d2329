import type { Database } from '../storage/database.js';

/** Where a page of names ends: the next one begins after it. */
export interface After {
  readonly name: string;
  readonly electorId: string;
}

/** A name in its order. It counts only where the register says that this version is the elector's present identity. */
export interface DirectoryRow extends After {
  readonly version: string;
}

/** A name as it is entered, with the unit, both in the form of `nameKey`. */
export interface Entry {
  readonly version: string;
  readonly electionId: string;
  readonly electorId: string;
  readonly name: string;
  readonly unit: string;
}

const START: After = { name: '', electorId: '00000000-0000-0000-0000-000000000000' };
const COLUMNS = 'version, name, elector_id as "electorId"';
// Up to the last character that there is, in the order of bytes: what begins so.
const END = 'chr(1114111)';
const PAGE = `(name, elector_id) > ($2, $3::uuid) and name < $4 || ${END} order by name, elector_id limit $5`;

/** The names of electors in their order, for the electoral lists (F56). Versions that no longer count are among them. */
export class Directory {
  constructor(private readonly database: Database) {}

  /** Enters names of versions that were just written. */
  async enter(entries: readonly Entry[]): Promise<void> {
    await this.database.pool('vault').query(
      `insert into vault.directory (version, election_id, elector_id, name, unit)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])`,
      (['version', 'electionId', 'electorId', 'name', 'unit'] as const).map((column) =>
        entries.map((entry) => entry[column]),
      ),
    );
  }

  /** Names of these electors that begin so: each is looked up. In a join, or as a condition, the planner walks all names. */
  ofElectors(electorIds: readonly string[], prefix: string, limit: number, after: After = START) {
    const theirs = `unnest($1::uuid[]) as e(elector_id) cross join lateral (
      select version, name from vault.directory d where d.elector_id = e.elector_id offset 0) known`;
    return this.page(`${theirs} where`, electorIds, prefix, after, limit);
  }

  /** Names of the electors of an election that begin so. */
  ofElection(electionId: string, prefix: string, limit: number, after: After = START) {
    return this.page('vault.directory where election_id = $1 and', electionId, prefix, after, limit);
  }

  /**
   * The same, of those of some units: of each as many as are asked for, by the index of units, and then the first of them.
   * In one condition the planner walks all names of the election.
   */
  async ofUnits(
    electionId: string,
    units: readonly string[],
    prefix: string,
    limit: number,
    after: After = START,
  ) {
    const { rows } = await this.database.pool('vault').query<DirectoryRow>(
      `select of_unit.* from unnest($6::text[]) as wanted(unit) cross join lateral (
         select ${COLUMNS} from vault.directory d where election_id = $1 and d.unit = wanted.unit and ${PAGE}) of_unit
         order by name, "electorId" limit $5`,
      [electionId, ...begin(prefix, after), prefix, limit, units],
    );
    return rows;
  }

  /** The units of an election that begin so, in their order; the index is entered once for each. */
  async units(electionId: string, prefix: string, limit: number): Promise<string[]> {
    const next = (from: string) =>
      `(select unit from vault.directory where election_id = $1 and unit ${from} and unit < $2 || ${END}
          order by unit limit 1)`;
    const { rows } = await this.database.pool('vault').query<{ unit: string }>(
      `with recursive known as (
         select ${next('>= $2')} as unit
         union all select ${next('> known.unit')} from known where known.unit is not null)
       select unit from known where unit is not null limit $3`,
      [electionId, prefix, limit],
    );
    return rows.map(({ unit }) => unit);
  }

  private async page(
    from: string,
    whose: unknown,
    prefix: string,
    after: After,
    limit: number,
  ): Promise<DirectoryRow[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<DirectoryRow>(`select ${COLUMNS} from ${from} ${PAGE}`, [
        whose,
        ...begin(prefix, after),
        prefix,
        limit,
      ]);
    return rows;
  }
}

/** After which name and elector a page begins: an index on names begins at the prefix, nothing before it is read. */
function begin(prefix: string, { name, electorId }: After): [string, string] {
  return name >= prefix ? [name, electorId] : [prefix, START.electorId];
}

/** A page of a walk, and after which name the next one begins. */
export interface Walked<T> {
  readonly rows: readonly T[];
  readonly next: After | undefined;
}

/**
 * A page of those names that `keep` lets through, such as the electors of one scrutin: reads on until there are `size` of
 * them, each time twice as many names. A walk that found little in fifty steps is given as it is, to be gone on with.
 */
export async function walk<T extends After>(
  read: (limit: number, after: After | undefined) => Promise<readonly DirectoryRow[]>,
  keep: (rows: readonly DirectoryRow[]) => Promise<readonly T[]>,
  size: number,
  after?: After,
): Promise<Walked<T>> {
  const rows: T[] = [];
  let from = after;
  let limit = Math.min(2 * size, MOST_NAMES);
  for (let step = 0; step < MOST_STEPS && rows.length <= size; step++) {
    const names = await read(limit, from);
    rows.push(...(await keep(names)));
    from = names.length < limit ? undefined : names.at(-1);
    if (from === undefined) break;
    limit = Math.min(2 * limit, MOST_NAMES);
  }
  const next = rows.length > size ? rows[size - 1] : from;
  return { rows: rows.slice(0, size), next: next && { name: next.name, electorId: next.electorId } };
}

const MOST_STEPS = 50;
const MOST_NAMES = 1_000; // of a step
