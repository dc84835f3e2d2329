import type { CheckpointEvent } from '../events/checkpoint.events.js';
import type { LedgerEvent } from '../events/codec.js';
import type { BatchDecider } from '../ledger/decider.js';
import { Refusal } from '../ledger/refusal.js';

/** A root that was signed. */
export interface SignedRoot {
  readonly size: number;
  readonly root: string;
  readonly note: string;
}

/** The newest checkpoint is all that the next one depends on. */
export type CheckpointState = SignedRoot | undefined;

/** Decides on checkpoints: the log never goes back, and says one thing only of each size. */
export const checkpointDecider: BatchDecider<CheckpointState, SignedRoot, CheckpointEvent | LedgerEvent> = {
  initial: undefined,

  decideBatch([command], state, now) {
    if (command === undefined) return { events: [], outcomes: [] };
    const { size, root } = command;
    if (state && (size < state.size || (size === state.size && root !== state.root))) {
      throw new Refusal('log.inconsistent', 'The log is not a continuation of what was signed.');
    }
    return { events: [{ type: 'CheckpointSigned', data: { ...command, at: now } }], outcomes: ['accepted'] };
  },

  evolve(state, event) {
    if (event.type !== 'CheckpointSigned') return state;
    const { size, root, note } = event.data;
    return { size, root, note };
  },
};
