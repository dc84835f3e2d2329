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

const START: After = { name: '', electorId: '00000000-0000-0000-0000-000000000000' };
const COLUMNS = 'version, name, elector_id as "electorId"';
// The names that begin with $2: up to the last character that there is, in the order of bytes.
const PAGE = `(name, elector_id) > ($3, $4::uuid) and name < $2 || chr(1114111) order by name, elector_id limit $5`;

/** The names of electors in their order, for the electoral lists (F56). Versions that no longer count are among them. */
export class Directory {
  constructor(private readonly database: Database) {}

  /** Names of these electors that begin so. */
  ofElectors(electorIds: readonly string[], prefix: string, after: After = START, limit = 100) {
    return this.page('elector_id = any ($1)', electorIds, prefix, after, limit);
  }

  /** Names of the electors of an election that begin so. */
  ofElection(electionId: string, prefix: string, after: After = START, limit = 1_000) {
    return this.page('election_id = $1', electionId, prefix, after, limit);
  }

  private async page(
    where: string,
    whose: unknown,
    prefix: string,
    { name, electorId }: After,
    limit: number,
  ): Promise<DirectoryRow[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<DirectoryRow>(`select ${COLUMNS} from vault.directory where ${where} and ${PAGE}`, [
        whose,
        prefix,
        // An index on names begins at the prefix: nothing before it is read.
        name > prefix ? name : prefix,
        name >= prefix ? electorId : START.electorId,
        limit,
      ]);
    return rows;
  }
}
