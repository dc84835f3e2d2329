import type { MailingKind } from '../../../events/mailing.events.js';

/** Takes note that one of the staff had a letter sent to try it. */
export class NoteMailingTest {
  readonly kind = 'NoteMailingTest';
  constructor(
    readonly electionId: string,
    readonly mailing: MailingKind,
    readonly staffId: string,
  ) {}
}

/** Has a letter sent to all whom it concerns, at most so many a minute. */
export class OrderMailing {
  readonly kind = 'OrderMailing';
  constructor(
    readonly electionId: string,
    readonly mailingId: string,
    readonly mailing: MailingKind,
    readonly perMinute: number,
    readonly staffId: string,
  ) {}
}

/** Stops a mailing: what left has left. */
export class StopMailing {
  readonly kind = 'StopMailing';
  constructor(
    readonly electionId: string,
    readonly mailingId: string,
    readonly staffId: string,
  ) {}
}

/** The last elector was looked at. */
export class EndMailing {
  readonly kind = 'EndMailing';
  constructor(
    readonly electionId: string,
    readonly mailingId: string,
    readonly mails: number,
  ) {}
}

export type MailingCommand = NoteMailingTest | OrderMailing | StopMailing | EndMailing;
