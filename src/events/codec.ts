import { canonicalJson, type Json } from '../crypto/canonical-json.js';
import { assistanceWires, type AssistanceEvent } from './assistance.events.js';
import { electionWires, type ElectionEvent } from './election.events.js';
import { electorWires, type ElectorEvent } from './elector.events.js';
import type { Event } from './event.js';
import type { Named } from './fields.js';
import { staffWires, type StaffEvent } from './staff.events.js';
import type { Wire } from './wire.js';

/** Every event that this ledger can hold. */
export type LedgerEvent = ElectionEvent | ElectorEvent | StaffEvent | AssistanceEvent;

/** Every wire form ever written. Rows are never edited or removed; a new version is a new row. */
const families: readonly (readonly Wire<Event<string, unknown>>[])[] = [
  electionWires,
  electorWires,
  staffWires,
  assistanceWires,
];

// Maps, not objects: `object['__proto__']` finds something.
const readers = new Map(families.flat().map((wire) => [wire.name, wire]));
const writers = new Map(
  families
    .flat()
    .filter((wire) => wire.current)
    .map((wire) => [wire.type, wire]),
);

/** The bytes of the ledger are not what this program can read. Nothing is skipped: the reader stops. */
export class Corruption extends Error {
  constructor(
    readonly code:
      | 'ledger.unknown-event'
      | 'ledger.bad-event'
      | 'ledger.out-of-order'
      | 'vault.mismatch'
      | 'documents.mismatch',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Corruption';
  }
}

/** The wire name and canonical JSON of an event. Throws `BadField` if a decider made a malformed one. */
export function encode(event: LedgerEvent): { type: string; data: string } {
  const wire = writers.get(event.type);
  if (!wire) throw new TypeError(`no wire form for ${event.type}`);
  return { type: wire.name, data: canonicalJson(wire.read(event.data) as Json) };
}

/** The event that a wire name and its JSON text say. Throws `Corruption` on an unknown name or a wrong field. */
export function decode(wireName: string, text: string): LedgerEvent {
  const wire = readers.get(wireName);
  if (!wire) throw new Corruption('ledger.unknown-event', `unknown event ${wireName}`);
  try {
    return { type: wire.type, data: wire.read(JSON.parse(text)) } as LedgerEvent;
  } catch (cause) {
    throw new Corruption('ledger.bad-event', `${wireName}: ${(cause as Error).message}`, { cause });
  }
}

/** The vault rows and documents that an event names: what a sweep must keep. */
export function namedBy(event: LedgerEvent): Named {
  const found: Named = { versions: [], documents: [] };
  writers.get(event.type)?.names(event.data, found);
  return found;
}

/** All wire names, for the test that each has a golden file. */
export function wireNames(): string[] {
  return [...readers.keys()];
}
