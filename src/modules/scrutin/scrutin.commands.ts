/** What one may ask of a scrutin before it is sealed. Instants are in UTC, ids are random UUIDs, files are documents. */

/** What holds for a scrutin from its declaration on; all but uuid and group may be corrected until the lists are closed. */
export interface ScrutinDescription {
  /** The uuid and group of its Belenios election: voting codes depend on them. */
  readonly uuid: string;
  readonly group: 'Ed25519' | 'BELENIOS-2048';
  /** The short name in lists of electors and on notices. */
  readonly code?: string | undefined;
  readonly title: string;
  readonly body: 'CSA' | 'CAP' | 'CCP';
  readonly seats: number;
  /** « Elsewhere »: by paper or on another platform; electors are told so (F65). */
  readonly held: 'here' | 'elsewhere';
  readonly boardId?: string | undefined;
}

/** Declares a scrutin, or corrects what may be corrected. */
export class DeclareScrutin {
  readonly kind = 'DeclareScrutin';
  constructor(
    readonly scrutinId: string,
    readonly electionId: string,
    readonly description: ScrutinDescription,
  ) {}
}

/** What the decider must know of the election when somebody changes a list of candidates. */
export interface CandidateDeadline {
  /** An instant; undefined while the calendar does not say. */
  readonly candidatesDueAt: string | undefined;
}

/** Files a list of candidates, or files it anew under the same id. Names are in the document. */
export class FileCandidateList {
  readonly kind = 'FileCandidateList';
  constructor(
    readonly scrutinId: string,
    readonly listId: string,
    readonly content: string,
    readonly logo: string | undefined,
    /** How many of it may have a seat; undefined without any candidate (« sur sigle »). */
    readonly candidates: number | undefined,
  ) {}
}

/** Takes a list of candidates back. */
export class WithdrawCandidateList {
  readonly kind = 'WithdrawCandidateList';
  constructor(
    readonly scrutinId: string,
    readonly listId: string,
  ) {}
}

/** Files the statement (« profession de foi ») of a list, or another one in its place. */
export class FileStatement {
  readonly kind = 'FileStatement';
  constructor(
    readonly scrutinId: string,
    readonly listId: string,
    readonly statement: string,
  ) {}
}

/** Draws the order of the lists by lot from a public seed: the same seed gives the same order to anyone. */
export class DrawListOrder {
  readonly kind = 'DrawListOrder';
  constructor(
    readonly scrutinId: string,
    readonly seed: string,
  ) {}
}

/** What comes from people. */
export type ScrutinCommand =
  DeclareScrutin | FileCandidateList | WithdrawCandidateList | FileStatement | DrawListOrder;

/** A command with what the election says, looked up by the handler. */
export interface Asked {
  readonly command: ScrutinCommand;
  readonly election: CandidateDeadline;
}
