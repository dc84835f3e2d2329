/** What one may ask of a box once voting is over. Verdicts of the cryptography and digests come in as arguments. */

/** What a box held when it was looked at; another number means that votes came in between. */
export interface BoxCounts {
  readonly ballots: number;
  readonly signatures: number;
  readonly batches: number;
}

/** A list of lines: their number and their RFC 6962 root (protocol T1). */
export interface Sealed {
  readonly root: string;
  readonly count: number;
}

/** Freezes box, register and counter for good (CGFP 572). */
export class FreezeBox {
  readonly kind = 'FreezeBox';
  constructor(
    readonly scrutinId: string,
    readonly counts: BoxCounts,
    readonly frozen: {
      readonly thinBatches: number;
      readonly boxRoot: string;
      readonly registerRoot: string;
      readonly register: string;
      readonly turnout?: string;
      readonly credentials: Sealed;
      readonly credentialsFile: string;
      readonly reassorts: number;
    },
  ) {}
}

/** What the board's tool found: signatures that have a name, names of the register, ballots of the box. */
export interface Reconciliation {
  /** Tags made again from the electors of the named register that are signatures of the box. */
  readonly matched: number;
  readonly names: number;
  /** The signatures are those whose root the freeze stated. */
  readonly rootAgrees: boolean;
  /** The register key is there, and that of the vote, as far as there is a signature. */
  readonly keyAgrees: boolean;
}

export type Office = 'president' | 'secretary' | 'delegate';

/** Whoever holds a seat of the board now: its titular, or the substitute who took it. */
export interface Member {
  readonly staffId: string;
  readonly seat: number;
  readonly office: Office;
}

/** Names, signatures and ballots do not agree: two members have the count go on, with a remark (CGFP R. 211-574). */
export class StateDiscrepancy {
  readonly kind = 'StateDiscrepancy';
  constructor(
    readonly scrutinId: string,
    /** What the server has just found. */
    readonly found: Reconciliation,
    /** A public document. */
    readonly text: string,
    readonly members: readonly [asked: Member, approved: Member],
  ) {}
}

/** The board reconciled names, tags and counts, or stated why they differ: the register key dies (design 3, point 4). */
export class DestroyRegisterKey {
  readonly kind = 'DestroyRegisterKey';
  constructor(
    readonly scrutinId: string,
    readonly found: Reconciliation,
    /** Whoever of the board reconciled. */
    readonly reconciledBy: readonly string[],
  ) {}
}

/** States the product of all ballots of the frozen box. */
export class EncryptTally {
  readonly kind = 'EncryptTally';
  constructor(
    readonly scrutinId: string,
    readonly tally: string,
    readonly ballots: number,
  ) {}
}

/** A holder's part, verified. */
export class FilePartialDecryption {
  readonly kind = 'FilePartialDecryption';
  constructor(
    readonly scrutinId: string,
    readonly seat: number,
    readonly owner: number,
    readonly decryption: string,
    readonly binding: string,
    readonly staffId: string,
    /** The checkpoint over the freeze has its quorum of witnesses (design 6). */
    readonly witnessed: boolean,
  ) {}
}

/** Why a part does not count. */
export type RejectionReason = 'malformed' | 'proof' | 'binding' | 'disagrees';

/** A holder's part that does not hold: it is logged, it names its holder, and it stops nothing. */
export class RejectPartialDecryption {
  readonly kind = 'RejectPartialDecryption';
  constructor(
    readonly scrutinId: string,
    readonly seat: number,
    readonly staffId: string,
    readonly reason: RejectionReason,
  ) {}
}

/** One part of the key: any `threshold` of these seats (CGFP 573). */
export interface KeyPart {
  readonly threshold: number;
  readonly seats: readonly number[];
}

/** A draw between lists that nothing else told apart. */
export interface Draw {
  readonly step: number;
  readonly seed: string;
  readonly among: readonly string[];
  readonly drawn: string;
}

/** The result that the decryptions give, and the seats that follow (requirements B.4). */
export class ProclaimResult {
  readonly kind = 'ProclaimResult';
  constructor(
    readonly scrutinId: string,
    readonly parts: readonly KeyPart[],
    /** Who gave the decryptions that the result was made of. */
    readonly owners: readonly number[],
    readonly result: string,
    readonly votes: readonly { listId: string; votes: number; seats: number }[],
    readonly blank: number,
    readonly seats: string,
    readonly draws: readonly Draw[],
  ) {}
}

/** A member of the board signs the minutes: first the secretary, then who countersigns (CGFP 577). */
export class SignMinutes {
  readonly kind = 'SignMinutes';
  constructor(
    readonly scrutinId: string,
    readonly minutes: string,
    readonly office: Office,
    readonly seat: number,
    readonly staffId: string,
    /** How many observations the text has; more were written meanwhile where the box has more. */
    readonly observations: number,
  ) {}
}

/** A member has something written in the minutes (CGFP 577). The text is a public document. */
export class WriteObservation {
  readonly kind = 'WriteObservation';
  constructor(
    readonly scrutinId: string,
    readonly observationId: string,
    readonly text: string,
    readonly seat: number,
    readonly staffId: string,
  ) {}
}

export type CountingCommand =
  | FreezeBox
  | StateDiscrepancy
  | DestroyRegisterKey
  | EncryptTally
  | FilePartialDecryption
  | RejectPartialDecryption
  | ProclaimResult
  | WriteObservation
  | SignMinutes;
