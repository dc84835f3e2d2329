import type { Readable } from 'node:stream';
import {
  BACKWARDS,
  END,
  FORWARDS,
  START,
  StreamNotFoundError,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import { checkAppend, EventStore } from './event-store.js';
import type {
  Appended,
  ExpectedRevision,
  NewEvent,
  Position,
  ReadStream,
  StoredEvent,
} from './event-store.js';
import { BatchAppender, type Written } from './eventstoredb-appender.js';
import { clientFor, internals } from './eventstoredb-client.js';
import { Patience } from './eventstoredb-patience.js';
import { pages, Silence, within } from './eventstoredb-pages.js';
import { enginePosition, OWN_STREAMS, positionText, storedEvent } from './eventstoredb-wire.js';
import { Unavailable } from './refusal.js';

export interface EventStoreDbOptions {
  /** The longest that a call may take before it throws `Unavailable`, in milliseconds; 10,000 by default. */
  readonly timeLimit?: number;
  /** Told each time that a subscription lost its server and will try again. Holds no secret. */
  readonly reconnecting?: (reason: string) => void;
}

/** Objects that the client may hold for one reader. Few, because an event may be as large as `MAX_EVENT_BYTES`. */
const BUFFER = { highWaterMark: 64 };

/**
 * The ledger in EventStoreDB or KurrentDB, 22.6 or later. Retries are recognised by the server, which compares ids where
 * the append would have put them; with `any`, only among those it wrote recently. Nothing is connected before the
 * first call; a lost connection is made again by the next one.
 */
export class EventStoreDbEventStore extends EventStore {
  readonly #client: EventStoreDBClient;
  readonly #appender: BatchAppender;
  readonly #patience: Patience;
  readonly #reconnecting: (reason: string) => void;

  /**
   * `url` is the client's connection string, `esdb://user:password@host:2113?tls=true`, with the options of its
   * documentation. Throws `BadAddress`.
   */
  constructor(url: string, { timeLimit = 10_000, reconnecting = () => undefined }: EventStoreDbOptions = {}) {
    super();
    const { client, hosts } = clientFor(url);
    this.#client = client;
    this.#appender = new BatchAppender(client);
    this.#patience = new Patience(timeLimit, hosts);
    this.#reconnecting = reconnecting;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    checkAppend(stream, events);
    const { revision, position } = await this.#patience.insist(() => this.#write(stream, expected, events));
    if (position !== undefined && position.commit > 0n && events.length === 1)
      return { stream, revision, position: positionText(position) };
    // The server gives no position, or that of another event, for a retry or an append of several: look at the event.
    for await (const event of this.readStream(stream, { from: revision, limit: 1 }))
      return { stream, revision, position: event.position };
    throw new Unavailable(`${stream} ${revision} was written, and is not there to read yet`);
  }

  async *readStream(stream: string, options: ReadStream = {}): AsyncGenerator<StoredEvent> {
    const { from, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER } = options;
    const step = direction === 'forwards' ? 1 : -1;
    yield* this.#read(limit, (last, left) => {
      const next = last ? last.revision + step : from;
      if (next !== undefined && next < 0) return undefined;
      return this.#client.readStream(
        stream,
        {
          direction: step > 0 ? FORWARDS : BACKWARDS,
          fromRevision: next === undefined ? (step > 0 ? START : END) : BigInt(next),
          maxCount: left,
        },
        BUFFER,
      );
    });
  }

  async *readAll(after?: Position, limit = Number.MAX_SAFE_INTEGER): AsyncGenerator<StoredEvent> {
    yield* this.#read(
      limit,
      (last) => {
        const from = last?.position ?? after;
        return this.#client.readAll({ fromPosition: from ? enginePosition(from) : START }, BUFFER);
      },
      after,
    );
  }

  async *subscribe(after: Position | undefined, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]> {
    const over = AbortSignal.any([signal, this.#patience.over]);
    let last = after;
    for (let tries = 0; !over.aborted; tries++) {
      let lost: unknown;
      try {
        for await (const page of this.#follow(last, over)) {
          tries = 0;
          last = page.at(-1)?.position;
          yield page;
        }
        lost = new Error('the server ended the subscription');
      } catch (error) {
        lost = error;
      }
      if (isAborted(over)) return;
      this.#reconnecting(`EventStoreDB at ${this.#patience.hosts}: ${(lost as Error).message}`);
      await this.#patience.resume(lost, tries, over);
    }
  }

  async head(): Promise<Position | undefined> {
    const backwards = () => this.#client.readAll({ direction: BACKWARDS, fromPosition: END }, BUFFER);
    for await (const { position } of this.#read(1, backwards)) return position;
    return undefined;
  }

  /** Ends the subscriptions of this instance and its connection. Calls in flight fail. */
  async close(): Promise<void> {
    this.#patience.close();
    const closed = this.#client
      .dispose()
      .then(() => internals(this.#client).getChannel())
      .then((channel) => {
        channel.close();
      });
    // Without a cluster to be found there is no channel to close.
    await within(this.#patience.limit, closed).catch(() => undefined);
  }

  /** One subscription on the server, until it ends or fails. */
  async *#follow(after: Position | undefined, over: AbortSignal): AsyncGenerator<StoredEvent[]> {
    const subscription = this.#client.subscribeToAll(
      {
        fromPosition: after ? enginePosition(after) : START,
        filter: streamNameFilter({ regex: OWN_STREAMS, checkpointInterval: 1000 }),
      },
      BUFFER,
    );
    const unanswered = setTimeout(
      () => subscription.destroy(new Silence(this.#patience.limit)),
      this.#patience.limit,
    );
    subscription.once('confirmation', () => {
      clearTimeout(unanswered);
    });
    try {
      let last = after;
      for await (const page of pages<AllStreamResolvedEvent>(readable(subscription), undefined, over)) {
        const events: StoredEvent[] = [];
        for (const { event } of page) {
          const stored = storedEvent(event);
          if (!stored || (last !== undefined && stored.position <= last)) continue;
          events.push(stored);
          last = stored.position;
        }
        if (events.length > 0) yield events;
      }
    } finally {
      clearTimeout(unanswered);
      subscription.unsubscribe().catch(() => undefined);
    }
  }

  /** At most `limit` events of a read that is opened again after the last event when it fails on the way. */
  async *#read(
    limit: number,
    open: (
      last: StoredEvent | undefined,
      left: number,
    ) => StreamingRead<ResolvedEvent | AllStreamResolvedEvent> | undefined,
    after?: Position,
  ): AsyncGenerator<StoredEvent> {
    let last: StoredEvent | undefined;
    let left = limit;
    let until = performance.now() + this.#patience.limit;
    for (let tries = 0; left > 0; tries++) {
      const stream = open(last, left);
      if (!stream) return;
      try {
        for await (const page of pages<ResolvedEvent | AllStreamResolvedEvent>(
          readable(stream),
          this.#patience.limit / 3,
        )) {
          for (const { event } of page) {
            const stored = storedEvent(event);
            if (!stored || stored.position === (last?.position ?? after)) continue; // a read of $all includes its start
            yield stored;
            last = stored;
            if (--left === 0) return;
          }
          tries = 0;
          until = performance.now() + this.#patience.limit; // what comes slowly comes all the same
        }
        return;
      } catch (error) {
        if (error instanceof StreamNotFoundError) return;
        await this.#patience.retry(error, tries, until);
      } finally {
        stream.cancel().catch(() => undefined);
      }
    }
  }

  async #write(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Written> {
    const from = performance.now();
    try {
      return await within(this.#patience.limit / 3, this.#appender.append(stream, expected, events));
    } catch (error) {
      if (error instanceof Silence) this.#appender.dropIfSilent(from);
      throw error;
    }
  }
}

/** The client's streams are Readables whose types say less. */
function readable(stream: object): Readable {
  return stream as Readable;
}

/** Asked through a function, because the compiler takes an answer of the signal to hold for ever. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
