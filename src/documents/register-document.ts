/** The named register: who signed, and when, as the document that a freeze leaves (design 3, point 4). */

/** From a day to a day in Paris, `2022-12-01`; often the same. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** One line. The days are absent where too few signed to say when. */
export interface RegisterEntry extends Partial<Days> {
  readonly electorId: string;
  readonly lastName: string;
  readonly firstName: string;
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
export function periodsOf(days: readonly string[], least = LEAST): Map<string, Days> {
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

const ENTRY = Buffer.from('{"electorId":"'); // a quote in a name is escaped: nothing but the beginning of an entry reads so
const END = ']}';

/** Reads what `printRegister` wrote, entry by entry: it can be long. The document's hash vouches for its form. */
export function* readRegister(content: Buffer): Generator<RegisterEntry> {
  for (let at = content.indexOf(ENTRY); at >= 0;) {
    const next = content.indexOf(ENTRY, at + 1);
    const end = next < 0 ? content.length - END.length : next - 1;
    yield JSON.parse(content.toString('utf8', at, end)) as RegisterEntry;
    at = next;
  }
}

const collator = new Intl.Collator('fr');

function byName(a: Signed, b: Signed): number {
  return (
    collator.compare(a.lastName, b.lastName) ||
    collator.compare(a.firstName, b.firstName) ||
    (a.electorId < b.electorId ? -1 : 1)
  );
}
