import { describe, expect, it } from '@jest/globals';
import { BadAppend, WrongRevision, type ExpectedRevision } from '../../src/ledger/event-store.js';
import { newEvent, newEvents, newStream, streamOf } from '../support/contract-events.js';
import type { Subject } from './event-store.contract.js';

/** Appends: expected revisions, races, retries. */
export function appendContract(subject: () => Subject): void {
  describe('an append', () => {
    it('numbers the events of a stream from 0, without a gap', async () => {
      const { first, second } = subject();
      const stream = newStream();
      const events = newEvents(6);
      const one = await first.append(stream, 'none', events.slice(0, 1));
      const three = await second.append(stream, 0, events.slice(1, 4));
      const rest = await first.append(stream, 'any', events.slice(4));
      expect([one, three, rest].map((a) => a.revision)).toEqual([0, 3, 5]);
      const stored = await streamOf(second, stream);
      expect(stored.map((e) => e.revision)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(stored.map(({ id, type, data }) => ({ id, type, data }))).toEqual(events);
      expect([one, three, rest]).toEqual(
        [0, 3, 5].map((i) => ({ stream, revision: i, position: stored[i]?.position })),
      );
    });

    it.each<[ExpectedRevision, number, number]>([
      ['none', 1, 0],
      ['none', 3, 2],
      [0, 0, -1],
      [5, 0, -1],
      [0, 3, 2],
      [1, 3, 2],
      [3, 3, 2],
      [99, 3, 2],
    ])(
      'expecting %s in a stream of %d events is refused, and names both',
      async (expected, length, actual) => {
        const { first, second } = subject();
        const stream = newStream();
        if (length > 0) await first.append(stream, 'none', newEvents(length));
        const refusal = await second.append(stream, expected, [newEvent()]).catch((e: unknown) => e);
        expect(refusal).toBeInstanceOf(WrongRevision);
        expect(refusal).toMatchObject({ stream, expected, actual });
        expect(await streamOf(first, stream)).toHaveLength(length);
      },
    );

    it.each([
      ['a stream name outside the grammar', 'Bad Name', newEvents(1)],
      ['a stream of the engine itself', '$settings', newEvents(1)],
      ['no events', 'contract-empty', []],
    ])('refuses %s', async (_, stream, events) => {
      await expect(subject().first.append(stream, 'any', events)).rejects.toBeInstanceOf(BadAppend);
    });
  });

  describe('a race', () => {
    it('has one winner when 1,000 writers want the first revision', async () => {
      const { first, second } = subject();
      const stream = newStream();
      const racers = newEvents(1000);
      const settled = await Promise.allSettled(
        racers.map((event, i) => (i % 2 ? first : second).append(stream, 'none', [event])),
      );
      const won = racers.filter((_, i) => settled[i]?.status === 'fulfilled');
      expect(won).toHaveLength(1);
      expect((await streamOf(first, stream)).map((e) => e.id)).toEqual(won.map((e) => e.id));
      for (const one of settled) {
        if (one.status === 'rejected')
          expect(one.reason).toMatchObject({ name: 'WrongRevision', expected: 'none', actual: 0 });
      }
    });

    it('has one winner for each revision when 1,000 appends want 20 of them', async () => {
      const { first, second } = subject();
      const stream = newStream();
      const winners: string[] = [];
      for (let round = 0; round < 20; round++) {
        const expected = round === 0 ? 'none' : round - 1;
        const racers = newEvents(50);
        const settled = await Promise.allSettled(
          racers.map((event, i) => (i % 2 ? first : second).append(stream, expected, [event])),
        );
        for (const [i, one] of settled.entries()) {
          if (one.status === 'rejected')
            expect(one.reason).toMatchObject({ name: 'WrongRevision', expected, actual: round });
          else winners.push(racers[i]?.id ?? '');
        }
        expect(winners).toHaveLength(round + 1);
      }
      expect((await streamOf(second, stream)).map((e) => e.id)).toEqual(winners);
    });

    it('lets all in when 1,000 writers accept any revision', async () => {
      const { first, second } = subject();
      const stream = newStream();
      const events = newEvents(1000);
      const answers = await Promise.all(
        events.map((event, i) => (i % 2 ? first : second).append(stream, 'any', [event])),
      );
      const stored = await streamOf(first, stream);
      expect(stored.map((e) => e.revision)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
      expect(answers.map((a) => stored[a.revision]?.id)).toEqual(events.map((e) => e.id));
    });
  });

  describe('a retry with the same ids', () => {
    it.each<ExpectedRevision>(['none', 'any', 1])(
      'expecting %s gives the first answer again',
      async (expected) => {
        const { first, second } = subject();
        const stream = newStream();
        if (typeof expected === 'number') await first.append(stream, 'none', newEvents(expected + 1));
        const events = newEvents(3);
        const answer = await first.append(stream, expected, events);
        expect(await first.append(stream, expected, events)).toEqual(answer);
        await second.append(stream, answer.revision, newEvents(2)); // others came after
        expect(await second.append(stream, expected, events)).toEqual(answer);
        expect(await streamOf(first, stream)).toHaveLength(answer.revision + 3);
      },
    );

    it('sent at the same time through two instances is one append', async () => {
      const { first, second } = subject();
      for (const expected of ['none', 'any'] as const) {
        const stream = newStream();
        const events = newEvents(2);
        const answers = await Promise.all(
          [first, second, first].map((s) => s.append(stream, expected, events)),
        );
        expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
        expect((await streamOf(second, stream)).map((e) => e.id)).toEqual(events.map((e) => e.id));
      }
    });

    it.each<ExpectedRevision>(['none', 'any', 0])(
      'expecting %s, of which only some are known, is refused',
      async (expected) => {
        const { first, second } = subject();
        const stream = newStream();
        if (expected === 0) await first.append(stream, 'none', newEvents(1));
        const known = newEvents(1);
        const { revision } = await first.append(stream, expected, known);
        const partly = second.append(stream, expected, [...known, newEvent()]);
        await expect(partly).rejects.toMatchObject({ name: 'WrongRevision', expected, actual: revision });
        expect(await streamOf(first, stream)).toHaveLength(revision + 1);
      },
    );

    it('in another place of the stream is refused', async () => {
      const { first } = subject();
      const stream = newStream();
      const events = newEvents(3);
      await first.append(stream, 'none', events);
      await expect(first.append(stream, 1, events.slice(0, 1))).rejects.toBeInstanceOf(WrongRevision);
    });
  });
}
