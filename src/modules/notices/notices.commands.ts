/** What one may ask of an elector's voting code before the vote, and of the notice that carries it. */

/** Lets a code open the gate: its public key comes from the maker of notices (design 4). */
export class IssueVotingCode {
  readonly kind = 'IssueVotingCode';
  constructor(
    readonly electorId: string,
    readonly gateKey: string,
    /** The scrutins that the code was made for. */
    readonly scrutinIds: readonly string[],
    /** The gate key whose place it takes, when there was a code before. */
    readonly replaces?: string,
  ) {}
}

/** Records that the notice has reached its elector (F40, F116). */
export class RecordDelivery {
  readonly kind = 'RecordDelivery';
  constructor(
    readonly electorId: string,
    readonly channel: 'hand' | 'post' | 'registered',
    readonly staffId: string,
  ) {}
}

export type NoticesCommand = IssueVotingCode | RecordDelivery;
