import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { EventStore, StoredEvent } from '../../src/ledger/event-store.js';
import {
  all,
  follow,
  memoryInUse,
  newEvent,
  newEvents,
  newStream,
  timed,
} from '../support/contract-events.js';
import type { Subject } from './event-store.contract.js';

/** Appends `count` events to `streams` in turn, one to ten at a time, several appends in flight. */
async function write(store: EventStore, streams: readonly string[], count: number): Promise<void> {
  let left = count;
  let turn = 0;
  const lane = async () => {
    while (left > 0) {
      const size = Math.min(left, 1 + (turn % 10));
      left -= size;
      await store.append(streams[turn++ % streams.length] ?? '', 'any', newEvents(size));
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** Subscriptions: nothing missed, nothing twice, in order, at the reader's pace. */
export function subscribeContract(subject: () => Subject): void {
  describe('a subscription', () => {
    it('that stops and resumes while two instances write 10,000 events misses none and repeats none', async () => {
      const { first, second } = subject();
      const before = await first.head();
      const streams = Array.from({ length: 8 }, newStream);
      const writing = Promise.all([
        write(first, streams.slice(0, 5), 5000), // streams 3 and 4 are written by both
        write(second, streams.slice(3), 5000),
      ]);
      const whole = follow(first, before, (taken) => taken.length >= 10_000);
      const pieces: StoredEvent[] = [];
      let resumptions = 0;
      while (pieces.length < 10_000) {
        const piece = 1 + ((resumptions * 397) % 900);
        const wanted = Math.min(piece, 10_000 - pieces.length);
        const store = resumptions++ % 2 ? first : second;
        pieces.push(...(await follow(store, pieces.at(-1)?.position ?? before, (t) => t.length >= wanted)));
      }
      await writing;
      const expected = await all(second.readAll(before));
      expect(expected).toHaveLength(10_000);
      expect(new Set(expected.map((e) => e.id)).size).toBe(10_000);
      expect(pieces.map((e) => e.position)).toEqual(expected.map((e) => e.position));
      expect(pieces).toEqual(expected);
      expect(await whole).toEqual(expected);
      expect(resumptions).toBeGreaterThan(10);
      for (const stream of streams) {
        const revisions = pieces.filter((e) => e.stream === stream).map((e) => e.revision);
        expect(revisions).toEqual(revisions.map((_, i) => i));
      }
    });

    it('starts at the first event of the store without a position', async () => {
      const { first } = subject();
      await first.append(newStream(), 'none', newEvents(3));
      const stored = await all(first.readAll(undefined, 500));
      const followed = await follow(first, undefined, (taken) => taken.length >= stored.length);
      expect(followed.slice(0, stored.length)).toEqual(stored);
      expect(stored.length).toBeGreaterThanOrEqual(3);
    });

    it('gives a new event as soon as it is appended', async () => {
      const { first, second } = subject();
      const live = follow(second, await first.head(), (taken) => taken.length >= 3);
      await sleep(300); // caught up by now: what follows is live
      for (let i = 0; i < 3; i++) await first.append(newStream(), 'none', [newEvent()]);
      const { took, value } = await timed(live);
      expect(value).toHaveLength(3);
      expect(took).toBeLessThan(2000);
    });

    it('ends promptly and without an error when the signal aborts: before, between, while waiting', async () => {
      const { first } = subject();
      const before = await first.head();
      expect(await all(first.subscribe(before, AbortSignal.abort()))).toEqual([]);

      const waiting = new AbortController();
      const ended = timed(all(first.subscribe(before, waiting.signal)));
      await sleep(200);
      const from = performance.now();
      waiting.abort();
      expect(await ended).toMatchObject({ value: [] });
      expect(performance.now() - from).toBeLessThan(1000);

      await first.append(newStream(), 'none', newEvents(500));
      const between = new AbortController();
      let pages = 0;
      for await (const page of first.subscribe(before, between.signal)) {
        pages += page.length > 0 ? 1 : 0;
        between.abort();
      }
      expect(pages).toBe(1);
    });

    it('can be left by its reader', async () => {
      const { first } = subject();
      const before = await first.head();
      await first.append(newStream(), 'none', newEvents(20));
      const never = new AbortController();
      for await (const page of first.subscribe(before, never.signal)) {
        expect(page.length).toBeGreaterThan(0);
        break;
      }
    });

    it('does not fill the memory when its reader is slow', async () => {
      const { first, second } = subject();
      const before = await first.head();
      const stream = newStream();
      const [count, size] = [1200, 64 * 1024]; // 75 MiB
      const filling = 'x'.repeat(size);
      for (let i = 0; i < count; i += 8)
        await first.append(
          stream,
          'any',
          Array.from({ length: 8 }, () => newEvent(filling)),
        );
      const stop = new AbortController();
      let taken = 0;
      let growth = 0;
      const baseline = memoryInUse();
      for await (const page of second.subscribe(before, stop.signal)) {
        if (taken === 0) {
          await sleep(1500); // everything could have come by now
          growth = memoryInUse() - baseline;
          for (let again = 0; again < 4; again++) {
            await sleep(250); // what was let go of is swept a while later; what is held stays
            growth = Math.min(growth, memoryInUse() - baseline);
          }
        }
        taken += page.length;
        if (taken >= count) stop.abort();
      }
      expect(taken).toBe(count);
      expect(growth).toBeLessThan((count * size) / 3);
    });
  });
}
