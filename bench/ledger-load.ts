import { randomUUID } from 'node:crypto';
import { encode } from '../src/events/codec.js';
import type { EventStore, NewEvent } from '../src/ledger/event-store.js';

/** So many clients, each with a stream of its own, each appending so many events at a time, one append after another. */
export interface Load {
  readonly clients: number;
  readonly batch: number;
  readonly seconds: number;
}

/** Events a second, and how long one append took, in milliseconds. */
export interface Figures {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** An event of a size that most have: about 330 bytes. */
export function sampleEvent(): NewEvent {
  const version = randomUUID();
  const at = '2022-12-01T07:00:00.000Z';
  const identity = { version, sha256: 'a7'.repeat(32) };
  return {
    id: randomUUID(),
    ...encode({
      type: 'ElectorRegistered',
      data: { electorId: randomUUID(), electionId: randomUUID(), identity, at },
    }),
  };
}

/** Appends to a store as the load says. */
export function appending(store: EventStore, load: Load): Promise<Figures> {
  return measure(load, () => {
    const stream = `elector-${randomUUID()}`;
    let last = -1;
    return async () => {
      const events = Array.from({ length: load.batch }, sampleEvent);
      last = (await store.append(stream, last === -1 ? 'none' : last, events)).revision;
    };
  });
}

/** Runs the clients for so long; `client` makes what one of them does again and again. */
export async function measure(
  { clients, batch, seconds }: Load,
  client: () => () => Promise<void>,
): Promise<Figures> {
  const took: number[] = [];
  const from = performance.now();
  const end = from + seconds * 1_000;
  const lane = async () => {
    const act = client();
    for (let before = performance.now(); before < end;) {
      await act();
      const now = performance.now();
      took.push(now - before);
      before = now;
    }
  };
  await Promise.all(Array.from({ length: clients }, lane));
  const elapsed = (performance.now() - from) / 1_000;
  took.sort((a, b) => a - b);
  return { rate: (took.length * batch) / elapsed, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

/** Of sorted numbers, the one below which this share of them lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
