import type { Event } from './event.js';
import { record, type DataOf, type Named, type Shape } from './fields.js';

type TypeOf<W extends string> = W extends `${infer T}.v${number}` ? T : never;

/** One wire name and how its data becomes the newest shape of the event. Never edited once written to a ledger. */
export interface Wire<E extends Event<string, unknown>> {
  readonly name: string;
  readonly type: E['type'];
  readonly current: boolean;
  read(data: unknown): E['data'];
  /** Adds the vault rows and documents that data of the newest shape names. */
  names(data: unknown, found: Named): void;
}

/** The union of events that a family of wires can write. */
export type EventsOf<F extends readonly Wire<Event<string, unknown>>[]> = F[number] extends infer W
  ? W extends Wire<infer E>
    ? E
    : never
  : never;

/** The newest wire form of an event: what is written, and what is read back. */
export function wire<const W extends `${string}.v${number}`, const S extends Shape>(
  name: W,
  shape: S,
): Wire<Event<TypeOf<W>, DataOf<S>>> {
  const fields = record(shape);
  const type = typeOf(name);
  return {
    name,
    type: type as TypeOf<W>,
    current: true,
    read: (data) => fields.parse(data, type),
    names: (data, found) => fields.names?.(data, found),
  };
}

/** A wire form that is no longer written: read, then brought to the newest shape. */
export function retired<T extends string, D, const S extends Shape>(
  name: `${T}.v${number}`,
  shape: S,
  upcast: (old: DataOf<S>) => D,
): Wire<Event<T, D>> {
  const fields = record(shape);
  const type = typeOf(name);
  return {
    name,
    type: type as T,
    current: false,
    read: (data) => upcast(fields.parse(data, type)),
    names: () => undefined, // asked of the newest wire
  };
}

function typeOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.v'));
}
