import {
  documentHash,
  instant,
  integer,
  list,
  oneOf,
  optional,
  record,
  sha256,
  text,
  uuid,
} from './fields.js';
import { seat } from './identifiers.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one election (stream `election-<id>`), in the order the protocol allows it. */
export const electionWires = [
  wire('ElectionDeclared.v1', {
    electionId: uuid,
    title: text(200),
    preset: oneOf('2022', '2026'),
    at: instant,
  }),
  // Until a board has sealed it; the rules stay.
  wire('ElectionRenamed.v1', { electionId: uuid, title: text(200), by: optional(uuid), at: instant }),
  // All instants of one election at once: each change states the whole calendar, so that none can be half applied.
  wire('CalendarSet.v1', {
    electionId: uuid,
    portalOpensAt: instant,
    votingOpensAt: instant,
    votingClosesAt: instant,
    graceMinutes: integer(0, 60), // CGFP 563: 30 minutes; 2022: 20 minutes
    listsShownAt: optional(instant), // electoral lists, and claims from then on (F2)
    candidatesDueAt: optional(instant), // lists of candidates and statements are filed until then
    candidatesShownAt: optional(instant),
    noticesFrom: optional(instant), // F3
    at: instant,
  }),
  // CGFP 528: from here on, no list changes.
  wire('ListsClosed.v1', { electionId: uuid, by: optional(uuid), at: instant }),
  wire('ElectionOpened.v1', { electionId: uuid, at: instant }),
  wire('ElectionClosed.v1', { electionId: uuid, at: instant }),
  wire('IncidentLogged.v1', {
    electionId: uuid,
    scrutinId: optional(uuid),
    incidentId: uuid,
    staffId: uuid,
    text: documentHash, // free text lives in the documents, never in an event
    at: instant,
  }),
  // With which turnout of an earlier election this one is compared: a restricted document of public figures.
  wire('EarlierTurnoutFiled.v1', { electionId: uuid, file: documentHash, staffId: uuid, at: instant }),
  // Somebody touched the system: who, when, what, why (CGFP 571).
  wire('InterventionLogged.v1', {
    electionId: uuid,
    interventionId: uuid,
    staffId: uuid,
    component: oneOf('server', 'database', 'ledger', 'network', 'configuration', 'software'),
    text: documentHash,
    at: instant,
  }),
  // From here on this software counts for every scrutin that is sealed, as two members of boards decided (CGFP 571).
  wire('BuildReplaced.v1', {
    electionId: uuid,
    replacementId: uuid,
    build: sha256,
    booth: sha256,
    reason: documentHash,
    decidedBy: list(record({ boardId: uuid, seat, staffId: uuid }), 2, 10),
    at: instant,
  }),
] as const;

export type ElectionEvent = EventsOf<typeof electionWires>;
