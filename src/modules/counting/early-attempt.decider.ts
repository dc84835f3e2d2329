import { isOf, type LedgerEvent } from '../../events/codec.js';
import type { Decider } from '../../ledger/decider.js';

/** A part that came before its box may be decrypted. */
export interface EarlyAttempt {
  readonly scrutinId: string;
  readonly incidentId: string;
  /** What the journal says of it, by its hash. */
  readonly text: string;
}

/** Enters early attempts of one member in the journal of the election. */
export interface NoteEarlyAttempts {
  readonly electionId: string;
  readonly staffId: string;
  readonly attempts: readonly EarlyAttempt[];
}

/** Incidents by scrutin, member and text: repeated, an attempt stands in the journal once (stream `election-<id>`). */
export const earlyAttempts: Decider<ReadonlySet<string>, NoteEarlyAttempts, LedgerEvent> = {
  initial: new Set(),

  decide({ electionId, staffId, attempts }, known, now) {
    return attempts
      .filter(({ scrutinId, text }) => !known.has(keyOf(scrutinId, staffId, text)))
      .map((attempt) => ({ type: 'IncidentLogged', data: { electionId, ...attempt, staffId, at: now } }));
  },

  evolve(known, event) {
    if (!isOf(event, 'election') || event.type !== 'IncidentLogged') return known;
    const { scrutinId = '', staffId, text } = event.data;
    return new Set([...known, keyOf(scrutinId, staffId, text)]);
  },
};

function keyOf(...parts: readonly string[]): string {
  return parts.join(' ');
}
