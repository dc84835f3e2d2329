import { Injectable } from '@nestjs/common';
import { FrozenRegisters } from '../../documents/frozen-registers.js';
import type { Days } from '../../documents/register-document.js';
import { dayInParis } from '../../http/paris-time.js';
import {
  electorsByIds,
  everyElectorIdOfScrutin,
  type ElectorRow,
} from '../../projections/electors.projection.js';
import type { BoxPhase } from '../../projections/boxes.projection.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { Database } from '../../storage/database.js';
import { Directory, walk, type After, type DirectoryRow } from '../../vault/directory.js';
import type { Identity } from '../../vault/identities.js';
import { nameKey } from '../../vault/name-key.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { Vault } from '../../vault/vault.js';

/** One line of the emargement list: an elector of the roll, and whether and when the elector signed. */
export interface EmargementLine {
  readonly lastName: string;
  readonly firstName: string;
  readonly unit: string;
  readonly signed: boolean;
  /** To the day, because the minute would lead to a thin batch (design 3, point 4); undefined where that is not told. */
  readonly days: Days | undefined;
}

/** What to look for: how a name begins, and the units that count; all of them when undefined. */
export interface Wanted {
  readonly name: string;
  readonly units: readonly string[] | undefined;
}

/** A page of the list by name, and after whom the next one begins. */
export interface EmargementPage {
  readonly lines: readonly EmargementLine[];
  readonly next: After | undefined;
}

/** The list of one scrutin. */
export interface Listed {
  readonly scrutinId: string;
  readonly electionId: string;
  readonly electors: number;
  /** What was signed before, and no later, is told: see `toldUntil`. */
  readonly until: Date | undefined;
}

const PAGE = 50;
const SHEETS = 500; // lines at once for a document
/** Up to so many electors their ids are asked for by name; beyond, the names of the whole election are walked through. */
const FEW = 10_000;
/** With more units than this, what was typed says too little. */
export const MOST_UNITS = 20;

/**
 * The full hour at which a list stands while its box takes votes; undefined once it is frozen. A list that grew with each
 * vote would tell whoever reads it again and again who votes when, which it says to the day only.
 */
export function toldUntil(phase: BoxPhase, now: string): Date | undefined {
  if (phase !== 'open' && phase !== 'suspended') return undefined;
  const until = new Date(now);
  until.setUTCMinutes(0, 0, 0); // Paris is whole hours away
  return until;
}

/**
 * The emargement list for the board (F102, CGFP 542): names from the vault, joined page by page with signatures, by tag while
 * the register key lives and then by the register that the freeze left. Nothing of it is kept.
 */
@Injectable()
export class Emargement {
  private readonly directory: Directory;

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly registerKeys: RegisterKeys,
    private readonly registers: FrozenRegisters,
  ) {
    this.directory = new Directory(database);
  }

  /** The units that begin with what was typed: up to twenty, and one more when there are more. */
  units(electionId: string, typed: string): Promise<string[]> {
    return this.directory.units(electionId, nameKey(typed), MOST_UNITS + 1);
  }

  /** A page of the lines that are wanted, by name. Undefined before the seal, and once the register is erased. */
  async page(list: Listed, wanted: Wanted, after?: After): Promise<EmargementPage | undefined> {
    try {
      return await this.read(list, await this.source(list, wanted), PAGE, after);
    } catch (error) {
      if (error instanceof NoRegisterKey) return undefined;
      throw error;
    }
  }

  /** All lines that are wanted, by name, some hundreds at a time. Throws `NoRegisterKey`. */
  async *all(list: Listed, wanted: Wanted): AsyncGenerator<readonly EmargementLine[]> {
    const source = await this.source(list, wanted);
    for (let after: After | undefined; ;) {
      const { lines, next } = await this.read(list, source, SHEETS, after);
      yield lines;
      if (!next) return;
      after = next;
    }
  }

  /** Where names are read from. */
  private async source({ scrutinId, electionId, electors }: Listed, { name, units }: Wanted) {
    const prefix = nameKey(name);
    const { directory } = this;
    if (units)
      return (limit: number, after?: After) => directory.ofUnits(electionId, units, prefix, limit, after);
    if (electors > FEW)
      return (limit: number, after?: After) => directory.ofElection(electionId, prefix, limit, after);
    const ids: string[] = [];
    for await (const page of everyElectorIdOfScrutin(this.database.pool('register'), scrutinId))
      ids.push(...page);
    return (limit: number, after?: After) => directory.ofElectors(ids, prefix, limit, after);
  }

  private async read(
    list: Listed,
    source: (limit: number, after?: After) => Promise<readonly DirectoryRow[]>,
    size: number,
    after: After | undefined,
  ): Promise<EmargementPage> {
    const { rows, next } = await walk(source, (names) => this.counting(names, list.scrutinId), size, after);
    return {
      lines: await this.lines(
        list,
        rows.map(({ elector }) => elector),
      ),
      next,
    };
  }

  /** Those names whose version counts, of electors of this scrutin. */
  private async counting(names: readonly DirectoryRow[], scrutinId: string) {
    const ids = names.map(({ electorId }) => electorId);
    const electors = await electorsByIds(this.database.pool('register'), ids);
    const byId = new Map(electors.map((elector) => [elector.electorId, elector]));
    return names.flatMap((row) => {
      const elector = byId.get(row.electorId);
      const counts = elector?.identity.version === row.version && elector.scrutinIds.includes(scrutinId);
      return counts ? [{ ...row, elector }] : [];
    });
  }

  private async lines(list: Listed, electors: readonly ElectorRow[]): Promise<EmargementLine[]> {
    const signed = await this.signed(
      list,
      electors.map(({ electorId }) => electorId),
    );
    const identities = await this.vault.readMany(
      'identity',
      electors.map(({ identity }) => identity),
    );
    return identities.map((value, index) => {
      const identity = value as Identity | undefined;
      return {
        lastName: identity?.lastName ?? '(effacé)',
        firstName: identity?.firstName ?? '',
        unit: identity?.unit ?? '',
        signed: signed[index] !== undefined,
        days: signed[index]?.days,
      };
    });
  }

  /** For each of these electors whether and when they signed. Throws `NoRegisterKey` where nothing says so. */
  private async signed(
    { scrutinId, until }: Listed,
    electorIds: readonly string[],
  ): Promise<readonly ({ readonly days: Days | undefined } | undefined)[]> {
    let tags: string[];
    try {
      tags = await this.registerKeys.tagsOf(scrutinId, electorIds);
    } catch (error) {
      const register = error instanceof NoRegisterKey ? await this.registers.of(scrutinId) : undefined;
      if (!register) throw error;
      return electorIds.map((electorId) => register.find(electorId));
    }
    const found = await signaturesOf(
      this.database.pool('register'),
      tags.map((tag) => ({ scrutinId, tag })),
    );
    const told = until ? found.filter(({ at }) => at < until) : found;
    const days = new Map(told.map(({ tag, at }) => [tag, dayInParis(at)]));
    return tags.map((tag) => {
      const day = days.get(tag);
      return day === undefined ? undefined : { days: { from: day, to: day } };
    });
  }
}
