import { instant, integer, minute, oneOf, uuid } from './fields.js';
import { wire, type EventsOf } from './wire.js';

/** To whom a mailing goes: who was never written to, who did not activate an account, who has not voted everywhere yet. */
export const mailingKinds = ['opening', 'not-activated', 'not-voted'] as const;
const kind = oneOf(...mailingKinds);
/** See `mailingKinds`. */
export type MailingKind = ReturnType<typeof kind.parse>;

/**
 * Mails to many electors of one election at once (stream `mailing-<electionId>`), one mailing after the other. Who is
 * written to is in no event here: a reminder to those who have not voted must leave no list of them.
 */
export const mailingWires = [
  // One of the staff had the letter sent to an address that is kept nowhere.
  wire('MailingTested.v1', { electionId: uuid, kind, staffId: uuid, at: minute }),
  wire('MailingOrdered.v1', {
    electionId: uuid,
    mailingId: uuid,
    kind,
    perMinute: integer(1, 6_000),
    staffId: uuid,
    at: instant,
  }),
  wire('MailingStopped.v1', { electionId: uuid, mailingId: uuid, staffId: uuid, at: instant }),
  // The last elector was looked at.
  wire('MailingEnded.v1', { electionId: uuid, mailingId: uuid, mails: integer(0, 100_000_000), at: instant }),
] as const;

export type MailingEvent = EventsOf<typeof mailingWires>;
