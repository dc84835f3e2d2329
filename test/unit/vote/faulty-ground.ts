import { sha256Base64 } from '../../../src/crypto/digest.js';
import type { BoxEvent } from '../../../src/events/box.events.js';
import { decode } from '../../../src/events/codec.js';
import {
  EventStore,
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadStream,
  type StoredEvent,
} from '../../../src/ledger/event-store.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { Unavailable } from '../../../src/ledger/refusal.js';
import type { Look } from '../../../src/modules/vote/box-reader.js';
import { absentBox, evolveBox, usedRecently } from '../../../src/modules/vote/box-state.decider.js';
import { BoxWriters } from '../../../src/modules/vote/box-writers.js';
import type { VoteKeys } from '../../../src/projections/box-index.projection.js';
import { MemoryEventStore, type MemoryLog } from '../../support/memory-event-store.js';
import { written } from '../../support/service.js';

export const SCRUTIN = '0b7e9f52-3c4d-4a8b-8e1f-2d3c4b5a6978';
const HASH = 'ab'.repeat(32);
export const NOW = '2022-12-05T10:00:30.000Z';

export const opened: BoxEvent = {
  type: 'BoxOpened',
  data: {
    scrutinId: SCRUTIN,
    electionId: '6f1c2b34-8a5d-4e6f-9b0a-1c2d3e4f5a6b',
    boardId: '5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b',
    ...{ seal: HASH, electionFile: HASH, keyHolders: HASH, rollFile: HASH, credentialsFile: HASH },
    roll: { root: HASH, count: 100 },
    credentials: { root: HASH, count: 100 },
    opensAt: '2022-12-01T07:00:00.000Z',
    closesAt: '2022-12-08T16:00:00.000Z',
    graceMinutes: 20,
    at: '2022-12-01T07:00:00.000Z',
  },
};

/** What may go wrong at an await: nothing, a pause, a failure, or the end of the process. */
export type Mishap = 'nothing' | 'pause' | 'fail' | 'die';

/** Decides at each await of an instance what happens there. */
export class Fate {
  awaits = 0;
  dead = false;

  constructor(private readonly at: (awaitNumber: number) => Mishap) {}

  /** One await of the writer: passes, throws, or never comes back. */
  async meet(): Promise<void> {
    if (this.dead) return new Promise(() => undefined);
    const mishap = this.at(this.awaits++);
    if (mishap === 'die') {
      this.dead = true;
      return new Promise(() => undefined);
    }
    if (mishap === 'pause') await new Promise((resolve) => setImmediate(resolve));
    if (mishap === 'fail') throw new Unavailable('a fault of the test');
  }
}

/** A store of which each call may fail before it did anything, or after it did all. */
class FaultyStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly fate: Fate,
  ) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    await this.fate.meet();
    const appended = await this.store.append(stream, expected, events);
    await this.fate.meet();
    return appended;
  }

  override async *readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent> {
    await this.fate.meet();
    for await (const event of this.store.readStream(stream, options)) {
      yield event;
      await this.fate.meet();
    }
  }

  override readAll(after?: Position, limit?: number): AsyncIterable<StoredEvent> {
    return this.store.readAll(after, limit);
  }
  override subscribe(
    after: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredEvent[]> {
    return this.store.subscribe(after, signal);
  }
  override head(): Promise<Position | undefined> {
    return this.store.head();
  }
  override close(): Promise<void> {
    return this.store.close();
  }
}

/** The writers of an instance on a ledger in memory, with an index that lags by `lag` events, and a fate. */
export function faultyWriters(log: MemoryLog, fate: Fate, lag: () => number, wait: number): BoxWriters {
  const clock = { now: () => NOW };
  return new BoxWriters({
    clock,
    ledger: new Ledger(new FaultyStore(new MemoryEventStore(log), fate)),
    pace: { wait, thinWait: wait, bytes: 512 * 1024, deadline: 5_000 },
    look: async (_, votes) => {
      await fate.meet();
      const found = lookInMemory(log, votes, lag());
      await fate.meet();
      return found;
    },
  });
}

/** What `box_index` says, `lag` events behind the head. */
function lookInMemory(log: MemoryLog, votes: readonly VoteKeys[], lag: number): Look {
  const stored = log.streams.get(`box-${SCRUTIN}`) ?? [];
  const seen = stored.slice(0, Math.max(0, stored.length - lag));
  const state = seen.reduce((box, { type, data }) => evolveBox(box, decode(type, data)), absentBox);
  const used = usedRecently(state);
  return {
    since: {
      state: state.phase === 'absent' ? state : { ...state, recent: undefined },
      revision: seen.length - 1,
    },
    used: votes.map(({ tag, credential, reference, alphas }) => ({
      signed: used.tags.has(tag),
      credentialUsed: used.credentials.has(credential),
      alphaUsed: alphas.some((alpha) => used.alphas.has(alpha)),
      deposit: used.references.get(reference),
    })),
  };
}

/** A vote as cheap as one can be: its text has a credential, one α, and nothing to prove. */
export function cheapVote(
  elector: number,
  credential: number,
  choice: number,
  alpha = `${elector} ${choice}`,
) {
  const answers = [{ choices: [{ alpha }] }];
  const ballot = JSON.stringify({ credential: `c${credential}`, choice, by: elector, answers });
  return {
    alphas: [alpha],
    ...{ tag: elector.toString(16).padStart(64, '0'), credential: `c${credential}`, ballot },
    ...{ reference: sha256Base64(ballot), receivedAt: NOW, signedInAt: '2022-12-05T09:55:00.000Z' },
  };
}

/** Puts an open box into a ledger. */
export async function openBox(log: MemoryLog): Promise<void> {
  await new MemoryEventStore(log).append(`box-${SCRUTIN}`, 'none', [written(opened)]);
}

/** All batches of the box. */
export function castsOf(log: MemoryLog): Extract<BoxEvent, { type: 'VotesCast' }>['data'][] {
  return (log.streams.get(`box-${SCRUTIN}`) ?? [])
    .map(({ type, data }) => decode(type, data))
    .filter((event) => event.type === 'VotesCast')
    .map(({ data }) => data);
}
