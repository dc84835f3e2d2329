import { randomUUID } from 'node:crypto';
import { Corruption, decode, encode, type LedgerEvent } from '../events/codec.js';
import type { BatchDecider, Decider, Outcome } from './decider.js';
import { WrongRevision, type EventStore, type NewEvent, type Position } from './event-store.js';
import { Conflict } from './refusal.js';

/** Where a command left its stream. */
export interface Executed {
  readonly stream: string;
  /** Revision of the last event of the stream, -1 when it has none. */
  readonly revision: number;
  /** Position of that event, when there is one and it is known. A read model that has passed it shows the outcome. */
  readonly position: Position | undefined;
  /** How many events this command added; 0 when all was already done. */
  readonly added: number;
}

/** What became of a batch of commands: the events that were appended, and the state that they were decided on. */
export interface BatchExecuted<S, E> {
  readonly executed: Executed;
  readonly outcomes: readonly Outcome[];
  readonly events: readonly E[];
  readonly state: S;
}

/** A state known without reading the stream from its start, and the revision of the last event it holds. */
export interface Snapshot<S> {
  readonly state: S;
  readonly revision: number;
  /** Position of that event; without it, an answer that finds all done already cannot say what to wait for. */
  readonly position?: Position | undefined;
}

const TRIES = 4;

/** The two doors through which an event is ever written: load, decide, append. */
export class Ledger {
  constructor(
    private readonly store: EventStore,
    /** Told how many events were appended, for the metrics. */
    private readonly onAppended: (events: number) => void = () => undefined,
  ) {}

  /** One command, one stream. Throws the decider's `Refusal`, `Conflict` after four lost races, or `Unavailable`. */
  async execute<S, C, E extends LedgerEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    command: C,
    now: string,
  ): Promise<Executed> {
    return this.attempt(decider, stream, command, now, undefined);
  }

  /**
   * The same for a stream that most likely does not exist yet: it is not read unless the append says that it is there. For
   * lists of a million.
   */
  async executeNew<S, C, E extends LedgerEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    command: C,
    now: string,
  ): Promise<Executed> {
    return this.attempt(decider, stream, command, now, { state: decider.initial, revision: -1 });
  }

  private async attempt<S, C, E extends LedgerEvent>(
    decider: Decider<S, C, E>,
    stream: string,
    command: C,
    now: string,
    supposed: Snapshot<S> | undefined,
  ): Promise<Executed> {
    for (let tries = 1; ; tries++) {
      const loaded = (tries === 1 && supposed) || (await this.load(decider, stream));
      const events = decider.decide(command, loaded.state, now);
      try {
        return await this.append(stream, loaded, events);
      } catch (error) {
        if (!(error instanceof WrongRevision)) throw error;
        if (tries === TRIES) throw new Conflict(`${stream}: ${tries} races lost`, { cause: error });
      }
    }
  }

  /**
   * Many commands, one stream, one append (design 3). Another writer's events are read and the batch decided again until
   * `deadline` (milliseconds of `performance.now()`); then `Conflict`, with nothing written.
   */
  async executeBatch<S, C, E extends LedgerEvent>(
    decider: BatchDecider<S, C, E>,
    stream: string,
    commands: readonly C[],
    now: string,
    options: { readonly since?: Snapshot<S>; readonly deadline: number },
  ): Promise<BatchExecuted<S, E>> {
    let known: Snapshot<S> | undefined = options.since;
    for (;;) {
      const loaded: Snapshot<S> = await this.load(decider, stream, known);
      const { events, outcomes } = decider.decideBatch(commands, loaded.state, now);
      try {
        const executed = await this.append(stream, loaded, events);
        return { executed, outcomes, events, state: loaded.state };
      } catch (error) {
        if (!(error instanceof WrongRevision)) throw error;
        if (performance.now() >= options.deadline)
          throw new Conflict(`${stream}: no turn in time`, { cause: error });
        known = loaded; // only what came since is read again
      }
    }
  }

  /** Folds a stream, from its start or from a snapshot. Throws `Corruption` on a gap or an event it cannot read. */
  async load<S>(
    decider: { readonly initial: S; evolve(state: S, event: LedgerEvent): S },
    stream: string,
    since: Snapshot<S> = { state: decider.initial, revision: -1 },
  ): Promise<Snapshot<S>> {
    let { state, revision, position } = since;
    for await (const stored of this.store.readStream(stream, { from: since.revision + 1 })) {
      if (stored.revision !== revision + 1) {
        throw new Corruption(
          'ledger.out-of-order',
          `${stream}: revision ${stored.revision} follows ${revision}`,
        );
      }
      // A stream holds its own family of events; a stranger would end in the decider's `never`.
      state = decider.evolve(state, decode(stored.type, stored.data));
      revision = stored.revision;
      position = stored.position;
    }
    return { state, revision, position };
  }

  private async append(
    stream: string,
    at: Snapshot<unknown>,
    events: readonly LedgerEvent[],
  ): Promise<Executed> {
    if (events.length === 0) return { stream, revision: at.revision, position: at.position, added: 0 };
    const fresh: NewEvent[] = events.map((event) => ({ id: randomUUID(), ...encode(event) }));
    const expected = at.revision === -1 ? 'none' : at.revision;
    const { revision, position } = await this.store.append(stream, expected, fresh);
    this.onAppended(events.length);
    return { stream, revision, position, added: events.length };
  }
}
