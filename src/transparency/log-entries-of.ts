import { hash } from 'node:crypto';
import {
  ballotEntry,
  eventEntry,
  signatureEntry,
  type LoggedEvent,
  type TextHash,
} from '../crypto/log-entries.js';
import type { LedgerEvent } from '../events/codec.js';

/** The stream whose events are about the log, and therefore not in it. */
export const CHECKPOINTS = 'checkpoints';

const sha256: TextHash = (text) => hash('sha256', text, 'buffer');

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
  const entries = [eventEntry(stored, sha256)];
  if (event.type !== 'VotesCast') return { entries, ballots: [] };
  const { scrutinId, signatures, ballots } = event.data;
  for (const tag of signatures) entries.push(signatureEntry(scrutinId, tag, sha256));
  const placed = ballots.map((ballot) => {
    const reference = hash('sha256', ballot, 'base64').replace(/=+$/, ''); // `sha256Base64`, of the platform
    entries.push(ballotEntry(scrutinId, reference, sha256));
    return { scrutinId, reference, at: entries.length - 1 };
  });
  return { entries, ballots: placed };
}
