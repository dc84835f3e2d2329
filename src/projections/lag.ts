import type { EventStore, Position } from '../ledger/event-store.js';
import type { ProjectionStatus } from './projections.js';

/** Where the head of the ledger was at an instant (milliseconds of `performance.now()`). */
interface Sample {
  readonly head: Position;
  readonly at: number;
}

/**
 * How many seconds each read model is behind. Positions are opaque, so the head is sampled: the lag is the age of the
 * oldest sample that a read model has not passed.
 */
export class Lag {
  private samples: Sample[] = [];

  constructor(private readonly store: EventStore) {}

  /** To be called about once a second with the checkpoints of all read models. */
  async sample(statuses: readonly ProjectionStatus[], now: number): Promise<Map<string, number>> {
    const head = await this.store.head();
    if (head !== undefined && head !== this.samples.at(-1)?.head) this.samples.push({ head, at: now });
    const lags = new Map<string, number>();
    let oldestNeeded = this.samples.length;
    for (const { name, position } of statuses) {
      const first = this.samples.findIndex((sample) => position === undefined || position < sample.head);
      const behind = this.samples[first];
      lags.set(name, behind ? (now - behind.at) / 1000 : 0);
      if (behind) oldestNeeded = Math.min(oldestNeeded, first);
    }
    this.samples = this.samples.slice(Math.min(oldestNeeded, this.samples.length - 1));
    if (this.samples.length > 10_000) this.samples.splice(1, 1); // an hour-long standstill needs no finer grain
    return lags;
  }
}
