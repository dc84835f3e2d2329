import type { ElectionEvent } from '../../events/election.events.js';
import { isOf, type LedgerEvent } from '../../events/codec.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';

/** What the closing of an election depends on. */
export interface Closable {
  readonly opened: boolean;
  readonly closed: boolean;
  readonly closesAt: string | undefined;
}

/** Closes an election at its hour; a box that was extended goes on by itself (stream `election-<id>`). */
export const electionClosing: Decider<Closable, { readonly electionId: string }, LedgerEvent> = {
  initial: { opened: false, closed: false, closesAt: undefined },

  decide({ electionId }, { opened, closed, closesAt }, now) {
    if (closed) return [];
    if (!opened || closesAt === undefined)
      throw new Refusal('closing.not-opened', 'Voting was never opened.');
    if (Date.parse(now) < Date.parse(closesAt))
      throw new Refusal('closing.too-early', 'Voting closes at the hour of the calendar.');
    const event: ElectionEvent = { type: 'ElectionClosed', data: { electionId, at: now } };
    return [event];
  },

  evolve(state, event) {
    if (!isOf(event, 'election')) return state;
    if (event.type === 'CalendarSet') return { ...state, closesAt: event.data.votingClosesAt };
    if (event.type === 'ElectionOpened') return { ...state, opened: true };
    if (event.type === 'ElectionClosed') return { ...state, closed: true };
    return state;
  },
};
