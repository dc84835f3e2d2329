import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  StreamNotFoundError,
  type AllStreamRecordedEvent,
  type Position as EnginePosition,
  type RecordedEvent,
} from '@eventstore/db-client';
import { canonicalJson, type Json } from '../crypto/canonical-json.js';
import { Corruption } from '../events/codec.js';
import { WrongRevision, type Position, type StoredEvent } from './event-store.js';

/** Streams whose names begin with a dollar are the server's own: statistics, metadata, projections. */
export const OWN_STREAMS = '^[^$]';

/** What servers before 22.6 give as the position of an event that is read from its stream. */
const NO_POSITION = 2n ** 64n - 1n;

/** Commit and prepare position as one text, of fixed width so that later is greater. Both are at most 64 bits. */
export function positionText({ commit, prepare }: EnginePosition): Position {
  return `${digits(commit)}-${digits(prepare)}` as Position;
}

/** The engine's form of a position that this adapter made. */
export function enginePosition(position: Position): EnginePosition {
  const [commit = '', prepare = ''] = position.split('-');
  if (!/^\d{20}-\d{20}$/.test(position)) throw new TypeError('not a position of this event store');
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

function digits(part: bigint): string {
  return part.toString().padStart(20, '0');
}

/**
 * The port's form of an event that the client has read, undefined for one of the server's own. The client parsed the
 * JSON, so the canonical text is made again. Throws `Corruption` on what no writer of ours can have written.
 */
export function storedEvent(
  event: RecordedEvent | AllStreamRecordedEvent | undefined,
): StoredEvent | undefined {
  if (!event || event.streamId.startsWith('$')) return undefined;
  const { id, type, streamId: stream, position } = event;
  const revision = Number(event.revision);
  if (!event.isJson) throw new Corruption('ledger.bad-event', `${stream} ${revision}: not JSON`);
  if (!position || position.commit === NO_POSITION)
    throw new TypeError('EventStoreDB 22.6 or later is needed: this server gives no positions with a stream');
  let data: string;
  try {
    data = canonicalJson(event.data as Json);
  } catch (cause) {
    throw new Corruption('ledger.bad-event', `${stream} ${revision}: ${(cause as Error).message}`, { cause });
  }
  return { id, type, data, stream, revision, position: positionText(position) };
}

/** Asking again would give the same answer. Everything else may be the network's or the server's bad moment. */
export function isFinal(error: unknown): boolean {
  return [
    WrongRevision,
    AccessDeniedError,
    MaxAppendSizeExceededError,
    StreamDeletedError,
    StreamNotFoundError,
    Corruption,
    TypeError,
  ].some((kind) => error instanceof kind);
}
