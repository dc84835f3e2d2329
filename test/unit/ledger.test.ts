import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ElectorEvent } from '../../src/events/elector.events.js';
import type { BatchDecider, Decider, Outcome } from '../../src/ledger/decider.js';
import type { NewEvent } from '../../src/ledger/event-store.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { Conflict, Refusal } from '../../src/ledger/refusal.js';
import { MemoryEventStore } from '../support/memory-event-store.js';
import { streamOf } from '../support/contract-events.js';

const now = '2022-10-01T10:00:00.000Z';
const electorId = randomUUID();
const stream = `elector-${electorId}`;
const identity = { version: randomUUID(), sha256: 'c'.repeat(64) };
const correction = (): ElectorEvent => ({ type: 'ElectorCorrected', data: { electorId, identity, at: now } });

type Command = 'add' | 'add two' | 'nothing' | 'refuse';
const refusal = new Refusal('elector.removed', 'no');

/** The state is the number of events, and how often each door was used is counted by the tests. */
const counter: Decider<number, Command, ElectorEvent> & BatchDecider<number, Command, ElectorEvent> = {
  initial: 0,
  decide(command) {
    if (command === 'refuse') throw refusal;
    return Array.from({ length: ['nothing', 'add', 'add two'].indexOf(command) }, correction);
  },
  decideBatch(commands) {
    const outcomes = commands.map((c): Outcome =>
      c === 'refuse' ? refusal : c === 'add' ? 'accepted' : 'already-done',
    );
    return { events: commands.includes('add') ? [correction()] : [], outcomes };
  },
  evolve: (state) => state + 1,
};

let store: MemoryEventStore;
let ledger: Ledger;
let appended: number[];
beforeEach(() => {
  store = new MemoryEventStore();
  appended = [];
  ledger = new Ledger(store, (events) => appended.push(events));
});

/** Another writer comes first at the next so many appends. */
function loseRaces(count: number): { decided: number[]; decider: typeof counter } {
  const rival = new MemoryEventStore(store.log);
  const decided: number[] = [];
  let left = count;
  store.beforeAppend = async () => {
    if (left-- > 0) await write(rival);
  };
  const decider = {
    ...counter,
    decide: (...args: Parameters<typeof counter.decide>) => (decided.push(args[1]), counter.decide(...args)),
    decideBatch: (...args: Parameters<typeof counter.decideBatch>) => (
      decided.push(args[1]),
      counter.decideBatch(...args)
    ),
  };
  return { decided, decider };
}

function write(to: MemoryEventStore, events = 1, type = 'ElectorCorrected.v1', data?: string) {
  const good = JSON.stringify({ at: now, electorId, identity });
  const fresh = (): NewEvent => ({ id: randomUUID(), type, data: data ?? good });
  return to.append(stream, 'any', Array.from({ length: events }, fresh));
}

describe('a command', () => {
  it('is decided on the whole stream, and appended at its end', async () => {
    const first = await ledger.execute(counter, stream, 'add', now);
    expect(first).toEqual({ stream, revision: 0, position: await store.head(), added: 1 });
    const second = await ledger.execute(counter, stream, 'add two', now);
    expect(second).toEqual({ stream, revision: 2, position: await store.head(), added: 2 });
    expect((await streamOf(store, stream)).map((e) => e.type)).toEqual(Array(3).fill('ElectorCorrected.v1'));
    expect(appended).toEqual([1, 2]);
  });

  it('that was done already appends nothing, and says where its outcome stands', async () => {
    const empty = await ledger.execute(counter, stream, 'nothing', now);
    expect(empty).toEqual({ stream, revision: -1, position: undefined, added: 0 });
    const { position } = await write(store, 2);
    const done = await ledger.execute(counter, stream, 'nothing', now);
    expect(done).toEqual({ stream, revision: 1, position, added: 0 });
    expect(appended).toEqual([]);
    expect(store.log.events).toHaveLength(2);
  });

  it('that is refused appends nothing', async () => {
    await expect(ledger.execute(counter, stream, 'refuse', now)).rejects.toBe(refusal);
    expect(store.log.events).toEqual([]);
  });

  it('that lost a race is decided again on what the other wrote', async () => {
    const { decided, decider } = loseRaces(3);
    expect(await ledger.execute(decider, stream, 'add', now)).toMatchObject({ revision: 3, added: 1 });
    expect(decided).toEqual([0, 1, 2, 3]);
    expect(appended).toEqual([1]);
  });

  it('that lost four races is a conflict, with nothing of it appended', async () => {
    const { decided, decider } = loseRaces(4);
    const lost = await ledger.execute(decider, stream, 'add', now).catch((e: unknown) => e);
    expect(lost).toBeInstanceOf(Conflict);
    expect(lost).toMatchObject({ code: 'ledger.conflict', cause: { name: 'WrongRevision' } });
    expect(decided).toEqual([0, 1, 2, 3]);
    expect(store.log.events).toHaveLength(4);
    expect(appended).toEqual([]);
  });

  it('that is done already after a lost race appends nothing', async () => {
    const { decider } = loseRaces(1);
    const once = {
      ...decider,
      decide: (c: Command, n: number, at: string) => (n > 0 ? [] : decider.decide(c, n, at)),
    };
    expect(await ledger.execute(once, stream, 'add', now)).toMatchObject({ revision: 0, added: 0 });
    expect(store.log.events).toHaveLength(1);
  });

  it('passes on what the store throws, without trying again', async () => {
    const down = new Error('down');
    let tries = 0;
    store.beforeAppend = () => {
      tries += 1;
      throw down;
    };
    await expect(ledger.execute(counter, stream, 'add', now)).rejects.toBe(down);
    expect(tries).toBe(1);
  });

  it('with an event that its wire form does not know is a bug, not an append', async () => {
    const bad = { ...correction(), data: { electorId: 'ann' } } as unknown as ElectorEvent;
    await expect(ledger.execute({ ...counter, decide: () => [bad] }, stream, 'add', now)).rejects.toThrow(
      'ElectorCorrected.electorId',
    );
    expect(store.log.events).toEqual([]);
  });
});

