/** The field of the kernel in four lanes, by itself, limbs driven to their bounds, against integers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const p = 2n ** 255n - 19n;
const REDUCED = 2 ** 12 + 2; // R of lanes-field.ts
const project = join(import.meta.dirname, '../../../..');

interface Field {
  readonly memory: { readonly buffer: ArrayBuffer };
  add(r: number, a: number, b: number): void;
  subtract(r: number, a: number, b: number): void;
  set(r: number, small: number): void;
  negateWhere(r: number, where: number): void;
  multiply(r: number, a: number, b: number): void;
  square(r: number, a: number): void;
  squareLess(r: number, a: number, b: number): void;
  twiceSquareLess(r: number, a: number, b: number): void;
  powerForRoot(r: number, a: number): void;
  gather(r: number, at: number, offset: number): void;
  scatter(at: number, offset: number, a: number): void;
  pack(out: number, a: number): void;
  unpack(r: number, packed: number): void;
}

const [A, B, R, AT] = [40_000, 40_160, 40_320, 40_480]; // above what the modules keep for themselves
const packed = [0, 1, 2, 3].map((lane) => 41_000 + 56 * lane);

let folder: string;
let field: Field;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lanes-'));
  const sources = ['lanes-field', 'lanes'].map((name) =>
    join(project, `src/crypto/kernel/assembly/${name}.ts`),
  );
  const options = ['--outFile', join(folder, 'lanes.wasm'), '--optimizeLevel', '3', '--noAssert'];
  const asc = join(project, 'node_modules/assemblyscript/bin/asc.js');
  const all = [asc, ...sources, ...options, '--runtime', 'stub', '--enable', 'simd'];
  await promisify(execFile)(process.execPath, all);
  const module = await WebAssembly.compile(await readFile(join(folder, 'lanes.wasm')));
  field = (await WebAssembly.instantiate(module, {})).exports as unknown as Field;
});
afterAll(() => rm(folder, { recursive: true }));

/** Four values, one a lane, of twenty limbs. */
type Lanes = readonly (readonly number[])[];

/** Where limb i of a lane is among the i16 of an element. */
const place = (lane: number, i: number) => 8 * (i >> 1) + 2 * lane + (i & 1);

function put(at: number, lanes: Lanes): void {
  const limbs = new Int16Array(field.memory.buffer, at, 80);
  for (const [lane, value] of lanes.entries())
    for (const [i, limb] of value.entries()) limbs[place(lane, i)] = limb;
}

function lanesAt(at: number): number[][] {
  const limbs = new Int16Array(field.memory.buffer, at, 80);
  return [0, 1, 2, 3].map((lane) => Array.from({ length: 20 }, (_, i) => limbs[place(lane, i)] as number));
}

function valueOf(limbs: readonly number[], radix = 13): bigint {
  const sum = limbs.reduceRight((total, limb) => (total << BigInt(radix)) + BigInt(limb), 0n);
  return ((sum % p) + p) % p;
}

const modulo = (value: bigint) => ((value % p) + p) % p;

/** Four values of so many terms: the bounds and their neighbours more often than chance would. */
function lanes(terms: number): fc.Arbitrary<Lanes> {
  const bound = terms * REDUCED;
  const edge = fc.constantFrom(bound, -bound, bound - 1, 1 - bound, 0, 1, -1);
  const any = fc.integer({ min: -bound, max: bound });
  const mixed = fc.array(fc.oneof(edge, any), { minLength: 20, maxLength: 20 });
  const all = fc.constantFrom(bound, -bound).map((limb) => Array<number>(20).fill(limb));
  const turns = fc
    .constantFrom(bound, -bound)
    .map((limb) => Array.from({ length: 20 }, (_, i) => (i % 2 ? limb : -limb)));
  return fc.array(fc.oneof(mixed, all, turns), { minLength: 4, maxLength: 4 });
}

function expectReduced(values: readonly bigint[]): void {
  const result = lanesAt(R);
  for (const limb of result.flat()) expect(Math.abs(limb)).toBeLessThanOrEqual(REDUCED);
  expect(result.map((limbs) => valueOf(limbs))).toEqual(values.map(modulo));
}

const numbers = (a: Lanes) => a.map((limbs) => valueOf(limbs));
const pairs = (a: Lanes, b: Lanes) => numbers(a).map((value, i) => [value, valueOf(b[i] ?? [])] as const);

