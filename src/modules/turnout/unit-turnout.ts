import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { electorsByIds, everyElectorIdOfScrutin } from '../../projections/electors.projection.js';
import { signaturesOf } from '../../projections/register.projection.js';
import { Database } from '../../storage/database.js';
import type { Identity } from '../../vault/identities.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { Vault } from '../../vault/vault.js';
import { mergeSmall, type Cell } from './figures.js';

/** By what a turnout is divided. */
export const dimensions = ['academy', 'department', 'corps'] as const;
export type Dimension = (typeof dimensions)[number];

/** Turnout by unit, as it was at an instant. */
export interface UnitFigures {
  readonly at: Date;
  readonly cells: Readonly<Record<Dimension, readonly Cell[]>>;
}

const PAGE = 5_000;
const OLDEST = 60_000; // milliseconds until figures are counted again; a count that takes long is rarer
const UNKNOWN = 'Non renseigné';

/**
 * Turnout by academy, department and corps (F103), counted from identities and tags while the register key lives. Nothing
 * of it is written, and no tag is kept beside a unit, not even in memory: only the sums (docs/adr/0018).
 */
@Injectable()
export class UnitTurnout {
  private readonly known = new Map<
    string,
    { figures?: UnitFigures; counting?: Promise<void>; took: number }
  >();

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly registerKeys: RegisterKeys,
    private readonly clock: Clock,
  ) {}

  /** The newest figures; undefined while the first are being counted, or once the register key is destroyed. */
  async of(scrutinId: string, patience = 1_500): Promise<UnitFigures | undefined> {
    const known = this.known.get(scrutinId) ?? { took: 0 };
    this.known.set(scrutinId, known);
    const age = known.figures ? Date.parse(this.clock.now()) - known.figures.at.getTime() : Infinity;
    if (age > Math.max(OLDEST, 20 * known.took) && !known.counting) {
      const began = performance.now();
      known.counting = this.count(scrutinId)
        .then((figures) => {
          if (figures) known.figures = figures;
          else this.known.delete(scrutinId);
        })
        .finally(() => {
          known.took = performance.now() - began;
          delete known.counting;
        });
      known.counting.catch(() => undefined); // whoever waits is told; the next request tries again
    }
    if (!known.figures) await Promise.race([known.counting, waited(patience)]);
    return known.figures;
  }

  private async count(scrutinId: string): Promise<UnitFigures | undefined> {
    const at = new Date(this.clock.now());
    const sums = {
      academy: new Map<string, Cell>(),
      department: new Map<string, Cell>(),
      corps: new Map<string, Cell>(),
    };
    const register = this.database.pool('register');
    try {
      for await (const ids of everyElectorIdOfScrutin(register, scrutinId, PAGE))
        for (const [unit, signed] of await this.page(scrutinId, ids))
          for (const dimension of dimensions) add(sums[dimension], unit[dimension], signed);
    } catch (error) {
      if (error instanceof NoRegisterKey) return undefined;
      throw error;
    }
    const cells = (of: Map<string, Cell>) => mergeSmall([...of.values()]);
    return {
      at,
      cells: { academy: cells(sums.academy), department: cells(sums.department), corps: cells(sums.corps) },
    };
  }

  /** Of each elector of a page: the units, and whether the register has the tag. */
  private async page(
    scrutinId: string,
    ids: readonly string[],
  ): Promise<[Record<Dimension, string>, boolean][]> {
    const register = this.database.pool('register');
    const tags = await this.registerKeys.tagsOf(scrutinId, ids);
    const found = await signaturesOf(
      register,
      tags.map((tag) => ({ scrutinId, tag })),
    );
    const signed = new Set(found.map(({ tag }) => tag));
    const rows = await electorsByIds(register, ids);
    const place = new Map(ids.map((id, index) => [id, index]));
    const identities = await this.vault.readMany(
      'identity',
      rows.map(({ identity }) => identity),
    );
    return rows.map(({ electorId }, index) => {
      const tag = tags[place.get(electorId) ?? -1] ?? '';
      return [unitsOf(identities[index] as Identity | undefined), signed.has(tag)];
    });
  }
}

function unitsOf(identity: Identity | undefined): Record<Dimension, string> {
  // The first three characters of an establishment's code are its department (UAI: `0750656G` is in 075).
  const department = /^(\d\d[\dAB])\d{4}[A-Z]$/.exec(identity?.unitCode ?? '')?.[1];
  return {
    academy: identity?.academy ?? UNKNOWN,
    department: department ?? UNKNOWN,
    corps: identity?.corps ?? UNKNOWN,
  };
}

function add(cells: Map<string, Cell>, name: string, signed: boolean): void {
  const { electors, votes } = cells.get(name) ?? { electors: 0, votes: 0 };
  cells.set(name, { name, electors: electors + 1, votes: votes + (signed ? 1 : 0) });
}

function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
