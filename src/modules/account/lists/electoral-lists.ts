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
import type { Identity } from '../../../vault/identities.js';
import { nameKey } from '../../../vault/name-key.js';
import { Vault } from '../../../vault/vault.js';

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
const FEW = 10_000;
const MOST_UNITS = 500;

/** The electoral lists by name (F56, F101): order and names from the vault, who is on which from the register. */
@Injectable()
export class ElectoralLists {
  private readonly directory: Directory;

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
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
  page({ scrutinId, electionId, electors }: CountedScrutin, typed: string, after?: After): Promise<ListPage> {
    return this.search(electionId, { scrutinId, electors }, { name: typed, unit: '' }, after);
  }

  /** The same of a whole election where no scrutin is given, and of those alone whose unit begins as was typed. */
  async search(
    electionId: string,
    { scrutinId, electors }: { readonly scrutinId: string | undefined; readonly electors: number },
    typed: { readonly name: string; readonly unit: string },
    after?: After,
  ): Promise<ListPage> {
    const prefix = nameKey(typed.name);
    const few = scrutinId !== undefined && electors <= FEW && typed.unit === '';
    const ids = few ? await this.idsOf(scrutinId) : undefined;
    const units =
      typed.unit === '' ? undefined : await this.directory.units(electionId, nameKey(typed.unit), MOST_UNITS);
    const { rows, next } = await walk(
      (limit, from) => {
        if (units) return this.directory.ofUnits(electionId, units, prefix, limit, from);
        return ids
          ? this.directory.ofElectors(ids, prefix, limit, from)
          : this.directory.ofElection(electionId, prefix, limit, from);
      },
      (names) => this.counting(names, scrutinId),
      PAGE,
      after,
    );
    return { names: await this.named(rows), next };
  }

  private async idsOf(scrutinId: string): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of everyElectorIdOfScrutin(this.database.pool('register'), scrutinId))
      ids.push(...page);
    return ids;
  }

  /** Those rows whose version counts, of electors of this scrutin, or of any. */
  private async counting(rows: readonly DirectoryRow[], scrutinId: string | undefined) {
    const register = this.database.pool('register');
    const electors = await electorsByIds(
      register,
      rows.map(({ electorId }) => electorId),
    );
    const byId = new Map(electors.map((elector) => [elector.electorId, elector]));
    return rows.flatMap((row) => {
      const elector = byId.get(row.electorId);
      const listed = scrutinId === undefined || elector?.scrutinIds.includes(scrutinId);
      return elector?.identity.version === row.version && listed ? [{ ...row, elector }] : [];
    });
  }

  private async named(
    rows: readonly (DirectoryRow & { readonly elector: ElectorRow })[],
  ): Promise<ListedName[]> {
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ elector }) => elector.identity),
    );
    return rows.flatMap(({ electorId }, index) => {
      const known = identities[index] as Identity | undefined;
      if (!known) return [];
      const { lastName, firstName, corps, unit } = known;
      return [{ electorId, lastName, firstName, corps, unit }];
    });
  }
}
