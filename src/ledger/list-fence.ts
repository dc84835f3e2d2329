import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from '../events/codec.js';
import { isDisconnection, type Database } from '../storage/database.js';
import type { EventStore } from './event-store.js';
import { Refusal, Unavailable } from './refusal.js';

/** What an election says about its lists: whether they may still change, and until when candidates may be filed. */
export interface ListsState {
  readonly closed: boolean;
  /** An instant; undefined while the calendar does not say. */
  readonly candidatesDueAt: string | undefined;
}

/**
 * Keeps every change of a list on the near side of `ListsClosed` (CGFP 528, docs/adr/0010). Lists are in thousands of
 * streams and their end is in another, so no append can fence them: a change holds a lock of its election, shared, while
 * it looks at the election and appends; the closing holds it alone.
 */
export class ListFence {
  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    /** Milliseconds that the closing waits for changes under way, and changes for a closing. */
    private readonly patience = 20_000,
    /** Milliseconds for which an append that gave no answer may still arrive: longer than any engine's own limit. */
    private readonly afterglow = 15_000,
  ) {}

  /** Does `work`, an append to a list, unless the lists are closed: then `Refusal` (`lists.closed`). */
  async change<T>(electionId: string, work: (state: ListsState) => Promise<T>): Promise<T> {
    return this.holding(electionId, 'pg_advisory_lock_shared', async () => {
      const state = await this.state(electionId);
      if (state.closed)
        throw new Refusal('lists.closed', 'The lists of this election are closed (CGFP 528).');
      return work(state);
    });
  }

  /** Does `work` (`ListsClosed`, a calendar, the approval of a seal) while no other change of this election is under way. */
  alone<T>(electionId: string, work: () => Promise<T>): Promise<T> {
    return this.holding(electionId, 'pg_advisory_lock', work);
  }

  /** What the election's stream says now. An election that nobody declared has open lists. */
  async state(electionId: string): Promise<ListsState> {
    let [closed, candidatesDueAt]: [boolean, string | undefined] = [false, undefined];
    for await (const { type, data } of this.store.readStream(`election-${electionId}`)) {
      const event = decode(type, data);
      if (event.type === 'ListsClosed') closed = true;
      if (event.type === 'CalendarSet') ({ candidatesDueAt } = event.data);
    }
    return { closed, candidatesDueAt };
  }

  private async holding<T>(
    electionId: string,
    lock: 'pg_advisory_lock' | 'pg_advisory_lock_shared',
    work: () => Promise<T>,
  ): Promise<T> {
    const client = await this.database.connect('ledger');
    let end = () => client.end().catch(() => undefined);
    try {
      await client.query(`set lock_timeout = ${this.patience}`);
      await client.query(`select ${lock}($1)`, [keyOf(electionId)]);
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE)
        throw new Unavailable('the lists of this election are being changed or closed', { cause: error });
      // What was not answered may still be appended: the lock goes only once it cannot be.
      if (error instanceof Unavailable || isDisconnection(error)) {
        const now = end;
        end = async () => {
          void sleep(this.afterglow, undefined, { ref: false }).then(now);
          return Promise.resolve();
        };
      }
      throw error;
    } finally {
      await end();
    }
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** The advisory lock of an election: 64 bits of a hash, under a domain of its own. */
function keyOf(electionId: string): string {
  return createHash('sha256')
    .update(`isoloir/list-fence/v1\n${electionId}`)
    .digest()
    .readBigInt64BE()
    .toString();
}
