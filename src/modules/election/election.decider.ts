import type { ElectionEvent } from '../../events/election.events.js';
import { never } from '../../events/event.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  Calendar,
  CloseLists,
  DeclareElection,
  ElectionCommand,
  LogIncident,
  LogIntervention,
  RenameElection,
  SetCalendar,
} from './election.commands.js';

/** What is known of one election. */
export type Election =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'declared';
      readonly title: string;
      readonly preset: '2022' | '2026';
      readonly calendar: Calendar | undefined;
      /** incidentId -> address of its text */
      readonly incidents: ReadonlyMap<string, string>;
      /** interventionId -> address of its text */
      readonly interventions: ReadonlyMap<string, string>;
      readonly listsClosed: boolean;
      readonly opened: boolean;
      readonly closed: boolean;
    };
type Declared = Extract<Election, { phase: 'declared' }>;

const begun = {
  incidents: new Map<string, string>(),
  interventions: new Map<string, string>(),
  listsClosed: false,
  opened: false,
  closed: false,
};
const HOUR = 3_600_000;

/** What the rules of a year allow: décret 2011-595, article 9, and the orders of 2022; CGFP R. 211-563. */
const rules = {
  '2022': { shortest: 24 * HOUR, longest: 8 * 24 * HOUR, mostGrace: 20, notices: 0 },
  '2026': { shortest: 0, longest: Infinity, mostGrace: 30, notices: 15 * 24 * HOUR },
} as const;

/** The life of one election (stream `election-<id>`). */
export const election: Decider<Election, ElectionCommand, ElectionEvent> = {
  initial: { phase: 'absent' },

  decide(command, state, now) {
    switch (command.kind) {
      case 'DeclareElection':
        return declare(command, state, now);
      case 'RenameElection':
        return rename(command, declared(state), now);
      case 'SetCalendar':
        return setCalendar(command, declared(state), now);
      case 'CloseLists':
        return closeLists(command, declared(state), now);
      case 'LogIncident':
        return logIncident(command, declared(state), now);
      case 'LogIntervention':
        return logIntervention(command, declared(state), now);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'ElectionDeclared': {
        const { title, preset } = data;
        return { phase: 'declared', title, preset, calendar: undefined, ...begun };
      }
      case 'ElectionRenamed':
        return { ...(state as Declared), title: data.title };
      case 'CalendarSet': {
        const { portalOpensAt, votingOpensAt, votingClosesAt, graceMinutes } = data;
        const calendar = { portalOpensAt, votingOpensAt, votingClosesAt, graceMinutes, ...datesOf(data) };
        return { ...(state as Declared), calendar };
      }
      case 'IncidentLogged': {
        const { incidents } = state as Declared;
        return {
          ...(state as Declared),
          incidents: new Map(incidents).set(data.incidentId, data.text),
        };
      }
      case 'ListsClosed':
        return { ...(state as Declared), listsClosed: true };
      case 'ElectionOpened':
        return { ...(state as Declared), opened: true };
      case 'ElectionClosed':
        return { ...(state as Declared), closed: true };
      case 'InterventionLogged': {
        const { interventions } = state as Declared;
        return {
          ...(state as Declared),
          interventions: new Map(interventions).set(data.interventionId, data.text),
        };
      }
      case 'BuildReplaced':
      case 'EarlierTurnoutFiled':
        return state;
      default:
        return never(type);
    }
  },
};

function declared(state: Election): Declared {
  if (state.phase === 'declared') return state;
  throw new Refusal('election.not-declared', 'No election of this id was declared.');
}

function declare(
  { electionId, title, preset }: DeclareElection,
  state: Election,
  now: string,
): readonly ElectionEvent[] {
  if (state.phase === 'absent')
    return [{ type: 'ElectionDeclared', data: { electionId, title, preset, at: now } }];
  if (state.title === title && state.preset === preset) return [];
  throw new Refusal('election.already-declared', 'This election was declared with another title or preset.');
}

function rename(
  { electionId, title, by, sealed }: RenameElection,
  state: Declared,
  now: string,
): readonly ElectionEvent[] {
  if (state.title === title) return [];
  if (sealed) throw new Refusal('election.title-sealed', 'The title is sealed: break the seals first.');
  return [{ type: 'ElectionRenamed', data: { electionId, title, ...(by !== undefined && { by }), at: now } }];
}

function setCalendar(
  { electionId, calendar, sealed }: SetCalendar,
  state: Declared,
  now: string,
): readonly ElectionEvent[] {
  if (state.calendar && sameCalendar(state.calendar, calendar)) return [];
  if (state.calendar && Date.parse(state.calendar.votingOpensAt) <= Date.parse(now)) {
    // From then on each box is extended or suspended by itself, where the append fences it (design 3).
    throw new Refusal('election.voting-opened', 'The calendar cannot change once voting has opened.');
  }
  if (sealed)
    throw new Refusal('election.sealed', 'The calendar is sealed: break the seals first (CGFP 552).');
  checkOrder(calendar);
  checkRules(calendar, state.preset);
  const { portalOpensAt, votingOpensAt, votingClosesAt, graceMinutes } = calendar;
  const data = {
    electionId,
    portalOpensAt,
    votingOpensAt,
    votingClosesAt,
    graceMinutes,
    ...datesOf(calendar),
    at: now,
  };
  return [{ type: 'CalendarSet', data }];
}

