import { decode, type LedgerEvent } from '../events/codec.js';
import type { StoredEvent } from './event-store.js';

const known = new WeakMap<StoredEvent, LedgerEvent>();

/** A stored event, decoded once however many readers share the page that brought it. Throws `Corruption` like `decode`. */
export function decoded(stored: StoredEvent): LedgerEvent {
  let event = known.get(stored);
  if (!event) known.set(stored, (event = decode(stored.type, stored.data)));
  return event;
}
