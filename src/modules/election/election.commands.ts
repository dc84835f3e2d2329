/** What one may ask of an election. Instants are in UTC to the millisecond, ids are random UUIDs. */

/** Names an election and fixes the rules of its year (requirements, section 2). */
export class DeclareElection {
  readonly kind = 'DeclareElection';
  constructor(
    readonly electionId: string,
    readonly title: string,
    readonly preset: '2022' | '2026',
  ) {}
}

/** Corrects the title, which electors read at the top of every page, until a board has sealed it. */
export class RenameElection {
  readonly kind = 'RenameElection';
  constructor(
    readonly electionId: string,
    readonly title: string,
    /** Which of the staff; undefined from the command line. */
    readonly by?: string,
    /** Whether scrutins are sealed under the present one: the handler looks. */
    readonly sealed = false,
  ) {}
}

export interface Calendar {
  readonly portalOpensAt: string;
  readonly votingOpensAt: string;
  readonly votingClosesAt: string;
  /** How long an elector who signed in before the closing may go on. */
  readonly graceMinutes: number;
  /** From when electors see the electoral lists and may claim (F2). */
  readonly listsShownAt?: string;
  /** Until when lists of candidates and statements are filed. */
  readonly candidatesDueAt?: string;
  /** From when electors see the candidates (F2). */
  readonly candidatesShownAt?: string;
  /** From when notices are handed over (F3). */
  readonly noticesFrom?: string;
}

/** Sets the whole calendar, for the first time or anew. */
export class SetCalendar {
  readonly kind = 'SetCalendar';
  constructor(
    readonly electionId: string,
    readonly calendar: Calendar,
    /** Whether scrutins are sealed under the present one: the handler looks. */
    readonly sealed = false,
  ) {}
}

/** Ends every change of the electoral lists and of the lists of candidates (CGFP 528), for good. */
export class CloseLists {
  readonly kind = 'CloseLists';
  constructor(
    readonly electionId: string,
    /** Which of the staff; undefined when the calendar does it. */
    readonly by?: string,
  ) {}
}

/** Enters an incident in the journal (F112). Its text is a restricted document, filed before: here is its address. */
export class LogIncident {
  readonly kind = 'LogIncident';
  constructor(
    readonly electionId: string,
    readonly incidentId: string,
    readonly staffId: string,
    readonly text: string,
    /** The one scrutin that it touches; all of them without it. */
    readonly scrutinId?: string,
  ) {}
}

/** The parts of the system that somebody may touch. */
export const components = ['server', 'database', 'ledger', 'network', 'configuration', 'software'] as const;

/** Enters an intervention on the system in the journal (CGFP 571): who, which part, and why, a restricted document. */
export class LogIntervention {
  readonly kind = 'LogIntervention';
  constructor(
    readonly electionId: string,
    readonly interventionId: string,
    readonly staffId: string,
    readonly component: (typeof components)[number],
    readonly text: string,
  ) {}
}

export type ElectionCommand =
  DeclareElection | RenameElection | SetCalendar | CloseLists | LogIncident | LogIntervention;
