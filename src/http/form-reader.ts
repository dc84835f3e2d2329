import { randomUUID } from 'node:crypto';
import { Refusal } from '../ledger/refusal.js';
import { fromParisField, inParisField } from './paris-time.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** What a page says of one mistake, and which field it belongs to. */
export interface FormError {
  readonly field?: string;
  readonly text: string;
}

/** What a page says of a refusal, by its code. */
export type Words = Readonly<Record<string, FormError>>;

/**
 * Reads a form of the staff field by field. A field that is wrong gives no exception but a sentence that names it, so that
 * the page is shown again with all that was typed and all that is wrong.
 */
export class FormReader {
  readonly errors: FormError[] = [];

  constructor(private readonly body: unknown) {}

  /** What was typed; the empty text where there is nothing. */
  typed(field: string): string {
    return this.all(field)[0] ?? '';
  }

  /** All that was typed or ticked under a name. */
  all(field: string): string[] {
    const value = (this.body as Record<string, unknown> | undefined)?.[field];
    return [value].flat().filter((one) => typeof one === 'string');
  }

  /** The id that the page gave to this form; another where there is none. What the form makes has one made of it: `idOfForm`. */
  id(): string {
    const typed = this.typed('id');
    return UUID.test(typed) ? typed : randomUUID();
  }

  /** Every field as it was typed, to be shown again. */
  values(fields: readonly string[]): Record<string, string> {
    return Object.fromEntries(fields.map((field) => [field, this.typed(field)]));
  }

  /** Says that a field is wrong. */
  wrong(field: string, text: string): void {
    this.errors.push({ field, text });
  }

  /** A text of so many characters at most; undefined where the field is empty. */
  optional(field: string, label: string, longest: number): string | undefined {
    const value = this.typed(field).replaceAll('\r\n', '\n').normalize('NFC').trim(); // browsers count lines so
    if (value.length > longest) this.wrong(field, `${label} : ${longest} caractères au plus.`);
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)) this.wrong(field, `${label} : caractère illisible.`);
    return value === '' ? undefined : value;
  }

  /** A text that must be there. */
  text(field: string, label: string, longest: number): string {
    const value = this.optional(field, label, longest);
    if (value === undefined) this.wrong(field, `${label} : à remplir.`);
    return value ?? '';
  }

  integer(field: string, label: string, least: number, most: number): number {
    const typed = this.typed(field).trim();
    const value = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
    if (!(value >= least && value <= most))
      this.wrong(field, `${label} : un nombre entier de ${least} à ${most}.`);
    return value;
  }

  /** One of a few values. */
  choice<T extends string>(field: string, label: string, values: readonly T[]): T {
    const value = values.find((one) => one === this.typed(field));
    if (value === undefined) this.wrong(field, `${label} : à choisir dans la liste.`);
    return value ?? (values[0] as T);
  }

  /** A moment in Paris, as an instant; an hour that does not happen when summer time begins is wrong. */
  time(field: string, label: string): string {
    const value = this.optionalTime(field, label);
    if (value === undefined && this.typed(field).trim() === '') this.wrong(field, `${label} : à remplir.`);
    return value ?? '';
  }

  optionalTime(field: string, label: string): string | undefined {
    const typed = this.typed(field).trim().replace(' ', 'T').slice(0, 16);
    if (typed === '') return undefined;
    const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(typed) ? fromParisField(typed) : undefined;
    if (!instant || Number.isNaN(instant.getTime()) || inParisField(instant) !== typed) {
      this.wrong(
        field,
        `${label} : une date et une heure de Paris qui existent, telles que 2022-12-01 08:00.`,
      );
      return undefined;
    }
    return instant.toISOString();
  }
}

/** What a page says of a refusal that who filled the form in can mend; what is none is thrown on. */
export function saidOf(error: unknown, words: Words): FormError {
  const said = error instanceof Refusal && Object.hasOwn(words, error.code) ? words[error.code] : undefined;
  if (!said) throw error;
  return said;
}

/** What is wrong with a form or, if nothing is, what the rules say against the work; none when it is done. */
export async function outcomeOf(
  form: FormReader,
  work: () => Promise<unknown>,
  said: (error: unknown) => FormError,
): Promise<readonly FormError[]> {
  if (form.errors.length > 0) return form.errors;
  try {
    await work();
    return [];
  } catch (error) {
    return [said(error)];
  }
}
