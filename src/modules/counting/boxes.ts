import { Injectable } from '@nestjs/common';
import type { BoxEvent } from '../../events/box.events.js';
import { decode, isOf, type LedgerEvent } from '../../events/codec.js';
import { Clock } from '../../ledger/clock.js';
import type { BatchDecider } from '../../ledger/decider.js';
import { EventStore, type StoredEvent } from '../../ledger/event-store.js';
import { Ledger, type Executed, type Snapshot } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import type { CountingCommand } from './counting.commands.js';
import { counting, type Counted, type Counting } from './counting.decider.js';

const PATIENCE = 25_000; // milliseconds until a lost race is given up

/** One command of the count at a time, on a state that is remembered: a box of a million ballots is read once. */
const single: BatchDecider<Counting, CountingCommand, BoxEvent> = {
  initial: counting.initial,
  evolve: (state, event) => counting.evolve(state, event),
  decideBatch: (commands, state, now) => ({
    events: commands.flatMap((command) => counting.decide(command, state, now)),
    outcomes: commands.map(() => 'accepted'),
  }),
};
const folded = {
  initial: counting.initial,
  evolve: (state: Counting, event: LedgerEvent): Counting => counting.evolve(state, event as BoxEvent),
};

/** The boxes of this deployment: their state, what happened to them, and the commands of the count. */
@Injectable()
export class Boxes {
  private readonly known = new Map<string, Snapshot<Counting>>();
  private readonly loading = new Map<string, Promise<Snapshot<Counting>>>();

  constructor(
    private readonly ledger: Ledger,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** The state of a box. Refuses when it was never opened. */
  async of(scrutinId: string): Promise<Counted> {
    const { state } = await this.load(scrutinId);
    if (state.phase === 'absent') throw notOpened();
    return state;
  }

  /** Decides a command and appends what it means. */
  async execute(command: CountingCommand): Promise<Executed> {
    const since = await this.load(command.scrutinId);
    const { executed } = await this.ledger.executeBatch(
      single,
      streamOf(command.scrutinId),
      [command],
      this.clock.now(),
      { since, deadline: performance.now() + PATIENCE },
    );
    return executed;
  }

  /** What opened a box. Refuses when nothing did. */
  async opened(scrutinId: string): Promise<Counted['opened']> {
    const first = await this.at(scrutinId, 0);
    const event = first && decode(first.type, first.data);
    if (event?.type !== 'BoxOpened') throw notOpened();
    return event.data;
  }

  /** One event of a box, as it is stored. */
  async at(scrutinId: string, revision: number): Promise<StoredEvent | undefined> {
    for await (const event of this.store.readStream(streamOf(scrutinId), { from: revision, limit: 1 }))
      return event;
    return undefined;
  }

  /** The events of a box from a revision on, as they are stored. */
  stored(scrutinId: string, from = 0): AsyncIterable<StoredEvent> {
    return this.store.readStream(streamOf(scrutinId), { from });
  }

  /** All events of a box. */
  async *events(scrutinId: string): AsyncGenerator<BoxEvent> {
    for await (const { type, data } of this.stored(scrutinId)) {
      const event = decode(type, data);
      if (isOf(event, 'box')) yield event;
    }
  }

  /** A box that is not known yet is read once, however many ask for it at once. */
  private load(scrutinId: string): Promise<Snapshot<Counting>> {
    if (this.known.has(scrutinId)) return this.read(scrutinId);
    const first = this.loading.get(scrutinId) ?? this.read(scrutinId);
    this.loading.set(scrutinId, first);
    const done = () => this.loading.delete(scrutinId);
    first.then(done, done);
    return first;
  }

  private async read(scrutinId: string): Promise<Snapshot<Counting>> {
    const snapshot = await this.ledger.load(folded, streamOf(scrutinId), this.known.get(scrutinId));
    const before = this.known.get(scrutinId);
    if (!before || before.revision < snapshot.revision) this.known.set(scrutinId, snapshot);
    return snapshot;
  }
}

function notOpened(): Refusal {
  return new Refusal('counting.not-opened', 'No box of this scrutin was opened.');
}

function streamOf(scrutinId: string): string {
  return `box-${scrutinId}`;
}
