/** The port to the event store. Two adapters, PostgreSQL and EventStoreDB, one contract suite (test/int/event-store.contract.ts). */

/**
 * Where an event stands in the order of the whole store. Opaque: an engine's own, never hashed, exported or compared
 * with another engine's. All that is promised: a later event of the same store has a greater string.
 */
export type Position = string & { readonly __brand: 'position' };

export interface NewEvent {
  /** Random UUID; also the key by which a retried append is recognised. */
  readonly id: string;
  /** Wire name, such as `ElectionDeclared.v1`. */
  readonly type: string;
  /** Canonical JSON (RFC 8785). */
  readonly data: string;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  /** 0 for the first event of its stream, then without a gap. */
  readonly revision: number;
  readonly position: Position;
}

/** The revision the stream must be at: none (no stream yet), any, or exactly this one. */
export type ExpectedRevision = 'none' | 'any' | number;

export interface Appended {
  readonly stream: string;
  /** Revision and position of the last event of the append. */
  readonly revision: number;
  readonly position: Position;
}

export interface ReadStream {
  /** First revision to give, inclusive. Forwards: 0 by default; backwards: the last event by default. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** Another writer was first. `actual` is -1 when the stream does not exist. */
export class WrongRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number,
  ) {
    super(`${stream}: expected revision ${expected}, found ${actual === -1 ? 'no stream' : actual}`);
    this.name = 'WrongRevision';
  }
}

/** The caller asked for what no store may keep: too large an event or append, a bad stream name, an empty append. */
export class BadAppend extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadAppend';
  }
}

/** Largest data of one event. EventStoreDB's own limit for an append is 1 MiB, headers included. */
export const MAX_EVENT_BYTES = 900 * 1024;

export abstract class EventStore {
  /**
   * Appends all events or none, durably. A retry with the same ids, at the same expected revision, gives the first
   * answer again, also when others came after; with only some of the ids it is no retry, and has a wrong revision.
   * Throws `WrongRevision`, `BadAppend`, or `Unavailable` when no answer came in time.
   */
  abstract append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;

  /** Events of one stream. A stream that does not exist has none. Throws `Unavailable`, as every read does. */
  abstract readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent>;

  /** Events of all streams after a position (from the first one without it), in the order of the store. */
  abstract readAll(after?: Position, limit?: number): AsyncIterable<StoredEvent>;

  /**
   * Every event after a position, then every new one as it comes, in pages of at least one event, until the signal
   * aborts. No event is missed or repeated; reconnects by itself; fetches no faster than the reader takes.
   */
  abstract subscribe(after: Position | undefined, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]>;

  /** The position of the last event, undefined when the store is empty. Throws `Unavailable`. */
  abstract head(): Promise<Position | undefined>;

  abstract close(): Promise<void>;
}

/** Largest data of all events of one append, for the same reason. */
export const MAX_APPEND_BYTES = 1000 * 1024;

const STREAM = /^[a-z]+(-[0-9a-zA-Z-]{1,100})?$/;

/** What both adapters refuse before they ask their engine. */
export function checkAppend(stream: string, events: readonly NewEvent[]): void {
  if (!STREAM.test(stream)) throw new BadAppend(`not a stream name: ${stream}`);
  if (events.length === 0) throw new BadAppend(`${stream}: nothing to append`);
  let total = 0;
  for (const { type, data } of events) {
    const size = Buffer.byteLength(data);
    total += size;
    if (size > MAX_EVENT_BYTES)
      throw new BadAppend(`${stream}: ${type} has ${size} bytes, at most ${MAX_EVENT_BYTES}`);
  }
  if (total > MAX_APPEND_BYTES) {
    throw new BadAppend(`${stream}: ${total} bytes in one append, at most ${MAX_APPEND_BYTES}`);
  }
}
