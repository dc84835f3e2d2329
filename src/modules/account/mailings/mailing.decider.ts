import { never } from '../../../events/event.js';
import type { MailingEvent } from '../../../events/mailing.events.js';
import type { Decider } from '../../../ledger/decider.js';
import { Refusal } from '../../../ledger/refusal.js';
import type { EndMailing, MailingCommand, OrderMailing, StopMailing } from './mailing.commands.js';

/** The mailings of one election: which one goes on, and which were. */
export interface Mailing {
  readonly underWay: string | undefined;
  readonly known: ReadonlySet<string>;
}

/** What is asked, and whether the organiser lets those be reminded who have not voted. */
export interface MailingRequest {
  readonly command: MailingCommand;
  readonly abstainersMayBeReminded: boolean;
}

/** Mailings of one election, one after the other (stream `mailing-<electionId>`). */
export const mailing: Decider<Mailing, MailingRequest, MailingEvent> = {
  initial: { underWay: undefined, known: new Set() },

  decide({ command, abstainersMayBeReminded }, state, now) {
    switch (command.kind) {
      case 'NoteMailingTest': {
        const { electionId, mailing: kind, staffId } = command;
        const at = `${now.slice(0, 17)}00.000Z`;
        return [{ type: 'MailingTested', data: { electionId, kind, staffId, at } }];
      }
      case 'OrderMailing':
        return order(command, abstainersMayBeReminded, state, now);
      case 'StopMailing':
        return stop(command, state, now);
      case 'EndMailing':
        return end(command, state, now);
      default:
        return never(command);
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'MailingTested':
        return state;
      case 'MailingOrdered':
        return { underWay: data.mailingId, known: new Set(state.known).add(data.mailingId) };
      case 'MailingStopped':
      case 'MailingEnded':
        return { ...state, underWay: undefined };
      default:
        return never(type);
    }
  },
};

function order(
  { electionId, mailingId, mailing: kind, perMinute, staffId }: OrderMailing,
  abstainersMayBeReminded: boolean,
  state: Mailing,
  at: string,
): readonly MailingEvent[] {
  if (state.known.has(mailingId)) return [];
  if (kind === 'not-voted' && !abstainersMayBeReminded)
    throw new Refusal(
      'mailing.not-allowed',
      'The organiser does not let those be reminded who have not voted.',
      'forbidden',
    );
  if (state.underWay !== undefined)
    throw new Refusal('mailing.under-way', 'Another mailing of this election goes on.');
  return [{ type: 'MailingOrdered', data: { electionId, mailingId, kind, perMinute, staffId, at } }];
}

function stop(
  { electionId, mailingId, staffId }: StopMailing,
  state: Mailing,
  at: string,
): readonly MailingEvent[] {
  if (!state.known.has(mailingId)) throw new Refusal('mailing.unknown', 'No such mailing was ordered.');
  if (state.underWay !== mailingId) return [];
  return [{ type: 'MailingStopped', data: { electionId, mailingId, staffId, at } }];
}

/** Stopped a moment before its end, it stays stopped. */
function end(
  { electionId, mailingId, mails }: EndMailing,
  state: Mailing,
  at: string,
): readonly MailingEvent[] {
  if (state.underWay !== mailingId) return [];
  return [{ type: 'MailingEnded', data: { electionId, mailingId, mails, at } }];
}
