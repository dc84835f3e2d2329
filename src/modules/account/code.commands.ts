/** When codes may be asked for again: from the opening to the closing, and completed until the end of grace (F45, F92). */
export interface VotingWindow {
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceMinutes: number;
}

/** A link to another voting code was sent, or is about to be used at a desk. */
export class RequestCodeReassort {
  readonly kind = 'RequestCodeReassort';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly channel: 'mail' | 'sms' | 'in-person',
    readonly window: VotingWindow | undefined,
    /** In person: who of the staff and who of the board. */
    readonly staffIds?: readonly string[],
  ) {}
}

/** The elector's browser made another code; this is what of it is public (F51). */
export class ReassortVotingCode {
  readonly kind = 'ReassortVotingCode';
  constructor(
    readonly electorId: string,
    readonly linkId: string,
    readonly gateKey: string,
    readonly window: VotingWindow | undefined,
  ) {}
}

export type CodeCommand = RequestCodeReassort | ReassortVotingCode;
