import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Json } from '../../src/crypto/canonical-json.js';
import { BadAppend, MAX_EVENT_BYTES } from '../../src/ledger/event-store.js';
import { all, follow, newEvent, newStream, streamOf } from '../support/contract-events.js';
import type { Subject } from './event-store.contract.js';

/** Names that engines and languages trip over: array-like, inherited, empty, not ASCII, NUL. */
const awkwardKey = fc.constantFrom(
  '10',
  '2',
  '-1',
  '',
  '__proto__',
  'constructor',
  'toJSON',
  '\u0000',
  'é',
  '\u{1f5f3}',
);
const value = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }),
  fc.dictionary(awkwardKey, fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 })),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

/** What is given back is, to the byte, what was appended. */
export function faithfulContract(subject: () => Subject): void {
  describe('an event', () => {
    it('is given back exactly, whatever JSON value it holds', async () => {
      const { first, second } = subject();
      await fc.assert(
        fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), async (values) => {
          const stream = newStream();
          const events = values.map((one) => newEvent(one as Json));
          await first.append(stream, 'none', events);
          const stored = await streamOf(second, stream);
          expect(stored.map((e) => e.data)).toEqual(events.map((e) => e.data));
        }),
        { numRuns: 50 },
      );
    });

    it.each<[string, Json]>([
      ['keys that look like numbers', { '10': 'ten', '2': 'two', '1': { '0': 0, a: [] } }],
      ['a key named __proto__', JSON.parse('{"__proto__":{"a":1},"constructor":null}') as Json],
      ['NUL and other controls', { '\u0000': '\u0000\u0001\u001f\u007f\u0080\u2028\u2029\ufeff\uffff' }],
      ['characters beyond the first plane', '\u{1f5f3}\u{10ffff}e\u0301 é Ω \u202eabc'],
      ['numbers at the edge', [0, -0, 5e-324, 1.7976931348623157e308, 9007199254740993, 0.1, 1e21, -1e-7]],
      ['a bare null', null],
      ['a bare string', ''],
      ['a bare number', 0],
      ['a bare false', false],
      ['deep nesting', Array.from({ length: 200 }).reduce<Json>((inner) => [inner], [])],
    ])('with %s is the same by every way of reading', async (_, data) => {
      const { first, second } = subject();
      const before = await first.head();
      const stream = newStream();
      const event = newEvent(data);
      await first.append(stream, 'none', [event]);
      const ways = [
        await streamOf(second, stream),
        await all(second.readStream(stream, { direction: 'backwards' })),
        (await all(second.readAll(before))).filter((e) => e.stream === stream),
        (await follow(second, before, (taken) => taken.some((e) => e.stream === stream))).filter(
          (e) => e.stream === stream,
        ),
      ];
      for (const way of ways) expect(way).toEqual([expect.objectContaining(event)]);
      for (const way of ways) expect(way).toEqual(ways[0]);
    });

    it.each([
      ['one-byte', 'x'],
      ['two-byte', 'é'],
      ['four-byte', '\u{1f5f3}'],
    ])('may have %s characters up to the limit in bytes, and none beyond', async (_, character) => {
      const { first, second } = subject();
      const stream = newStream();
      const bytes = MAX_EVENT_BYTES - 2; // the quotes
      const text = character.repeat(Math.floor(bytes / Buffer.byteLength(character)));
      const largest = newEvent(text + 'x'.repeat(bytes - Buffer.byteLength(text)));
      expect(Buffer.byteLength(largest.data)).toBe(MAX_EVENT_BYTES);
      await first.append(stream, 'none', [largest]);
      const larger = newEvent(`${JSON.parse(largest.data) as string}x`);
      await expect(first.append(stream, 0, [larger])).rejects.toBeInstanceOf(BadAppend);
      await expect(first.append(stream, 'any', [newEvent(), larger])).rejects.toBeInstanceOf(BadAppend);
      const [stored, ...others] = await streamOf(second, stream);
      expect(others).toEqual([]);
      expect(stored?.data === largest.data).toBe(true); // compared apart: a diff of 900 KiB helps nobody
    });

    it('is canonical when it is given back', async () => {
      const { first } = subject();
      const stream = newStream();
      await first.append(stream, 'none', [newEvent({ b: 1, a: { '10': 1, '9': 2 } })]);
      const [stored] = await streamOf(first, stream);
      expect(stored?.data).toBe(canonicalJson({ b: 1, a: { '10': 1, '9': 2 } }));
    });
  });
}
