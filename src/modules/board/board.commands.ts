import type { ceremonyRounds, SealedScrutin } from '../../events/board.events.js';

/** What one may ask of a board. Verdicts of the cryptography and look-ups come in as arguments. */

export type Office = 'president' | 'secretary' | 'delegate';
export type CeremonyRound = (typeof ceremonyRounds)[number];

/** Declares the board of one or more scrutins (CGFP 536). */
export class DeclareBoard {
  readonly kind = 'DeclareBoard';
  constructor(
    readonly boardId: string,
    readonly electionId: string,
    readonly title: string,
  ) {}
}

/** Corrects the title of a board until its scrutins are sealed. */
export class RenameBoard {
  readonly kind = 'RenameBoard';
  constructor(
    readonly boardId: string,
    readonly title: string,
    /** Which of the staff; undefined from the command line. */
    readonly by?: string,
  ) {}
}

/** Gives a seat to one of the staff, or names the substitute of its holder (CGFP 536, 537). */
export class AppointMember {
  readonly kind = 'AppointMember';
  constructor(
    readonly boardId: string,
    readonly seat: number,
    readonly office: Office,
    readonly staffId: string,
    readonly substitute: boolean,
    /** Whom a delegate stands for. */
    readonly listId?: string,
    /** Whether the person administers the service: `Boards` looks. */
    readonly administrator = false,
  ) {}
}

/** The substitute takes the seat, and with it the share (CGFP 545). `by` is who of the staff records it. */
export class ReplaceMember {
  readonly kind = 'ReplaceMember';
  constructor(
    readonly boardId: string,
    readonly seat: number,
    readonly by: string,
  ) {}
}

/** Begins a key ceremony: one group of president and secretary, one of the delegates (design 5). */
export class StartCeremony {
  readonly kind = 'StartCeremony';
  constructor(
    readonly boardId: string,
    readonly ceremonyId: string,
    readonly practice: boolean,
    readonly group: 'Ed25519' | 'BELENIOS-2048',
  ) {}
}

/** The message of a seat in a round. `faulty` are the seats that cheated in the rounds before, which all have ended. */
export class SpeakInCeremony {
  readonly kind = 'SpeakInCeremony';
  constructor(
    readonly boardId: string,
    readonly ceremonyId: string,
    readonly staffId: string,
    readonly seat: number,
    readonly round: CeremonyRound,
    readonly message: string,
    readonly faulty: readonly number[],
  ) {}
}

/** What the cryptography says of a round in which all have spoken; of the last one, also the key that it made. */
export class ConcludeRound {
  readonly kind = 'ConcludeRound';
  constructor(
    readonly boardId: string,
    readonly ceremonyId: string,
    readonly round: CeremonyRound,
    readonly faulty: readonly number[],
    readonly key?: BoardKey,
  ) {}
}

/** The key of a board, once its file of key holders was written and checked (K7). */
export interface BoardKey {
  /** Address of `trustees.json`. */
  readonly keyHolders: string;
  /** The seat of each owner of the file, in its order. */
  readonly owners: readonly number[];
  readonly publicKey: string;
}

/** A seat shows that the share dealt to it is wrong (K5). `faulty` is who cheated: the dealer, or the accuser. */
export class ComplainOfShare {
  readonly kind = 'ComplainOfShare';
  constructor(
    readonly boardId: string,
    readonly ceremonyId: string,
    readonly staffId: string,
    readonly seat: number,
    readonly complaint: string,
    readonly faulty: readonly number[],
  ) {}
}

/** Ends a ceremony without a key. `absent` names the seats that have not spoken in the present round. */
export class AbortCeremony {
  readonly kind = 'AbortCeremony';
  constructor(
    readonly boardId: string,
    readonly ceremonyId: string,
    readonly reason: 'absent' | 'given-up',
  ) {}
}

/** Puts a test tally of known votes before the holders, to be decrypted on the eve. */
export class StartRehearsal {
  readonly kind = 'StartRehearsal';
  constructor(
    readonly boardId: string,
    readonly rehearsalId: string,
    readonly tally: string,
    readonly votes: readonly number[],
  ) {}
}

/** One seat's decryption of the test tally. `sound`: its proofs hold. */
export class DecryptRehearsal {
  readonly kind = 'DecryptRehearsal';
  constructor(
    readonly boardId: string,
    readonly rehearsalId: string,
    readonly staffId: string,
    readonly seat: number,
    readonly decryption: string,
    readonly sound: boolean,
  ) {}
}

/** A quorum of every group decrypted the test tally and found its votes. */
export class ConcludeRehearsal {
  readonly kind = 'ConcludeRehearsal';
  constructor(
    readonly boardId: string,
    readonly rehearsalId: string,
    /** Undefined while too few have decrypted, or what they gave is not the votes. */
    readonly seats: readonly number[] | undefined,
  ) {}
}

/** What is known of the scrutins of a board when its seal is proposed. */
export interface SealingFacts {
  readonly listsClosed: boolean;
  /** Seats whose holder or substitute administers the service. */
  readonly administrators: readonly number[];
  /** When voting opens; undefined where no calendar is set. */
  readonly opensAt: string | undefined;
  readonly scrutins: readonly {
    readonly scrutinId: string;
    readonly group: 'Ed25519' | 'BELENIOS-2048';
    /** Lists of candidates that stand. */
    readonly lists: number;
    /** Whether the order of exactly these lists was drawn. */
    readonly ordered: boolean;
    readonly electors: number;
    readonly credentials: number;
    /** More credentials than electors that whoever proposes accepts, and the members read: removed electors. */
    readonly surplus: number;
    /** Nothing was ever written to its box. */
    readonly empty: boolean;
  }[];
}

/** What would be sealed: addresses of all documents, roots and counts. */
export interface Seal {
  /** Address of the document of all that counts. */
  readonly seal: string;
  readonly acknowledgementKey: string;
  readonly scrutins: readonly SealedScrutin[];
}

/** Puts a seal before the members of the board. */
export class ProposeSeal {
  readonly kind = 'ProposeSeal';
  constructor(
    readonly boardId: string,
    readonly facts: SealingFacts,
    readonly proposal: Seal,
    readonly by: string,
  ) {}
}

/** A member approves the seal that was proposed (CGFP 552). `unchanged`: what it covers is still as it says. */
export class ApproveSeal {
  readonly kind = 'ApproveSeal';
  constructor(
    readonly boardId: string,
    readonly seal: string,
    readonly staffId: string,
    readonly unchanged: boolean,
  ) {}
}

/** Asks to break a seal, or agrees with somebody else who asked. The reason is a document. */
export class BreakSeal {
  readonly kind = 'BreakSeal';
  constructor(
    readonly boardId: string,
    readonly seal: string,
    readonly reason: string,
    readonly staffId: string,
  ) {}
}

export type BoardCommand =
  | DeclareBoard
  | RenameBoard
  | AppointMember
  | ReplaceMember
  | StartCeremony
  | SpeakInCeremony
  | ConcludeRound
  | ComplainOfShare
  | AbortCeremony
  | StartRehearsal
  | DecryptRehearsal
  | ConcludeRehearsal
  | ProposeSeal
  | ApproveSeal
  | BreakSeal;