describe('a stream that cannot be read stops the command', () => {
  it.each([
    ['an unknown event', 'ElectorVanished.v1', undefined, 'ledger.unknown-event'],
    ['an unknown version', 'ElectorCorrected.v9', undefined, 'ledger.unknown-event'],
    ['a field that is missing', 'ElectorCorrected.v1', '{}', 'ledger.bad-event'],
    ['data that are not JSON', 'ElectorCorrected.v1', '{', 'ledger.bad-event'],
  ])('with %s', async (_, type, data, code) => {
    await write(store, 1, type, data);
    const read = ledger.execute(counter, stream, 'add', now);
    await expect(read).rejects.toMatchObject({ name: 'Corruption', code });
    expect(store.log.events).toHaveLength(1);
  });

  it.each([
    ['a gap', [0, 2]],
    ['a repetition', [0, 0]],
    ['a beginning that is missing', [1]],
    ['a wrong order', [1, 0]],
  ])('with %s', async (_, order) => {
    await write(store, 3);
    const stored = store.log.streams.get(stream) ?? [];
    store.log.streams.set(
      stream,
      order.flatMap((i) => stored[i] ?? []),
    );
    const read = ledger.execute(counter, stream, 'add', now);
    await expect(read).rejects.toMatchObject({ name: 'Corruption', code: 'ledger.out-of-order' });
  });
});

describe('a batch', () => {
  const soon = () => performance.now() + 5_000;

  it('is one append, with an outcome for each command', async () => {
    const commands: Command[] = ['add', 'refuse', 'nothing'];
    const { executed, outcomes } = await ledger.executeBatch(counter, stream, commands, now, {
      deadline: soon(),
    });
    expect(executed).toEqual({ stream, revision: 0, position: await store.head(), added: 1 });
    expect(outcomes).toEqual(['accepted', refusal, 'already-done']);
    expect(appended).toEqual([1]);
  });

  it('without anything accepted appends nothing, and knows the position of what it found', async () => {
    const { position } = await write(store, 2);
    const options = { deadline: soon(), since: { state: 2, revision: 1, position } };
    const { executed } = await ledger.executeBatch(counter, stream, ['nothing'], now, options);
    expect(executed).toEqual({ stream, revision: 1, position, added: 0 });
    expect(store.eventsRead).toBe(0);
  });

  it('with a snapshot reads the tail only', async () => {
    await write(store, 10);
    const options = { deadline: soon(), since: { state: 7, revision: 6 } };
    const { decided, decider } = loseRaces(0);
    const { executed } = await ledger.executeBatch(decider, stream, ['add'], now, options);
    expect(executed.revision).toBe(10);
    expect(store.eventsRead).toBe(3);
    expect(decided).toEqual([10]);
  });

  it('that lost races reads again only what came since', async () => {
    await write(store, 10);
    const { decided, decider } = loseRaces(6);
    const { executed } = await ledger.executeBatch(decider, stream, ['add'], now, { deadline: soon() });
    expect(executed).toMatchObject({ revision: 16, added: 1 });
    expect(store.eventsRead).toBe(16);
    expect(decided).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it('that loses until its deadline is a conflict, with nothing of it appended', async () => {
    const { decided, decider } = loseRaces(Infinity);
    const batch = ledger.executeBatch(decider, stream, ['add'], now, { deadline: performance.now() + 50 });
    await expect(batch).rejects.toMatchObject({ name: 'Conflict', cause: { name: 'WrongRevision' } });
    expect(store.log.events).toHaveLength(decided.length);
    expect(appended).toEqual([]);
  });

  it('passes on what the store throws', async () => {
    store.beforeAppend = () => {
      throw new Error('down');
    };
    await expect(ledger.executeBatch(counter, stream, ['add'], now, { deadline: soon() })).rejects.toThrow(
      'down',
    );
  });
});
