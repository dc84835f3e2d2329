/** What one may ask of a claim (F57, F110). Texts are restricted documents, filed before: here are their addresses. */

/** Claims that an electoral list is wrong. */
export class FileClaim {
  readonly kind = 'FileClaim';
  constructor(
    readonly claimId: string,
    readonly electionId: string,
    readonly electorId: string,
    /** The scrutin whose list it is about, where there is one. */
    readonly scrutinId: string | undefined,
    readonly text: string,
  ) {}
}

/** Decides on a claim. What the decision changes of the lists names the claim. */
export class AnswerClaim {
  readonly kind = 'AnswerClaim';
  constructor(
    readonly claimId: string,
    readonly decision: 'accepted' | 'refused' | 'noted',
    readonly staffId: string,
    readonly text: string,
  ) {}
}

export type ClaimCommand = FileClaim | AnswerClaim;

/** A command, and whether electors may claim now: looked up by the handler. */
export interface Claimed {
  readonly command: ClaimCommand;
  readonly claims: 'early' | 'open' | 'closed';
}
