/** The named register: who signed, and when, as the document that a freeze leaves (design 3, point 4). */

/** One line. `from` and `to` are days in Paris, `2022-12-01`; both absent where too few signed to say when. */
export interface RegisterEntry {
  readonly electorId: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly from?: string;
  readonly to?: string;
}

/** An elector and the day of the signature. */
export interface Signed {
  readonly electorId: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly day: string;
}

/** Fewer signatures than this in a period would lead from a name to the few ballots of its batches. */
const LEAST = 10;

/**
 * Days joined until each period has ten signatures: batches are dated, so a day on which one elector voted alone would say
 * which encrypted ballot is theirs. No period at all where the whole box has fewer.
 */
export function periodsOf(days: readonly string[], least = LEAST): Map<string, { from: string; to: string }> {
  const counts = new Map<string, number>();
  for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
  const groups: { days: string[]; count: number }[] = [];
  for (const [day, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const last = groups.at(-1);
    if (last && last.count < least) {
      last.days.push(day);
      last.count += count;
    } else groups.push({ days: [day], count });
  }
  const rest = groups.at(-1);
  if (rest && rest.count < least) {
    groups.pop();
    const last = groups.at(-1);
    if (!last) return new Map();
    last.days.push(...rest.days);
  }
  return new Map(
    groups.flatMap(({ days: joined }) => {
      const period = { from: joined[0] as string, to: joined.at(-1) as string };
      return joined.map((day) => [day, period] as const);
    }),
  );
}

/** The text of the register of a scrutin, by name. */
export function printRegister(scrutinId: string, signed: readonly Signed[]): string {
  const periods = periodsOf(signed.map(({ day }) => day));
  const entries: RegisterEntry[] = [...signed].sort(byName).map(({ day, ...elector }) => ({
    ...elector,
    ...periods.get(day),
  }));
  return JSON.stringify({ scrutinId, signatures: entries });
}

/** Reads what `printRegister` wrote; the document's hash vouches for its form. */
export function readRegister(text: string): readonly RegisterEntry[] {
  return (JSON.parse(text) as { signatures: RegisterEntry[] }).signatures;
}

const collator = new Intl.Collator('fr');

function byName(a: Signed, b: Signed): number {
  return (
    collator.compare(a.lastName, b.lastName) ||
    collator.compare(a.firstName, b.firstName) ||
    (a.electorId < b.electorId ? -1 : 1)
  );
}
