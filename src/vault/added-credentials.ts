import type { Database } from '../storage/database.js';

/**
 * Public credentials that réassorts of voting codes added, by scrutin and without their electors, until the freeze
 * publishes the final list (design 4). The list of a scrutin is one row, kept sorted and written anew each time: what the
 * database knows of the order of rows and transactions does not lead from a credential to an elector.
 */
export class AddedCredentials {
  constructor(private readonly database: Database) {}

  /**
   * Adds one credential for each scrutin of an elector, once for a link: false when the link has added its own before,
   * whatever they were. To be called after `VotingCodeReassorted`, so that a list never grows by more than réassorts.
   */
  add(linkId: string, credentials: ReadonlyMap<string, string>): Promise<boolean> {
    return this.database.transaction('vault', async (tx) => {
      const { rowCount } = await tx.query(
        'insert into vault.code_links (link_id) values ($1) on conflict do nothing',
        [linkId],
      );
      if (rowCount === 0) return false;
      // Rows are locked in the order of their ids, so that two electors of the same scrutins never wait for each other.
      await tx.query(
        `insert into vault.added_credentials as a (scrutin_id, credentials)
           select scrutin_id, array[credential]
             from unnest($1::uuid[], $2::text[]) as r(scrutin_id, credential) order by scrutin_id
         on conflict (scrutin_id) do update set credentials = (
           select array_agg(distinct c collate "C" order by c collate "C")
             from unnest(a.credentials || excluded.credentials) as c)`,
        [[...credentials.keys()], [...credentials.values()]],
      );
      return true;
    });
  }

  /** Whether a réassort added this credential to the scrutin. */
  async has(scrutinId: string, credential: string): Promise<boolean> {
    const { rowCount } = await this.database
      .pool('vault')
      .query('select from vault.added_credentials where scrutin_id = $1 and $2 = any (credentials)', [
        scrutinId,
        credential,
      ]);
    return rowCount === 1;
  }

  /** All credentials that were added to a scrutin, sorted. */
  async all(scrutinId: string): Promise<readonly string[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ credentials: string[] }>(
        'select credentials from vault.added_credentials where scrutin_id = $1',
        [scrutinId],
      );
    return rows[0]?.credentials ?? [];
  }

  /** How many were added. */
  async count(scrutinId: string): Promise<number> {
    return (await this.all(scrutinId)).length;
  }
}
