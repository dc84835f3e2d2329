import { documentHash, instant, integer, oneOf, text, uuid } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one election (stream `election-<id>`), in the order the protocol allows it. */
export const electionWires = [
  wire('ElectionDeclared.v1', {
    electionId: uuid,
    title: text(200),
    preset: oneOf('2022', '2026'),
    at: instant,
  }),
  // All instants of one election at once: each change states the whole calendar, so that none can be half applied.
  wire('CalendarSet.v1', {
    electionId: uuid,
    portalOpensAt: instant,
    votingOpensAt: instant,
    votingClosesAt: instant,
    graceMinutes: integer(0, 60), // CGFP 563: 30 minutes; 2022: 20 minutes
    at: instant,
  }),
  wire('IncidentLogged.v1', {
    electionId: uuid,
    incidentId: uuid,
    staffId: uuid,
    text: documentHash, // free text lives in the documents, never in an event
    at: instant,
  }),
] as const;

export type ElectionEvent = EventsOf<typeof electionWires>;
