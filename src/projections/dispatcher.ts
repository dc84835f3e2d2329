import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Corruption, decode } from '../events/codec.js';
import type { EventStore } from '../ledger/event-store.js';
import { Pace } from './pace.js';
import { answerKey, type Reaction } from './reaction.js';

interface Claim {
  event_id: string;
  stream: string;
  revision: number;
  attempts: number;
}

const MOST_ATTEMPTS = 24; // fifteen hours: longer than a mail server is away for a night
const IDLE = 250; // milliseconds between two looks at an empty outbox
const PAGE = 100;

/**
 * Performs what the outbox holds, begun in the order of the claims, no faster than the reaction allows. The row is marked
 * done after the deed: a crash in between repeats it under the same key. What fails is tried again after a growing pause,
 * and given up, visibly, after half a day; `isoloir reactions retry` takes it up again.
 */
export class Dispatcher {
  constructor(
    private readonly reaction: Reaction,
    private readonly store: EventStore,
    private readonly pool: Pool,
    private readonly onFailure: (error: Error) => void,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const pace = new Pace(this.reaction.perSecond);
    const over = () => signal.aborted;
    while (!over()) {
      const claims = await this.due().catch(() => []); // the database is away: look again
      const underWay = new Set<Promise<void>>();
      for (const claim of claims) {
        await pace.turn(signal);
        if (underWay.size >= (this.reaction.atOnce ?? 1)) await Promise.race(underWay);
        if (over()) break;
        const answering = this.answer(claim).finally(() => underWay.delete(answering));
        underWay.add(answering);
      }
      await Promise.all(underWay); // what is under way still counts as due: it would be taken twice
      if (claims.length === 0) await sleep(IDLE, undefined, { signal }).catch(() => undefined);
    }
  }

  private async due(): Promise<Claim[]> {
    const { rows } = await this.pool.query<Claim>(
      `select event_id, stream, revision, attempts from reactions.outbox
        where reaction = $1 and state = 'waiting' and next_try <= now() order by claimed limit ${PAGE}`,
      [this.reaction.name],
    );
    return rows;
  }

  private async answer(claim: Claim): Promise<void> {
    try {
      await this.perform(claim);
      await this.mark(claim, 'done');
    } catch (error) {
      const final = error instanceof Corruption || claim.attempts + 1 >= MOST_ATTEMPTS;
      if (final)
        this.onFailure(
          new Error(`${this.reaction.name} gave up on event ${claim.event_id}`, { cause: error }),
        );
      await this.mark(claim, final ? 'failed' : 'waiting').catch(() => undefined);
    }
  }

  private async perform({ event_id, stream, revision }: Claim): Promise<void> {
    for await (const stored of this.store.readStream(stream, { from: revision, limit: 1 })) {
      if (stored.id !== event_id) break;
      const recorded = { event: decode(stored.type, stored.data), ...stored };
      await this.reaction.perform(recorded, answerKey(this.reaction.name, event_id));
      return;
    }
    throw new Corruption(
      'ledger.bad-event',
      `event ${event_id} is no longer at ${stream} revision ${revision}`,
    );
  }

  /** Pauses between tries: 2, 4, 8… seconds, an hour at most. */
  private async mark({ event_id, attempts }: Claim, state: 'done' | 'failed' | 'waiting'): Promise<void> {
    await this.pool.query(
      `update reactions.outbox set state = $3, attempts = $4, next_try = now() + make_interval(secs => $5)
        where reaction = $1 and event_id = $2`,
      [this.reaction.name, event_id, state, attempts + 1, Math.min(2 ** (attempts + 1), 3600)],
    );
  }
}
