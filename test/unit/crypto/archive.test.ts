import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { archiveRecord, misnamed, readArchive, writeArchive } from '../../../src/crypto/archive.js';
import { ArchiveChain, parseEvent, printEvent, printSizedTally } from '../../../src/crypto/archive-events.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { samples } from './samples.js';

const utf8 = new TextEncoder();
const small = writeArchive({
  timestamp: '1795301760',
  records: [archiveRecord('data', utf8.encode('[]')), archiveRecord('event', utf8.encode('x'.repeat(600)))],
});

describe('a .bel archive', () => {
  it.each(Object.entries(samples))('%s is read and written back to the byte', (_, path) => {
    const bytes = readFileSync(path);
    const archive = readArchive(bytes);
    expect(Buffer.compare(writeArchive(archive), bytes)).toBe(0);
    expect(misnamed(archive.records)).toEqual([]);
  });

  it('tells which content is not what its name says', () => {
    const { timestamp, records } = readArchive(small);
    const [first, second] = records;
    const forged = { ...first, bytes: utf8.encode('{}') } as (typeof records)[number];
    expect(misnamed(readArchive(writeArchive({ timestamp, records: [...records, forged] })).records)).toEqual(
      [2],
    );
    expect(misnamed([second as never])).toEqual([]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['empty', () => new Uint8Array(), 'archive.BELENIOS: ends within a header'],
    ['cut in a header', (b) => b.subarray(0, 1100), 'archive[0]: ends within a header'],
    ['cut in a content', (b) => b.subarray(0, 1600), 'archive[0]: ends within a content'],
    [
      'closed by zeros',
      (b) => Buffer.concat([b, new Uint8Array(1024)]),
      'archive[2]: size is not eleven octal digits',
    ],
    ['with bytes in its padding', (b) => patch(b, 1024 + 512 + 2, 1), 'archive[0]: padding is not zeros'],
    [
      'with another mode',
      (b) => patch(b, 1024 + 106, 0x35),
      'archive[0]: header is not as the format writes it',
    ],
    [
      'with an owner name',
      (b) => patch(b, 1024 + 265, 0x61),
      'archive[0]: header is not as the format writes it',
    ],
    [
      'with one entry of another time',
      (b) => patch(b, 1024 + 146, 0x31),
      'archive[0]: header is not as the format',
    ],
    ['of another version', (b) => patch(b, 512 + 11, 0x32), 'archive.BELENIOS: not the description'],
  ])('%s is refused', (_, mutate, message) => {
    expect(() => readArchive(mutate(small))).toThrow(Malformed);
    expect(() => readArchive(mutate(small))).toThrow(message);
  });

  it('is refused or read back to the byte, whatever byte changes', () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.nat(255), (at, byte) => {
        const mutated = patch(small, at, byte);
        try {
          expect(Buffer.compare(writeArchive(readArchive(mutated)), mutated)).toBe(0);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a time that its headers cannot say', () => {
    expect(() => writeArchive({ timestamp: String(8 ** 11), records: [] })).toThrow(RangeError);
  });
});

describe('an event', () => {
  it.each([
    '{"height":0,"type":"Setup","payload":"d5a61cdf093aed4e6e07ac9d4ec66b9dda16dcad6a707e19291d5b4eb814b2aa"}',
    '{"parent":"a7248a94a6f0dad4ed5a4ab7ce8c168f0fa551112c6bf4e41f69a77e32f94656","height":13,"type":"EndBallots"}',
  ])('%s is read and written back', (text) => {
    expect(printEvent(parseEvent(text, 'event'))).toBe(text);
  });

  it.each([
    '{"type":"Setup","height":0}',
    '{"height": 0,"type":"Setup"}',
    '{"height":00,"type":"Setup"}',
    '{"height":0,"type":"Shuffle"}',
    '{"height":0,"type":"Setup","payload":"D5"}',
    '{"height":0,"type":"Setup","type":"Setup"}',
    '',
  ])('%s is refused', (text) => {
    expect(() => parseEvent(text, 'event')).toThrow(Malformed);
  });

  it('chains to the one before', () => {
    const records: ReturnType<typeof archiveRecord>[] = [];
    const chain = new ArchiveChain((record) => records.push(record));
    chain.setup('{}', '[]', '["x"]');
    chain.endBallots();
    const events = records.filter(({ kind }) => kind === 'event');
    const [first, second] = events.map(({ bytes }) => parseEvent(new TextDecoder().decode(bytes), 'event'));
    expect(records).toHaveLength(6);
    expect(first).toEqual({ height: 0, type: 'Setup', payload: records[3]?.hash });
    expect(second).toEqual({ parent: events[0]?.hash, height: 1, type: 'EndBallots' });
  });

  it('writes a weight as belenios-tool does on both sides of 2^30', () => {
    expect(printSizedTally(3, 2n ** 30n - 1n, 'h')).toContain('"total_weight":1073741823,');
    expect(printSizedTally(3, 2n ** 30n, 'h')).toContain('"total_weight":"1073741824",');
  });
});

function patch(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = byte;
  return copy;
}
