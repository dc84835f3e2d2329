/** The rules say no. `code` is what clients and tests match; the sentence is for people. */
export class Refusal extends Error {
  constructor(
    readonly code: `${string}.${string}`,
    message: string,
    /** 'forbidden' where it is a right that is missing, not a state that is wrong. */
    readonly kind: 'conflict' | 'forbidden' = 'conflict',
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** A race was lost more often than it is worth trying; asking again is safe. */
export class Conflict extends Error {
  readonly code = 'ledger.conflict';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Conflict';
  }
}

/** The store did not answer in time. What was asked may or may not have happened; asking again is safe. */
export class Unavailable extends Error {
  readonly code = 'ledger.unavailable';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Unavailable';
  }
}

/** More is asked than can be worked off. Who asks again after `retryAfter` seconds keeps the place in the line. */
export class Busy extends Error {
  readonly code = 'server.busy';
  constructor(
    /** How many are served before, this one included. */
    readonly place: number,
    readonly retryAfter: number,
  ) {
    super(`place ${place} in the line`);
    this.name = 'Busy';
  }
}

/** Failures slow down and never lock out (design 8): ask again after `retryAfter` seconds. */
export class TooSoon extends Error {
  readonly code = 'sign-in.too-soon';
  constructor(readonly retryAfter: number) {
    super(`after ${retryAfter} s`);
    this.name = 'TooSoon';
  }
}

/** Too many ask for the same thing at once: ask again after `retryAfter` seconds. */
export class TooMany extends Error {
  readonly code = 'server.too-many';
  constructor(readonly retryAfter: number) {
    super(`after ${retryAfter} s`);
    this.name = 'TooMany';
  }
}
