import { Injectable } from '@nestjs/common';
import {
  countElectors,
  electorsByIds,
  everyElectorIdOfScrutin,
  findElector,
  type ElectorRow,
} from '../../../projections/electors.projection.js';
import { scrutinsOf, type ScrutinRow } from '../../../projections/scrutins.projection.js';
import { Database } from '../../../storage/database.js';
import { Directory, walk, type After, type DirectoryRow } from '../../../vault/directory.js';
import { Identities } from '../../../vault/identities.js';
import { nameKey } from '../../../vault/name-key.js';

/** A line of an electoral list, as those who are on it may read it. */
export interface ListedName {
  readonly electorId: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly corps: string;
  readonly unit: string;
}

/** A page of an electoral list, and where the next one begins. */
export interface ListPage {
  readonly names: readonly ListedName[];
  readonly next: After | undefined;
}

/** A scrutin with the number of its electors. */
export interface CountedScrutin extends ScrutinRow {
  readonly electors: number;
}

const PAGE = 50;
/** Up to so many electors their ids are asked for by name; beyond, the names of the whole election are walked through. */
const FEW = 20_000;

/** The electoral lists by name (F56, F101): order and names from the vault, who is on which from the register. */
@Injectable()
export class ElectoralLists {
  private readonly directory: Directory;

  constructor(
    private readonly database: Database,
    private readonly identities: Identities,
  ) {
    this.directory = new Directory(database);
  }

  /** The scrutins that an elector is on the lists of (F55). */
  async scrutinsOf(electorId: string): Promise<CountedScrutin[]> {
    const register = this.database.pool('register');
    const elector = await findElector(register, electorId);
    const ids = elector?.scrutinIds ?? [];
    const [rows, counts] = await Promise.all([scrutinsOf(register, ids), countElectors(register, ids)]);
    return rows.map((row) => ({ ...row, electors: counts.get(row.scrutinId) ?? 0 }));
  }

  /** Those on the list of a scrutin whose names begin with what was typed, last name first, without regard to accents. */
  async page(
    { scrutinId, electionId, electors }: CountedScrutin,
    typed: string,
    after?: After,
  ): Promise<ListPage> {
    const prefix = nameKey(typed);
    const ids = electors <= FEW ? await this.idsOf(scrutinId) : undefined;
    const { rows, next } = await walk(
      (from) =>
        ids
          ? this.directory.ofElectors(ids, prefix, from, 2 * PAGE)
          : this.directory.ofElection(electionId, prefix, from),
      (names) => this.counting(names, scrutinId),
      PAGE,
      after,
    );
    const names = await Promise.all(rows.map((row) => this.named(row.elector)));
    return { names: names.filter((name) => name !== undefined), next };
  }

  private async idsOf(scrutinId: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of everyElectorIdOfScrutin(this.database.pool('register'), scrutinId))
      ids.push(...page);
    return ids;
  }

  /** Those rows whose version counts, of electors of this scrutin. */
  private async counting(rows: readonly DirectoryRow[], scrutinId: string) {
    const register = this.database.pool('register');
    const electors = await electorsByIds(
      register,
      rows.map(({ electorId }) => electorId),
    );
    const byId = new Map(electors.map((elector) => [elector.electorId, elector]));
    return rows.flatMap((row) => {
      const elector = byId.get(row.electorId);
      const counts = elector?.identity.version === row.version && elector.scrutinIds.includes(scrutinId);
      return counts ? [{ ...row, elector }] : [];
    });
  }

  private async named({ electorId, identity }: ElectorRow): Promise<ListedName | undefined> {
    const known = await this.identities.read(identity);
    if (!known) return undefined;
    const { lastName, firstName, corps, unit } = known;
    return { electorId, lastName, firstName, corps, unit };
  }
}
