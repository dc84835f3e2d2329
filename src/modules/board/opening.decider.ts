import type { BoxEvent } from '../../events/box.events.js';
import type { ElectionEvent } from '../../events/election.events.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';

/** All that the box of a scrutin starts from, as it was sealed. */
export type Sealed = Omit<Extract<BoxEvent, { type: 'BoxOpened' }>['data'], 'at'>;

/** Opens one box. `sealed` is undefined where its scrutin is not sealed. */
export interface OpenBox {
  readonly sealed: Sealed | undefined;
}

/** The beginning of a box (stream `box-<scrutinId>`): opened once, at the hour, and only when sealed. */
export const boxOpening: Decider<'shut' | 'opened', OpenBox, BoxEvent> = {
  initial: 'shut',
  decide({ sealed }, state, now) {
    if (state === 'opened') return [];
    if (!sealed) throw new Refusal('opening.not-sealed', 'The scrutin is not sealed.');
    if (Date.parse(now) < Date.parse(sealed.opensAt))
      throw new Refusal('opening.too-early', 'Voting has not begun.');
    if (Date.parse(now) >= Date.parse(sealed.closesAt))
      throw new Refusal('opening.too-late', 'Voting is over: this box was never open.');
    return [{ type: 'BoxOpened', data: { ...sealed, at: now } }];
  },
  evolve: () => 'opened', // whatever happened to a box, it was opened before
};

/** The moment at which an election is open: once, when its first box is (stream `election-<id>`). */
export const electionOpening: Decider<{ opened: boolean }, { electionId: string }, ElectionEvent> = {
  initial: { opened: false },
  decide: ({ electionId }, { opened }, now) =>
    opened ? [] : [{ type: 'ElectionOpened', data: { electionId, at: now } }],
  evolve: ({ opened }, { type }) => ({ opened: opened || type === 'ElectionOpened' }),
};
