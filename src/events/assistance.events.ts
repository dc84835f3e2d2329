import { documentHash, minute, optional, uuid } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one request for assistance (stream `assistance-<id>`), F61. The texts are restricted documents. */
export const assistanceWires = [
  wire('AssistanceRequested.v1', {
    assistanceId: uuid,
    electorId: optional(uuid), // absent when nobody was signed in
    text: documentHash,
    at: minute,
  }),
  wire('AssistanceAnswered.v1', { assistanceId: uuid, staffId: uuid, text: documentHash, at: minute }),
] as const;

export type AssistanceEvent = EventsOf<typeof assistanceWires>;
