import { sha256Base64 } from '../crypto/digest.js';
import { ballotEntry, eventEntry, signatureEntry, type LoggedEvent } from '../crypto/log-entries.js';
import type { LedgerEvent } from '../events/codec.js';

/** The stream whose events are about the log, and therefore not in it. */
export const CHECKPOINTS = 'checkpoints';

/** A ballot of an event and which of the event's entries is its own. */
export interface PlacedBallot {
  readonly scrutinId: string;
  readonly reference: string;
  readonly at: number;
}

/**
 * What an event adds to the log (docs/protocol.md, L2, L3): itself, and of `VotesCast` also each signature and each
 * ballot, in their order.
 */
export function entriesOf(
  stored: LoggedEvent,
  event: LedgerEvent,
): { entries: Uint8Array[]; ballots: PlacedBallot[] } {
  if (stored.stream === CHECKPOINTS) return { entries: [], ballots: [] };
  const entries = [eventEntry(stored)];
  if (event.type !== 'VotesCast') return { entries, ballots: [] };
  const { scrutinId, signatures, ballots } = event.data;
  for (const tag of signatures) entries.push(signatureEntry(scrutinId, tag));
  const placed = ballots.map((ballot) => {
    const reference = sha256Base64(ballot);
    entries.push(ballotEntry(scrutinId, reference));
    return { scrutinId, reference, at: entries.length - 1 };
  });
  return { entries, ballots: placed };
}
