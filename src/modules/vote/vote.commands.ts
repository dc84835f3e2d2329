/** What one may ask of a box and its register. */

/** Casts the ballot of an elector. The session says who that is, and what it may do; never the body of the request. */
export class CastVote {
  readonly kind = 'CastVote';
  constructor(
    readonly scrutinId: string,
    readonly electorId: string,
    /** The exact text of the ballot. */
    readonly ballot: string,
    /** The minute of the sign-in: one before the closing may vote within the grace period (CGFP 563). */
    readonly signedInAt: string,
    /** The gate that this session passed, if any (F43). */
    readonly gate: { readonly electionId: string; readonly key: string } | undefined,
  ) {}
}

/**
 * Stops the voting in a scrutin for a while. Two agreed, and of all three measures `ofBoard` says whether one of them is of
 * the board of the box: who asks looks. `reason` is a restricted document.
 */
export class SuspendBox {
  readonly kind = 'SuspendBox';
  constructor(
    readonly scrutinId: string,
    readonly reason: string,
    readonly staffIds: readonly string[],
    readonly ofBoard: boolean,
  ) {}
}

/** Lets the voting go on. Two agreed. */
export class ResumeBox {
  readonly kind = 'ResumeBox';
  constructor(
    readonly scrutinId: string,
    readonly staffIds: readonly string[],
    readonly ofBoard: boolean,
  ) {}
}

/** Closes the voting later than it was said. Two agreed. `reason` is a restricted document. */
export class ExtendBox {
  readonly kind = 'ExtendBox';
  constructor(
    readonly scrutinId: string,
    readonly closesAt: string,
    readonly reason: string,
    readonly staffIds: readonly string[],
    readonly ofBoard: boolean,
  ) {}
}

export type BoxCommand = SuspendBox | ResumeBox | ExtendBox;
