/** Every time that people read is Paris time and says so (F5). */

const parts = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  weekday: 'long',
  day: '2-digit',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const numbers = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A time that passed, as people say it: « 2 j 3 h », « 3 h 20 min ». */
export function lasting(minutes: number): string {
  const whole = Math.round(minutes);
  const [days, hours, left] = [Math.floor(whole / 1440), Math.floor((whole % 1440) / 60), whole % 60];
  if (days > 0) return `${days} j ${hours} h`;
  return hours > 0 ? `${hours} h ${left} min` : `${left} min`;
}

/** « jeudi 01 décembre 2022 à 08h00 ». Whoever shows it adds « (heure de Paris) ». */
export function inParis(instant: Date): string {
  const read = reader(parts, instant);
  const day = `${read('weekday')} ${read('day')} ${read('month')} ${read('year')}`;
  return `${day} à ${read('hour')}h${read('minute')}`;
}

/** « jeudi 1 décembre 2022 à 12h47 », as the receipt of a vote is dated (E14). */
export function inParisPlain(instant: Date): string {
  return inParis(instant).replace(/ 0(?=\d )/, ' ');
}

/** « 01/12/2022 à 12h28 (heure de Paris) », as the last sign-in is written (F6). */
export function inParisShort(instant: Date): string {
  const read = reader(numbers, instant);
  return `${read('day')}/${read('month')}/${read('year')} à ${hourInParis(instant)}`;
}

/** « 12h28 (heure de Paris) ». */
export function hourInParis(instant: Date): string {
  const read = reader(numbers, instant);
  return `${read('hour')}h${read('minute')} (heure de Paris)`;
}

/** `2022-12-01`: the day in Paris in which an instant lies, for files. */
export function dayInParis(instant: Date): string {
  const read = reader(numbers, instant);
  return `${read('year')}-${read('month')}-${read('day')}`;
}

/** « le 01/12/2022 », « entre le 01/12/2022 et le 03/12/2022 », of days as `dayInParis` gives them. */
export function betweenDays({ from, to }: { readonly from: string; readonly to: string }): string {
  const [first, last] = [from, to].map((day) => day.split('-').reverse().join('/'));
  return first === last ? `le ${first}` : `entre le ${first} et le ${last}`;
}

/** « Ouvert du jeudi 01 décembre 2022 à 08h00 au jeudi 08 décembre 2022 à 17h00 (Heure de Paris) », screen E2. */
export function openPeriod(opens: Date, closes: Date): string {
  return `Ouvert du ${inParis(opens)} au ${inParis(closes)} (Heure de Paris)`;
}

/** `2022-12-01T12:27`: Paris time as a field of a form holds it. */
export function inParisField(instant: Date): string {
  const read = reader(numbers, instant);
  return `${read('year')}-${read('month')}-${read('day')}T${read('hour')}:${read('minute')}`;
}

/** The instant that such a field means; of an hour that happens twice the first, of one that does not happen the next. */
export function fromParisField(field: string): Date {
  const asUtc = Date.parse(`${field}:00.000Z`);
  const [summer, winter] = [2, 1].map((hours) => new Date(asUtc - hours * 3_600_000)) as [Date, Date];
  return inParisField(summer) === field ? summer : winter;
}

function reader(format: Intl.DateTimeFormat, instant: Date) {
  const part = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
}
