/** The building blocks of an event's wire form: each field reads exactly one kind of value and refuses the rest. */

/** A field does not hold what its wire name promises. `path` names it. */
export class BadField extends Error {
  constructor(
    readonly path: string,
    readonly expected: string,
  ) {
    super(`${path}: expected ${expected}`);
    this.name = 'BadField';
  }
}

export interface Field<T> {
  /** The value itself when it is well formed; throws `BadField` otherwise. */
  parse(value: unknown, path: string): T;
  /** May be absent from the object that holds it. */
  readonly optional?: true;
  /** Adds what a well-formed value names outside of the ledger. Absent when it names nothing. */
  names?(value: unknown, found: Named): void;
}

/** What events name outside of the ledger: rows of the vault and documents. */
export interface Named {
  readonly versions: string[];
  readonly documents: string[];
}

export type Shape = Readonly<Record<string, Field<unknown>>>;
type OptionalKeys<S extends Shape> = { [K in keyof S]: S[K] extends { optional: true } ? K : never }[keyof S];
/** The TypeScript type of what a shape reads. */
export type DataOf<S extends Shape> = {
  readonly [K in Exclude<keyof S, OptionalKeys<S>>]: S[K] extends Field<infer T> ? T : never;
} & { readonly [K in OptionalKeys<S>]?: S[K] extends Field<infer T> ? T : never };

/** Non-empty text of at most `max` UTF-16 units, well formed. Never personal data: an event is for ever. */
export function text(max: number): Field<string> {
  return matching(
    `text of 1 to ${max} characters`,
    (v) => v.length > 0 && v.length <= max && v.isWellFormed(),
  );
}

/** Text that matches a pattern; `name` is what the error says. */
export function pattern(name: string, regex: RegExp): Field<string> {
  return matching(name, (v) => regex.test(v));
}

/** A random (version 4) UUID in lower case. Time-ordered ids are forbidden: they would date what must stay undated. */
export const uuid = pattern(
  'a random UUID in lower case',
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
);

/** SHA-256 in lower-case hex. */
export const sha256 = pattern('64 lower-case hex digits', /^[0-9a-f]{64}$/);

/** An instant in UTC, to the millisecond: `2022-12-01T07:00:00.000Z`. */
export const instant = matching('an instant such as 2022-12-01T07:00:00.000Z', isInstant);

/**
 * An instant in UTC on a whole minute. What electors do is dated no finer, so that the time of a mail or a password tells
 * little beside the time of a vote (design 3, point 8; docs/threat-model.md says what it still tells).
 */
export const minute = matching('a whole minute such as 2022-12-01T07:00:00.000Z', (v) => {
  return v.endsWith(':00.000Z') && isInstant(v);
});

/** A safe integer from `min` to `max`. Not -0: its canonical text is another one. */
export function integer(min: number, max: number): Field<number> {
  return {
    parse(value, path) {
      if (Number.isSafeInteger(value) && !Object.is(value, -0) && inRange(value as number, min, max))
        return value as number;
      throw new BadField(path, `an integer from ${min} to ${max}`);
    },
  };
}

export const boolean: Field<boolean> = {
  parse(value, path) {
    if (typeof value === 'boolean') return value;
    throw new BadField(path, 'true or false');
  },
};

export function oneOf<const V extends readonly string[]>(...values: V): Field<V[number]> {
  return {
    parse(value, path) {
      if (typeof value === 'string' && values.includes(value)) return value;
      throw new BadField(path, `one of ${values.join(', ')}`);
    },
  };
}

/** A list of `min` to `max` items. */
export function list<T>(item: Field<T>, min: number, max: number): Field<readonly T[]> {
  return {
    parse(value, path) {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        throw new BadField(path, `a list of ${min} to ${max} items`);
      }
      return Array.from(value, (one: unknown, index) => item.parse(one, `${path}[${index}]`)); // holes too
    },
    ...(item.names && {
      names: (value, found) => {
        for (const one of value as unknown[]) item.names?.(one, found);
      },
    }),
  };
}

/** An object with exactly these fields: a missing one and an unknown one are both errors. */
export function record<const S extends Shape>(shape: S): Field<DataOf<S>> {
  const fields = Object.entries(shape);
  return {
    parse(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new BadField(path, 'an object');
      const given = value as Record<string, unknown>;
      const read: Record<string, unknown> = {};
      for (const [name, field] of fields) {
        if (Object.hasOwn(given, name)) read[name] = field.parse(given[name], `${path}.${name}`);
        else if (!field.optional) throw new BadField(`${path}.${name}`, 'a value');
      }
      const unknown = Object.keys(given).find((name) => !Object.hasOwn(shape, name));
      if (unknown !== undefined) throw new BadField(`${path}.${unknown}`, 'nothing: the field is unknown');
      return read as DataOf<S>;
    },
    names(value, found) {
      const given = value as Record<string, unknown>;
      for (const [name, field] of fields) if (Object.hasOwn(given, name)) field.names?.(given[name], found);
    },
  };
}

/** A field that may be absent, but never null. */
export function optional<T>(field: Field<T>): Field<T> & { readonly optional: true } {
  return { ...field, optional: true };
}

const version = record({ version: uuid, sha256 });
export type VaultVersion = ReturnType<typeof version.parse>;

/** The name of an immutable row of the vault, and the commitment to its salted content (design 1). */
export const vaultVersion: Field<VaultVersion> = {
  ...version,
  names: (value, found) => found.versions.push((value as VaultVersion).version),
};

/** The SHA-256 of a document, which is also its address. */
export const documentHash: Field<string> = {
  ...sha256,
  names: (value, found) => found.documents.push(value as string),
};

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function isInstant(value: string): boolean {
  if (!INSTANT.test(value)) return false; // no year +010000 either: texts sort as times
  // Only the last days of a month need the calendar, which is slow and asked for every event.
  return value.slice(8, 10) <= '28' || new Date(Date.parse(value)).toISOString() === value;
}

function matching(expected: string, holds: (value: string) => boolean): Field<string> {
  return {
    parse(value, path) {
      if (typeof value === 'string' && holds(value)) return value;
      throw new BadField(path, expected);
    },
  };
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
