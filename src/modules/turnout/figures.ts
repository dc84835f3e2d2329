/** Arithmetic of turnout, without a look at anything. */

/** Votes of one hour, and of all hours up to its end. */
export interface HourFigure {
  readonly hour: Date;
  readonly votes: number;
  readonly sum: number;
}

const HOUR = 3_600_000;

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
