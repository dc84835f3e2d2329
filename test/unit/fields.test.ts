import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/crypto/canonical-json.js';
import {
  BadField,
  boolean,
  documentHash,
  instant,
  integer,
  list,
  oneOf,
  optional,
  pattern,
  record,
  sha256,
  text,
  uuid,
  vaultVersion,
  type Field,
} from '../../src/events/fields.js';

const reads = (field: Field<unknown>, value: unknown): boolean => {
  try {
    expect(field.parse(value, 'x')).toEqual(value);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(BadField);
    expect((error as BadField).path).toMatch(/^x/);
    expect((error as Error).message).toBe(
      `${(error as BadField).path}: expected ${(error as BadField).expected}`,
    );
    return false;
  }
};

describe('a field', () => {
  it.each<[string, Field<unknown>, unknown[], unknown[]]>([
    [
      'text',
      text(3),
      ['a', 'été', '\u{1f5f3}x', '\u0000'],
      ['', 'abcd', '\ud800', '\udc00a', 1, null, undefined, ['a'], new String('a')],
    ],
    [
      'uuid',
      uuid,
      [randomUUID(), '00000000-0000-4000-8000-000000000000'],
      [
        randomUUID().toUpperCase(),
        '00000000-0000-7000-8000-000000000000',
        '00000000-0000-1000-8000-000000000000',
        '00000000-0000-4000-c000-000000000000',
        `${randomUUID()}\n`,
        ` ${randomUUID()}`,
        '',
        4,
      ],
    ],
    [
      'sha256',
      sha256,
      [randomBytes(32).toString('hex')],
      ['A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`, 'g'.repeat(64)],
    ],
    [
      'instant',
      instant,
      [
        '2022-12-01T07:00:00.000Z',
        '0000-01-01T00:00:00.000Z',
        '9999-12-31T23:59:59.999Z',
        '2024-02-29T00:00:00.000Z',
      ],
      [
        '2022-12-01',
        '2022-12-01T07:00:00Z',
        '2022-12-01T08:00:00.000+01:00',
        '2022-02-30T00:00:00.000Z',
        '2022-12-01T24:00:00.000Z',
        '2022-12-01T07:00:00.0000Z',
        '+010000-01-01T00:00:00.000Z',
        '-000001-01-01T00:00:00.000Z',
        '2022-12-01t07:00:00.000z',
        '',
        0,
        null,
      ],
    ],
    [
      'integer',
      integer(-5, 2 ** 53 - 1),
      [-5, 0, 2 ** 53 - 1],
      [-6, 2 ** 53, 0.5, -0, NaN, Infinity, '1', null, 1n, true],
    ],
    ['boolean', boolean, [true, false], ['true', 0, 1, null, undefined]],
    ['oneOf', oneOf('a', 'b'), ['a', 'b'], ['c', '', 'A', 0, ['a'], 'toString']],
    ['pattern', pattern('an A', /^A$/), ['A'], ['a', 'AA', 'A\n', 1]],
    [
      'list',
      list(integer(0, 9), 1, 3),
      [[1], [1, 2, 3]],
      [[], [1, 2, 3, 4], [1, null], '1', { length: 1, 0: 1 }, new Array(2)],
    ],
    [
      'record',
      record({ a: boolean, b: optional(boolean) }),
      [{ a: true }, { a: true, b: false }],
      [
        {},
        { b: true },
        { a: true, b: null },
        { a: true, b: undefined },
        { a: true, c: 1 },
        null,
        [],
        'a',
        JSON.parse('{"a":true,"__proto__":1}'),
      ],
    ],
    ['record without fields', record({}), [{}], [{ toString: 1 }, []]],
    [
      'vaultVersion',
      vaultVersion,
      [{ version: randomUUID(), sha256: 'a'.repeat(64) }],
      [{ version: randomUUID() }, 'a'],
    ],
    ['documentHash', documentHash, ['a'.repeat(64)], ['a']],
  ])('%s reads what it promises and refuses the rest', (_, field, good, bad) => {
    for (const value of good) expect([value, reads(field, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, reads(field, value)]).toEqual([value, false]);
  });

  it('names the path of what is wrong, however deep', () => {
    const deep = record({ a: list(record({ b: integer(0, 9) }), 0, 9) });
    expect(() => deep.parse({ a: [{ b: 1 }, { b: 99 }] }, 'Event')).toThrow(
      'Event.a[1].b: expected an integer from 0 to 9',
    );
    expect(() => deep.parse({ a: [{}] }, 'Event')).toThrow('Event.a[0].b: expected a value');
    expect(() => deep.parse({ a: [{ b: 1, c: 1 }] }, 'Event')).toThrow('Event.a[0].c: expected nothing');
  });

  it('names the rows and documents inside lists, records and optional fields', () => {
    const shape = record({
      a: list(vaultVersion, 0, 9),
      b: optional(documentHash),
      c: record({ d: documentHash }),
      e: boolean,
    });
    const version = { version: randomUUID(), sha256: 'a'.repeat(64) };
    const found = { versions: [] as string[], documents: [] as string[] };
    shape.names?.({ a: [version, version], b: 'b'.repeat(64), c: { d: 'd'.repeat(64) }, e: true }, found);
    expect(found).toEqual({
      versions: [version.version, version.version],
      documents: ['b'.repeat(64), 'd'.repeat(64)],
    });
    shape.names?.({ a: [], c: { d: 'd'.repeat(64) }, e: true }, found);
    expect(found.documents).toHaveLength(3);
  });
});

describe('whatever is thrown at it', () => {
  const anything = fc.anything({
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withSparseArray: true,
  });
  const shape = record({
    id: uuid,
    at: instant,
    n: integer(-9, 9),
    on: boolean,
    kind: oneOf('a', 'b'),
    notes: list(text(5), 0, 3),
    more: optional(vaultVersion),
  });
  const good = fc.record({
    id: fc.uuid({ version: 4 }),
    at: fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((d) => d.toISOString()),
    n: fc.integer({ min: -9, max: 9 }).map((n) => n + 0),
    on: fc.boolean(),
    kind: fc.constantFrom('a', 'b'),
    notes: fc.array(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }).filter((s) => s.length <= 5),
      { maxLength: 3 },
    ),
  });

  it('a field reads a value as itself or throws BadField', () => {
    fc.assert(fc.property(anything, (value) => void reads(shape, value)));
  });

  it('one wrong value among good ones is refused by its own path', () => {
    fc.assert(
      fc.property(
        good,
        fc.constantFrom('id', 'at', 'n', 'on', 'kind', 'notes'),
        fc.constantFrom(null, {}, [[]], 1.5, '?'),
        (data, name, wrong) => {
          expect(() => shape.parse({ ...data, [name]: wrong }, 'E')).toThrow(new RegExp(`^E\\.${name}[:[]`));
        },
      ),
    );
  });

  it('what was read goes through canonical JSON and comes back the same, to the byte', () => {
    fc.assert(
      fc.property(good, (data) => {
        const once = canonicalJson(shape.parse(data, 'E'));
        const twice = canonicalJson(shape.parse(JSON.parse(once), 'E'));
        expect(twice).toBe(once);
      }),
    );
  });
});
