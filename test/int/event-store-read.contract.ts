import { describe, expect, it } from '@jest/globals';
import type { Appended, ReadStream } from '../../src/ledger/event-store.js';
import { all, newEvents, newStream, streamOf } from '../support/contract-events.js';
import type { Harness, Subject } from './event-store.contract.js';

/** Reads of one stream, of all streams, and of the head. */
export function readContract(subject: () => Subject, harness: Harness): void {
  describe('a read', () => {
    const whenEmpty = harness.startsEmpty ? it : it.skip; // skipped: this server is shared, and has events
    whenEmpty('finds an empty store empty', async () => {
      const { first } = subject();
      expect(await first.head()).toBeUndefined();
      expect(await all(first.readAll())).toEqual([]);
    });

    it('finds an absent stream empty, both ways', async () => {
      const { first } = subject();
      expect(await streamOf(first, newStream())).toEqual([]);
      expect(await all(first.readStream(newStream(), { direction: 'backwards' }))).toEqual([]);
      expect(await all(first.readStream(newStream(), { from: 3, limit: 2 }))).toEqual([]);
    });

    const backwards = 'backwards' as const;
    it.each<[ReadStream, number[]]>([
      [{}, [0, 1, 2, 3, 4, 5, 6]],
      [{ from: 0, limit: 1 }, [0]],
      [{ from: 3 }, [3, 4, 5, 6]],
      [{ from: 3, limit: 2 }, [3, 4]],
      [{ from: 5, limit: 99 }, [5, 6]],
      [{ from: 7 }, []],
      [{ from: 1_000_000 }, []],
      [{ limit: 3 }, [0, 1, 2]],
      [{ direction: backwards }, [6, 5, 4, 3, 2, 1, 0]],
      [{ direction: backwards, limit: 1 }, [6]],
      [{ direction: backwards, from: 3 }, [3, 2, 1, 0]],
      [{ direction: backwards, from: 3, limit: 2 }, [3, 2]],
      [{ direction: backwards, from: 0 }, [0]],
      [{ direction: backwards, from: 99, limit: 2 }, [6, 5]],
    ])('of a stream of seven events with %j gives %j', async (options, revisions) => {
      const { first, second } = subject();
      const stream = newStream();
      const events = newEvents(7);
      await first.append(stream, 'none', events);
      const read = await all(second.readStream(stream, options));
      expect(read.map((e) => e.revision)).toEqual(revisions);
      expect(read.map((e) => e.id)).toEqual(revisions.map((r) => events[r]?.id));
      expect(new Set(read.map((e) => e.stream))).toEqual(new Set(revisions.length > 0 ? [stream] : []));
    });

    it('of a long stream gives all of it, both ways, and can be left early', async () => {
      const { first } = subject();
      const stream = newStream();
      for (let from = 0; from < 3000; from += 500)
        await first.append(stream, from === 0 ? 'none' : from - 1, newEvents(500));
      const revisions = Array.from({ length: 3000 }, (_, i) => i);
      const forwards = await streamOf(first, stream);
      expect(forwards.map((e) => e.revision)).toEqual(revisions);
      const back = await all(first.readStream(stream, { direction: 'backwards' }));
      expect(back).toEqual(forwards.toReversed());
      for await (const event of first.readStream(stream)) if (event.revision === 10) break;
    });

    it('of all streams gives the order of the store, after a position, up to a limit', async () => {
      const { first, second } = subject();
      const before = await first.head();
      const [a, b] = [newStream(), newStream()];
      const appended: Appended[] = [];
      for (let i = 0; i < 10; i++) {
        const [store, stream] = i % 2 ? [first, a] : [second, b];
        appended.push(await store.append(stream, 'any', newEvents(1 + (i % 3))));
      }
      const read = await all(first.readAll(before));
      const own = read.filter((e) => e.stream === a || e.stream === b);
      expect(own).toHaveLength(19);
      expect(own.filter((e) => e.stream === a)).toEqual(await streamOf(second, a));
      const positions = read.map((e) => e.position);
      expect(positions).toEqual([...new Set(positions)].sort());
      for (const { stream, revision, position } of appended)
        expect(read).toContainEqual(expect.objectContaining({ stream, revision, position }));
      for (const [i, { position }] of read.entries())
        expect(await all(second.readAll(position))).toEqual(read.slice(i + 1));
      expect(await all(second.readAll(before, 7))).toEqual(read.slice(0, 7));
      expect(await all(second.readAll(positions.at(-1), 7))).toEqual([]);
    });

    it('of the head gives the position of the last event', async () => {
      const { first, second } = subject();
      for (let i = 0; i < 3; i++) {
        const { position } = await first.append(newStream(), 'none', newEvents(2));
        expect(await second.head()).toBe(position);
      }
    });
  });
}
