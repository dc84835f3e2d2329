import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import type { EventStore, NewEvent, Position, StoredEvent } from '../../src/ledger/event-store.js';

/** The name of a stream that no other test has. */
export function newStream(): string {
  return `contract-${randomUUID()}`;
}

/** An event with a new id. */
export function newEvent(data: Json = { kind: 'note' }, type = 'Noted.v1'): NewEvent {
  return { id: randomUUID(), type, data: canonicalJson(data) };
}

/** `count` events, numbered in their data from 0. */
export function newEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, number) => newEvent({ number }));
}

/** All that an iteration gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The events of a whole stream. */
export function streamOf(store: EventStore, stream: string): Promise<StoredEvent[]> {
  return all(store.readStream(stream));
}

/** What a subscription gives, event by event, until `enough` says so of the events taken. The signal is aborted then. */
export async function follow(
  store: EventStore,
  after: Position | undefined,
  enough: (taken: readonly StoredEvent[]) => boolean,
): Promise<StoredEvent[]> {
  const stop = new AbortController();
  const taken: StoredEvent[] = [];
  for await (const page of store.subscribe(after, stop.signal)) {
    if (page.length === 0) throw new Error('a page without events');
    taken.push(...page);
    if (enough(taken)) stop.abort();
  }
  return taken;
}

/** Bytes in use by this process's own objects and buffers, after a full collection. */
export function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Settles with the promise and how long it took, in milliseconds; never rejects. */
export async function timed<T>(promise: Promise<T>): Promise<{ took: number; value?: T; error?: unknown }> {
  const from = performance.now();
  return promise.then(
    (value) => ({ took: performance.now() - from, value }),
    (error: unknown) => ({ took: performance.now() - from, error }),
  );
}