/** CGFP 528. A calendar says by when; without one nobody knows what is closed too early. */
function closeLists({ electionId, by }: CloseLists, state: Declared, now: string): readonly ElectionEvent[] {
  if (state.listsClosed) return [];
  if (!state.calendar) throw new Refusal('election.no-calendar', 'Set the calendar first.');
  return [{ type: 'ListsClosed', data: { electionId, ...(by !== undefined && { by }), at: now } }];
}

const optionalDates = ['listsShownAt', 'candidatesDueAt', 'candidatesShownAt', 'noticesFrom'] as const;
type OptionalDates = Pick<Calendar, (typeof optionalDates)[number]>;

function datesOf(calendar: OptionalDates): OptionalDates {
  return Object.fromEntries(
    optionalDates.flatMap((date) => (calendar[date] === undefined ? [] : [[date, calendar[date]]])),
  );
}

function checkOrder(calendar: Calendar): void {
  const { portalOpensAt, votingOpensAt, votingClosesAt, candidatesDueAt, candidatesShownAt } = calendar;
  if (Date.parse(portalOpensAt) > Date.parse(votingOpensAt)) {
    throw new Refusal('election.calendar-order', 'The portal must open before voting does, or with it.');
  }
  if (Date.parse(votingOpensAt) >= Date.parse(votingClosesAt)) {
    throw new Refusal('election.calendar-order', 'Voting must close after it opens.');
  }
  for (const date of optionalDates) {
    if (calendar[date] !== undefined && Date.parse(calendar[date]) > Date.parse(votingOpensAt))
      throw new Refusal('election.calendar-order', `${date} must not come after voting opens.`);
  }
  if (candidatesDueAt !== undefined && candidatesShownAt !== undefined) {
    if (Date.parse(candidatesDueAt) > Date.parse(candidatesShownAt))
      throw new Refusal('election.calendar-order', 'Candidates are shown once all lists are due.');
  }
}

function checkRules(calendar: Calendar, preset: Declared['preset']): void {
  const { shortest, longest, mostGrace, notices } = rules[preset];
  const length = Date.parse(calendar.votingClosesAt) - Date.parse(calendar.votingOpensAt);
  if (length < shortest) {
    throw new Refusal('election.voting-too-short', 'Voting lasts at least 24 hours (2011-595, article 9).');
  }
  if (length > longest) {
    throw new Refusal('election.voting-too-long', 'Voting lasts at most eight days (2011-595, article 9).');
  }
  if (calendar.graceMinutes > mostGrace) {
    throw new Refusal('election.grace-too-long', `The grace period is at most ${mostGrace} minutes.`);
  }
  const { noticesFrom, votingOpensAt } = calendar;
  if (noticesFrom !== undefined && Date.parse(votingOpensAt) - Date.parse(noticesFrom) < notices) {
    throw new Refusal('election.notices-too-late', 'Notices come at least 15 days before (CGFP 553).');
  }
}

function logIncident(
  { electionId, incidentId, staffId, text, scrutinId }: LogIncident,
  state: Declared,
  now: string,
): readonly ElectionEvent[] {
  const known = state.incidents.get(incidentId);
  if (known === text) return [];
  if (known !== undefined) {
    throw new Refusal('election.incident-logged', 'An incident of this id was logged with another text.');
  }
  const of = scrutinId === undefined ? {} : { scrutinId };
  return [{ type: 'IncidentLogged', data: { electionId, ...of, incidentId, staffId, text, at: now } }];
}

function logIntervention(
  { electionId, interventionId, staffId, component, text }: LogIntervention,
  state: Declared,
  now: string,
): readonly ElectionEvent[] {
  const known = state.interventions.get(interventionId);
  if (known === text) return [];
  if (known !== undefined) {
    throw new Refusal(
      'election.intervention-logged',
      'An intervention of this id was logged with another text.',
    );
  }
  const data = { electionId, interventionId, staffId, component, text, at: now };
  return [{ type: 'InterventionLogged', data }];
}

function sameCalendar(one: Calendar, other: Calendar): boolean {
  return (
    Date.parse(one.portalOpensAt) === Date.parse(other.portalOpensAt) &&
    Date.parse(one.votingOpensAt) === Date.parse(other.votingOpensAt) &&
    Date.parse(one.votingClosesAt) === Date.parse(other.votingClosesAt) &&
    one.graceMinutes === other.graceMinutes &&
    optionalDates.every((date) => one[date] === other[date])
  );
}
