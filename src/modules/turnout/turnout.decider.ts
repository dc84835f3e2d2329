import type { LedgerEvent } from '../../events/codec.js';
import type { Decider } from '../../ledger/decider.js';
import { Refusal } from '../../ledger/refusal.js';
import type { FileEarlierTurnout } from './turnout.commands.js';

/** What counts here of an election (stream `election-<id>`): that there is one, and the file that it is compared with. */
export interface Compared {
  readonly declared: boolean;
  readonly file: string | undefined;
}

/** Files the turnout of an earlier election. The same file twice is one. */
export const comparison: Decider<Compared, FileEarlierTurnout, LedgerEvent> = {
  initial: { declared: false, file: undefined },

  decide({ electionId, file, staffId }, state, now) {
    if (!state.declared) throw new Refusal('election.not-declared', 'No election of this id was declared.');
    if (state.file === file) return [];
    return [{ type: 'EarlierTurnoutFiled', data: { electionId, file, staffId, at: now } }];
  },

  evolve(state, { type, data }) {
    if (type === 'ElectionDeclared') return { ...state, declared: true };
    return type === 'EarlierTurnoutFiled' ? { ...state, file: data.file } : state;
  },
};
