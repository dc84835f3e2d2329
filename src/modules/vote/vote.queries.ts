/** Which of these scrutins an elector has signed (F82); by tag, so that the register names nobody. */
export class FindSignatures {
  constructor(
    readonly electorId: string,
    readonly scrutinIds: readonly string[],
  ) {}
}

/** A scrutin that is signed, and the minute of it (F77). */
export interface FoundSignature {
  readonly scrutinId: string;
  readonly at: string;
}
