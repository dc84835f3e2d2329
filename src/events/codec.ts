import { canonicalJson, type Json } from '../crypto/canonical-json.js';
import { assistanceWires } from './assistance.events.js';
import { boardWires } from './board.events.js';
import { boxWires } from './box.events.js';
import { checkpointWires } from './checkpoint.events.js';
import { claimWires } from './claim.events.js';
import { electionWires } from './election.events.js';
import { electorWires } from './elector.events.js';
import type { Event } from './event.js';
import type { Named } from './fields.js';
import { mailingWires } from './mailing.events.js';
import { scrutinWires } from './scrutin.events.js';
import { staffWires } from './staff.events.js';
import type { EventsOf, Wire } from './wire.js';

/** Every wire form ever written, by family. Rows are never edited or removed; a new version is a new row. */
const families = {
  election: electionWires,
  scrutin: scrutinWires,
  board: boardWires,
  elector: electorWires,
  box: boxWires,
  claim: claimWires,
  assistance: assistanceWires,
  mailing: mailingWires,
  staff: staffWires,
  checkpoint: checkpointWires,
} as const;

/** A family of events: those of one kind of stream. */
export type Family = keyof typeof families;
/** The events of a family. */
export type EventOf<F extends Family> = { [K in F]: EventsOf<(typeof families)[K]> }[F];
/** Every event that this ledger can hold. */
export type LedgerEvent = EventOf<Family>;

const allWires: readonly Wire<Event<string, unknown>>[] = Object.values(families).flat();

// Maps, not objects: `object['__proto__']` finds something.
const readers = new Map(allWires.map((wire) => [wire.name, wire]));
const writers = new Map(allWires.filter((wire) => wire.current).map((wire) => [wire.type, wire]));

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

const familyOf = new Map(
  Object.entries(families).flatMap(([family, wires]) => wires.map(({ type }) => [type as string, family])),
);

/** Whether an event is of one of these families. A reader of one family says so, and is complete within it. */
export function isOf<const F extends Family>(
  event: LedgerEvent,
  ...names: readonly F[]
): event is LedgerEvent & EventOf<F> {
  return names.some((name) => familyOf.get(event.type) === name);
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
