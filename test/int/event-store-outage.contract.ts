import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Appended, EventStore, ExpectedRevision, NewEvent } from '../../src/ledger/event-store.js';
import { Unavailable } from '../../src/ledger/refusal.js';
import { follow, newEvents, newStream, streamOf, timed } from '../support/contract-events.js';
import type { Harness, Subject } from './event-store.contract.js';

/** Asks again, with the same ids, as long as the store is unavailable; any other error is one. */
async function insist(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  events: NewEvent[],
): Promise<Appended> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(20);
    }
  }
  throw new Error(`${stream} stayed unavailable`);
}

/** A server that goes away and comes back. */
export function outageContract(subject: () => Subject, harness: Harness): void {
  const title = harness.canStop
    ? 'a server that goes away'
    : 'a server that goes away (skipped: not ours to stop)';
  (harness.canStop ? describe : describe.skip)(title, () => {
    const server = () => {
      const { server } = subject().tested;
      if (!server) throw new Error('this harness says that it can stop its server');
      return server;
    };
    /** The server is up again afterwards, whatever happened. */
    async function without<T>(during: () => Promise<T>): Promise<T> {
      await server().stop();
      try {
        return await during();
      } finally {
        await server().start();
      }
    }
    const margin = 1500; // of a machine that does other things too

    it('makes calls throw Unavailable within the time limit, and later calls succeed', async () => {
      const { first } = subject();
      const stream = newStream();
      const events = newEvents(2);
      await first.append(stream, 'none', events.slice(0, 1));
      const [append, head, read] = await without(() =>
        Promise.all([
          timed(first.append(stream, 0, events.slice(1))),
          timed(first.head()),
          timed(streamOf(first, stream)),
        ]),
      );
      for (const { error, took } of [append, head, read]) {
        expect(error).toBeInstanceOf(Unavailable);
        expect(took).toBeLessThan(harness.timeLimit + margin);
      }
      expect((await insist(first, stream, 0, events.slice(1))).revision).toBe(1);
      expect((await streamOf(first, stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
      expect(await first.head()).toBeDefined();
    });

    it('loses and doubles nothing that 64 writers retry, and a live subscription misses nothing', async () => {
      const { first, second } = subject();
      const before = await first.head();
      const streams = Array.from({ length: 64 }, newStream);
      const [each, rounds] = [12, 2];
      const total = streams.length * each;
      const live = follow(second, before, (taken) => taken.length >= total);
      const ids = new Map(streams.map((stream) => [stream, newEvents(each)]));
      const progress = { written: 0, failed: false };
      const lanes = [...ids].map(async ([stream, events]) => {
        for (const [i, event] of events.entries()) {
          const answer = await insist(first, stream, i === 0 ? 'none' : i - 1, [event]);
          expect(answer.revision).toBe(i);
          progress.written++;
        }
      });
      const writing = Promise.all(lanes).catch((error: unknown) => {
        progress.failed = true;
        throw error;
      });
      for (let round = 1; round <= rounds; round++) {
        while (progress.written < (round * total) / (rounds + 2) && !progress.failed) await sleep(2);
        await without(() => sleep(300)); // in the middle of appends
      }
      await writing;
      for (const [stream, events] of ids)
        expect((await streamOf(second, stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
      const followed = await live;
      expect(followed).toHaveLength(total);
      for (const [stream, events] of ids)
        expect(followed.filter((e) => e.stream === stream).map((e) => e.id)).toEqual(events.map((e) => e.id));
    });

    it('lets a subscription that was waiting go on', async () => {
      const { first, second } = subject();
      const stream = newStream();
      const live = follow(second, await first.head(), (taken) => taken.length >= 3);
      await insist(first, stream, 'none', newEvents(1));
      await without(() => sleep(800));
      await insist(first, stream, 0, newEvents(1));
      await without(() => sleep(50));
      await insist(first, stream, 1, newEvents(1));
      expect((await live).map((e) => [e.stream, e.revision])).toEqual([0, 1, 2].map((r) => [stream, r]));
    });

    it('lets a subscription that was aborted meanwhile end', async () => {
      const { first } = subject();
      const stop = new AbortController();
      const before = await first.head();
      const ended = (async () => {
        for await (const page of first.subscribe(before, stop.signal))
          throw new Error(`${page.length} events`);
      })();
      await sleep(100);
      await without(async () => {
        await sleep(300);
        stop.abort();
        expect((await timed(ended)).took).toBeLessThan(1000);
      });
      await ended;
    });
  });
}
