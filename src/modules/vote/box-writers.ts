import { Injectable } from '@nestjs/common';
import { minBatch } from '../../events/box.events.js';
import type { Clock } from '../../ledger/clock.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { VoteKeys } from '../../projections/box-index.projection.js';
import { ballotBox, depositsOf, type Vote } from './ballot-box.decider.js';
import type { Look } from './box-reader.js';
import type { Deposit } from './box-state.decider.js';
import {
  BoxWriter,
  defaultPace,
  writtenOf,
  type Pace,
  type WaitingVote,
  type Written,
} from './box-writer.js';

/** What the writers of an instance stand on. */
export interface WriterGround {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly look: (scrutinId: string, votes: readonly VoteKeys[]) => Promise<Look>;
  readonly pace?: Pace;
  /** Told of each batch that was appended whether it is thin. */
  readonly onBatch?: (thin: boolean) => void;
}

/** The writers of this instance: one for each scrutin in which somebody votes here. */
@Injectable()
export class BoxWriters {
  private readonly writers = new Map<string, BoxWriter>();
  private hurried = false;

  constructor(private readonly ground: WriterGround) {}

  /** Resolves when the vote is durable in the box; see `BoxWriter.add`. */
  add(scrutinId: string, vote: WaitingVote): Promise<Deposit> {
    return this.writerOf(scrutinId).add(vote);
  }

  /** Seals every batch at once, and those to come: this instance is stopping (SIGTERM). */
  hurry(): void {
    this.hurried = true;
    for (const writer of this.writers.values()) writer.hurry();
  }

  private writerOf(scrutinId: string): BoxWriter {
    let writer = this.writers.get(scrutinId);
    if (!writer) {
      const append = (votes: readonly WaitingVote[], deadline: number) =>
        this.append(scrutinId, votes, deadline);
      writer = new BoxWriter(append, this.ground.pace ?? defaultPace);
      if (this.hurried) writer.hurry();
      this.writers.set(scrutinId, writer);
    }
    return writer;
  }

  /** Index, then tail, then append at the head; another writer came first: look again (design 3, point 5). */
  private async append(
    scrutinId: string,
    waiting: readonly WaitingVote[],
    deadline: number,
  ): Promise<Written[]> {
    const { ledger, clock, look, onBatch } = this.ground;
    const { since, used } = await look(scrutinId, waiting);
    const votes = waiting.map((vote, index): Vote => {
      const before = used[index];
      if (!before) throw new TypeError('the index left a vote out');
      return { ...vote, before };
    });
    const { events, outcomes, state } = await ledger.executeBatch(
      ballotBox,
      `box-${scrutinId}`,
      votes,
      clock.now(),
      { since, deadline },
    );
    const accepted = outcomes.filter((outcome) => outcome === 'accepted').length;
    if (accepted > 0) onBatch?.(accepted < minBatch);
    const deposits = depositsOf(
      votes,
      state,
      events.filter((event) => event.type === 'VotesCast'),
    );
    return outcomes.map((outcome, index) => writtenOf(outcome, deposits[index]));
  }
}
