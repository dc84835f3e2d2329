import {
  EventStore,
  WrongRevision,
  checkAppend,
  BadAppend,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStream,
  type StoredEvent,
} from '../../src/ledger/event-store.js';

/** Events that instances of `MemoryEventStore` share, as others share a database. */
export class MemoryLog {
  readonly events: StoredEvent[] = [];
  readonly streams = new Map<string, StoredEvent[]>();
  readonly ids = new Map<string, StoredEvent>();
  readonly listeners = new Set<() => void>();
}

const PAGE = 500;

/** An event store for tests of what stands above it. Held to the same contract as the real ones. */
export class MemoryEventStore extends EventStore {
  /** Called before each append is looked at: the moment at which another writer can come first. */
  beforeAppend: (stream: string) => Promise<void> | void = () => undefined;
  /** How many events were given to readers of a stream. */
  eventsRead = 0;
  private readonly closing = new AbortController();

  constructor(readonly log = new MemoryLog()) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    checkAppend(stream, events);
    await this.beforeAppend(stream);
    const stored = this.log.streams.get(stream) ?? [];
    const actual = stored.length - 1;
    const known = events.flatMap(({ id }) => this.log.ids.get(id) ?? []);
    const first = known[0]?.revision ?? 0;
    const retried =
      known.length === events.length &&
      known.every((e, i) => e.stream === stream && e.revision === first + i) &&
      [first - 1, 'any'].includes(expected === 'none' ? -1 : expected);
    const last = known.at(-1);
    if (retried && last) return { stream, revision: last.revision, position: last.position };
    const fits = expected === 'any' ? known.length === 0 : (expected === 'none' ? -1 : expected) === actual;
    if (!fits) throw new WrongRevision(stream, expected, actual);
    if (known.length > 0) throw new BadAppend(`${stream}: an event id is used elsewhere`);
    const added = events.map(({ id, type, data }, i): StoredEvent => {
      const position = String(this.log.events.length + i + 1).padStart(16, '0') as Position;
      return { stream, revision: actual + 1 + i, id, type, data, position };
    });
    this.log.events.push(...added);
    this.log.streams.set(stream, [...stored, ...added]);
    for (const event of added) this.log.ids.set(event.id, event);
    for (const wake of this.log.listeners) wake();
    return { stream, revision: actual + added.length, position: added.at(-1)?.position ?? ('' as Position) };
  }

  override async *readStream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    const { from, direction = 'forwards', limit = Infinity } = options;
    const stored = this.log.streams.get(stream) ?? [];
    const chosen =
      direction === 'forwards'
        ? stored.slice(from ?? 0)
        : stored.slice(0, (from ?? stored.length) + 1).reverse();
    for (const event of chosen.slice(0, limit)) {
      this.eventsRead += 1;
      yield await Promise.resolve(event);
    }
  }

  override async *readAll(after?: Position, limit = Infinity): AsyncIterable<StoredEvent> {
    const from = Number(after ?? 0);
    for (const event of this.log.events.slice(from, from + limit)) yield await Promise.resolve(event);
  }

  override async *subscribe(
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredEvent[]> {
    const stop = AbortSignal.any([signal, this.closing.signal]);
    for (let from = Number(after ?? 0); !stop.aborted;) {
      const page = this.log.events.slice(from, from + PAGE);
      from += page.length;
      if (page.length > 0) yield page;
      else await this.nextAppend(stop);
    }
  }

  override head(): Promise<Position | undefined> {
    return Promise.resolve(this.log.events.at(-1)?.position);
  }

  override close(): Promise<void> {
    this.closing.abort();
    return Promise.resolve();
  }

  private nextAppend(stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.log.listeners.delete(wake);
        stop.removeEventListener('abort', wake);
        resolve();
      };
      this.log.listeners.add(wake);
      stop.addEventListener('abort', wake);
    });
  }
}
