/** Units of electors: academy, department, corps; and turnout by them, which names no unit of a few. */
import type { Identity } from './identities.js';

/** By what a turnout is divided. */
export const dimensions = ['academy', 'department', 'corps'] as const;
export type Dimension = (typeof dimensions)[number];

/** Electors and signatures of one unit. */
export interface Cell {
  readonly name: string;
  readonly electors: number;
  readonly votes: number;
}

export type UnitCells = Readonly<Record<Dimension, readonly Cell[]>>;

/** Cells with fewer electors are merged: the few of a small office are nobody's business (CNIL). */
export const LEAST = 10;
export const OTHERS = 'Autres unités, réunies';
const UNKNOWN = 'Non renseigné';

/** Adds electors up by their units. Of whom it was told, it keeps nothing but sums (docs/adr/0018). */
export class UnitSums {
  private readonly sums: Record<Dimension, Map<string, Cell>> = {
    academy: new Map(),
    department: new Map(),
    corps: new Map(),
  };

  add(identity: Identity | undefined, signed: boolean): void {
    const units = unitsOf(identity);
    for (const dimension of dimensions) {
      const name = units[dimension];
      const { electors, votes } = this.sums[dimension].get(name) ?? { electors: 0, votes: 0 };
      this.sums[dimension].set(name, { name, electors: electors + 1, votes: votes + (signed ? 1 : 0) });
    }
  }

  /** The cells, small ones merged. */
  cells(): UnitCells {
    const of = (dimension: Dimension) => mergeSmall([...this.sums[dimension].values()]);
    return { academy: of('academy'), department: of('department'), corps: of('corps') };
  }
}

/**
 * Merges the cells of fewer than ten electors into one. If they have fewer than ten together, the next smallest joins
 * them, so that nobody finds them again by subtracting from the total. Largest first, the merged one last.
 */
export function mergeSmall(cells: readonly Cell[], least = LEAST): Cell[] {
  const sorted = cells
    .filter(({ electors }) => electors > 0)
    .sort((a, b) => b.electors - a.electors || (a.name < b.name ? -1 : 1));
  const merged = { name: OTHERS, electors: 0, votes: 0 };
  while (sorted.length > 0) {
    const smallest = sorted.at(-1) as Cell;
    const enough = merged.electors === 0 || merged.electors >= least;
    if (smallest.electors >= least && enough) break;
    sorted.pop();
    merged.electors += smallest.electors;
    merged.votes += smallest.votes;
  }
  return merged.electors > 0 ? [...sorted, merged] : sorted;
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
