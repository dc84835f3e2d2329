/** Arithmetic of turnout, without a look at anything. */

/** Votes of one hour, and of all hours up to its end. */
export interface HourFigure {
  readonly hour: Date;
  readonly votes: number;
  readonly sum: number;
}

const HOUR = 3_600_000;
/** Cells with fewer electors are merged: the few of a small office are nobody's business (CNIL). */
export const LEAST = 10;
export const OTHERS = 'Autres unités, réunies';

/** Every hour from the first to the last vote, also those in which nobody voted. */
export function hoursOf(rows: readonly { readonly hour: Date; readonly votes: number }[]): HourFigure[] {
  const votes = new Map(rows.map(({ hour, votes: number }) => [hour.getTime(), number]));
  const times = [...votes.keys()];
  const figures: HourFigure[] = [];
  let sum = 0;
  for (let at = Math.min(...times); at <= Math.max(...times); at += HOUR) {
    sum += votes.get(at) ?? 0;
    figures.push({ hour: new Date(at), votes: votes.get(at) ?? 0, sum });
  }
  return figures;
}

/** « 43,27 % », or a dash where nobody may vote. */
export function rate(votes: number, electors: number): string {
  if (electors === 0) return '–';
  return `${((100 * votes) / electors).toFixed(2).replace('.', ',')} %`;
}

/** « 1 234 567 », as French writes it. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, '\u00a0');
}

/** Electors and signatures of one unit. */
export interface Cell {
  readonly name: string;
  readonly electors: number;
  readonly votes: number;
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
