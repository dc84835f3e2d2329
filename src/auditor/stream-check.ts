import { canonicalJson, NotCanonical, parseCanonicalJson } from '../crypto/canonical-json.js';
import type { LoggedEvent } from '../crypto/log-entries.js';
import { Corruption, decode, isOf, type Family, type LedgerEvent } from '../events/codec.js';
import type { Findings } from './claims.js';

const families: readonly Family[] = [
  'election',
  'scrutin',
  'board',
  'elector',
  'box',
  'claim',
  'assistance',
  'mailing',
  'staff',
];

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Each event by itself and its place in its stream: bytes, revision, family, and the id that it speaks of. */
export class StreamCheck {
  private readonly revisions = new Map<string, number>();
  private readonly ids = new Set<string>();
  /** Ids are compared while there is room for them; beyond, the tree alone says that none was repeated. */
  private readonly keepIds = 5_000_000;

  constructor(private readonly found: Findings) {}

  /** The event that was stored, undefined when it cannot be read. */
  read(stored: LoggedEvent, place: string): LedgerEvent | undefined {
    this.place(stored, place);
    this.found.checked('events-are-well-formed');
    const event = this.decode(stored, place);
    if (event) this.belongs(stored.stream, event, place);
    return event;
  }

  private decode({ type, data, id }: LoggedEvent, place: string): LedgerEvent | undefined {
    const fail = (reason: string) => {
      this.found.fail('events-are-well-formed', place, reason);
    };
    if (!ID.test(id)) fail('its id is not a random UUID');
    try {
      if (canonicalJson(parseCanonicalJson(data)) !== data) fail('is not canonical JSON');
      return decode(type, data);
    } catch (error) {
      if (!(error instanceof Corruption) && !(error instanceof NotCanonical)) throw error;
      fail(error.message);
      return undefined;
    }
  }

  private place({ stream, revision, id }: LoggedEvent, place: string): void {
    const { found, ids } = this;
    const before = this.revisions.get(stream) ?? -1;
    this.revisions.set(stream, Math.max(before, revision));
    found.require('streams-have-no-gap', revision === before + 1, place, `follows revision ${before}`);
    if (ids.has(id)) found.fail('streams-have-no-gap', place, 'its id is that of another event');
    if (ids.size < this.keepIds) ids.add(id);
  }

  private belongs(stream: string, event: LedgerEvent, place: string): void {
    const fail = (reason: string) => {
      this.found.fail('streams-have-no-gap', place, reason);
    };
    if (stream === 'checkpoints') {
      if (event.type !== 'CheckpointSigned') fail('is no event of this stream');
      return;
    }
    const dash = stream.indexOf('-');
    const family = stream.slice(0, dash);
    const known = families.find((one) => one === family);
    if (known === undefined || !isOf(event, known)) fail('is no event of this stream');
    else if (ownerOf(known, event) !== stream.slice(dash + 1)) fail('speaks of another one');
  }
}

/** The id in the name of an event's stream. */
function ownerOf(family: Family, event: LedgerEvent): unknown {
  const key = family === 'box' ? 'scrutinId' : family === 'mailing' ? 'electionId' : `${family}Id`;
  return (event.data as Record<string, unknown>)[key];
}
