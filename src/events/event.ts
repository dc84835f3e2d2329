/** A fact: a past-tense name and what happened. Its wire form is in the codec. */
export interface Event<T extends string, D> {
  readonly type: T;
  readonly data: D;
}

/** Compile-time proof that a switch is complete; at run time, a loud stop. */
export function never(value: never): never {
  throw new TypeError(`unhandled case ${JSON.stringify(value)}`);
}
