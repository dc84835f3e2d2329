import { documentHash, minute, oneOf, optional, uuid } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** What can happen to one claim against a list (stream `claim-<id>`), F57, F110. The texts are restricted documents. */
export const claimWires = [
  wire('ClaimFiled.v1', {
    claimId: uuid,
    electionId: uuid,
    electorId: uuid,
    scrutinId: optional(uuid),
    text: documentHash,
    at: minute,
  }),
  wire('ClaimAnswered.v1', {
    claimId: uuid,
    decision: oneOf('accepted', 'refused', 'noted'),
    text: documentHash,
    staffId: uuid,
    at: minute,
  }),
] as const;

export type ClaimEvent = EventsOf<typeof claimWires>;