describe('the field of the kernel in four lanes', () => {
  // every pair of counts of terms that lanes-point.ts makes, and the largest whose product is 4
  for (const [m, n] of [
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
    [1, 4],
    [4, 1],
  ] as const) {
    it(`multiplies ${m} terms by ${n}`, () => {
      fc.assert(
        fc.property(lanes(m), lanes(n), (a, b) => {
          put(A, a);
          put(B, b);
          field.multiply(R, A, B);
          expectReduced(pairs(a, b).map(([x, y]) => x * y));
        }),
        { numRuns: 300 },
      );
    });
  }

  it('multiplies in place', () => {
    fc.assert(
      fc.property(lanes(2), lanes(2), (a, b) => {
        const expected = pairs(a, b).map(([x, y]) => x * y);
        put(R, a);
        put(B, b);
        field.multiply(R, R, B);
        expectReduced(expected);
        put(A, a);
        put(R, b);
        field.multiply(R, A, R);
        expectReduced(expected);
      }),
    );
  });

  it('squares two terms, alone or less two others, and one term twice', () => {
    fc.assert(
      fc.property(lanes(2), lanes(2), lanes(1), (a, b, single) => {
        put(A, a);
        put(B, b);
        field.square(R, A);
        expectReduced(numbers(a).map((x) => x * x));
        field.squareLess(R, A, B);
        expectReduced(pairs(a, b).map(([x, y]) => x * x - y));
        put(R, a);
        field.squareLess(R, R, B);
        expectReduced(pairs(a, b).map(([x, y]) => x * x - y));
        put(A, single);
        put(R, b);
        field.twiceSquareLess(R, A, R);
        expectReduced(pairs(single, b).map(([x, y]) => 2n * x * x - y));
      }),
      { numRuns: 300 },
    );
  });

  it('adds, subtracts and negates without a carry', () => {
    fc.assert(
      fc.property(
        lanes(2),
        lanes(2),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (a, b, where) => {
          put(A, a);
          put(B, b);
          field.add(R, A, B);
          expect(lanesAt(R)).toEqual(
            a.map((limbs, lane) => limbs.map((limb, i) => limb + (b[lane]?.[i] ?? NaN))),
          );
          field.subtract(R, A, B);
          expect(lanesAt(R)).toEqual(
            a.map((limbs, lane) => limbs.map((limb, i) => limb - (b[lane]?.[i] ?? NaN))),
          );
          new Int32Array(field.memory.buffer, AT, 4).set(where.map((negative) => (negative ? -1 : 0)));
          field.negateWhere(A, AT);
          expect(lanesAt(A)).toEqual(
            a.map((limbs, lane) => limbs.map((limb) => (where[lane] ? 0 - limb : limb))),
          );
        },
      ),
    );
  });

  it('sets small numbers', () => {
    for (const small of [0, 1, -1, 2, REDUCED, -REDUCED]) {
      field.set(R, small);
      expect(lanesAt(R)).toEqual(Array(4).fill([small, ...Array<number>(19).fill(0)]));
    }
  });

  it('raises to (p - 5) / 8', () => {
    fc.assert(
      fc.property(lanes(1), (a) => {
        put(A, a);
        field.powerForRoot(R, A);
        expectReduced(numbers(a).map((x) => power(x, (p - 5n) / 8n)));
      }),
      { numRuns: 50 },
    );
  });

  it('scatters values to any four places, and gathers them', () => {
    fc.assert(
      fc.property(lanes(3), fc.shuffledSubarray(packed, { minLength: 4 }), (a, places) => {
        new Uint32Array(field.memory.buffer, AT, 4).set(places);
        put(A, a);
        field.scatter(AT, 8, A);
        for (const [lane, at] of places.entries())
          expect([...new Int16Array(field.memory.buffer, at + 8, 20)]).toEqual(a[lane]);
        field.gather(R, AT, 8);
        expect(lanesAt(R)).toEqual(a);
      }),
    );
  });

  it('packs what the field of one value has, and gives it back', () => {
    const bound = 2 ** 28 + 2 ** 17; // R of field.ts
    const limb = fc.oneof(fc.constantFrom(bound, -bound, 0), fc.integer({ min: -bound, max: bound }));
    fc.assert(
      fc.property(fc.array(limb, { minLength: 9, maxLength: 9 }), (a) => {
        new Int32Array(field.memory.buffer, A, 9).set(a);
        field.pack(B, A);
        const limbs = [...new Int16Array(field.memory.buffer, B, 20)];
        for (const one of limbs) expect(Math.abs(one)).toBeLessThanOrEqual(REDUCED);
        expect(valueOf(limbs)).toBe(valueOf(a, 29));
        unpacks(limbs);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(lanes(1), (a) => {
        for (const limbs of a) unpacks(limbs);
      }),
    );
    function unpacks(limbs: readonly number[]): void {
      new Int16Array(field.memory.buffer, B, 20).set(limbs);
      field.unpack(R, B);
      const result = [...new Int32Array(field.memory.buffer, R, 9)];
      for (const one of result) expect(Math.abs(one)).toBeLessThanOrEqual(bound);
      expect(valueOf(result, 29)).toBe(valueOf(limbs));
    }
  });
});

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base];
  for (let k = exponent; k > 0n; k >>= 1n) {
    if (k & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}
