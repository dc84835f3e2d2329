/** The memory of the EventStoreDB test double: one log, its streams, and the server's rules for an append. */

/** An event as the log holds it. Its place in the log is its commit and its prepare position, as for real single writes. */
export interface Recorded {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly stream: string;
  readonly revision: number;
  /** An offset in bytes, so that positions have gaps and exceed 32 bits soon, as those of the real log. */
  readonly position: bigint;
}

export type Proposed = Omit<Recorded, 'stream' | 'revision' | 'position'>;

/** The expected revision of an append: exactly this one, or a rule. */
export type Expected = number | 'none' | 'any' | 'exists';

/** What an append came to. `current` is -1 when there is no stream. */
export type Written =
  | { readonly outcome: 'written'; readonly last: Recorded }
  | { readonly outcome: 'wrong'; readonly current: number }
  | { readonly outcome: 'too-large' };

/** The default of the real server (`MaxAppendSize`), in bytes. */
export const MAX_APPEND_SIZE = 1024 * 1024;

export class DoubleLog {
  readonly all: Recorded[] = [];
  readonly #streams = new Map<string, Recorded[]>();
  readonly #byId = new Map<string, Recorded>();
  readonly #watchers = new Set<() => void>();
  #end = 2n ** 32n;
  #appends = 0;

  /** The events of a stream, undefined when it does not exist. */
  stream(name: string): readonly Recorded[] | undefined {
    return this.#streams.get(name);
  }

  /** Calls back after each append until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /**
   * Appends all or nothing by the rules that EventStoreDB's index writer follows: an append that finds its ids where it
   * would have put them is answered as the first time; one that finds only some of them has a wrong expected revision.
   */
  append(stream: string, expected: Expected, events: readonly Proposed[]): Written {
    const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (size > MAX_APPEND_SIZE) return { outcome: 'too-large' };
    const existing = this.#streams.get(stream) ?? [];
    const current = existing.length - 1;
    const known =
      expected === 'any' || expected === 'exists'
        ? events.map(({ id }) => this.#byId.get(id)).map((e) => (e?.stream === stream ? e : undefined))
        : events.map(({ id }, i) => sameId(existing[(expected === 'none' ? -1 : expected) + 1 + i], id));
    const free =
      expected === 'any' || (expected === 'exists' ? current >= 0 : revisionOf(expected) === current);
    if (known[0] && (typeof expected === 'string' || !free)) {
      const last = known.at(-1);
      return last && known.every(Boolean) ? { outcome: 'written', last } : { outcome: 'wrong', current };
    }
    if (!free) return { outcome: 'wrong', current };
    return { outcome: 'written', last: this.#write(stream, events) };
  }

  #write(stream: string, events: readonly Proposed[]): Recorded {
    const last = this.#record(stream, events);
    // A real $all is full of the server's own events: readers must leave them out.
    if (this.#appends++ % 20 === 0) this.#record('$stats-127.0.0.1:2113', [statistics(this.#appends)]);
    for (const changed of this.#watchers) changed();
    return last;
  }

  #record(stream: string, events: readonly Proposed[]): Recorded {
    const list = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, list);
    for (const event of events) {
      const recorded = { ...event, stream, revision: list.length, position: this.#end };
      this.#end += BigInt(event.data.length + 100);
      list.push(recorded);
      this.all.push(recorded);
      this.#byId.set(event.id, recorded);
    }
    const last = list.at(-1);
    if (!last) throw new Error('an append without events');
    return last;
  }

  /** The index in `all` of the first event at or after a position. */
  indexOf(position: bigint): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function revisionOf(expected: number | 'none' | 'exists'): number {
  return typeof expected === 'number' ? expected : -1;
}

function sameId(event: Recorded | undefined, id: string): Recorded | undefined {
  return event?.id === id ? event : undefined;
}

function statistics(number: number): Proposed {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    type: '$statsCollected',
    contentType: 'application/json',
    data: Buffer.from('{"proc-cpu":0.5}'),
    metadata: new Uint8Array(),
  };
}
