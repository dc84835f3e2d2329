/** The field of the kernel by itself, limbs driven to their bounds, against integers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const p = 2n ** 255n - 19n;
const REDUCED = 2 ** 28 + 2 ** 17; // R of field.ts
const project = join(import.meta.dirname, '../../../..');

interface Field {
  readonly memory: { readonly buffer: ArrayBuffer };
  multiply(r: number, a: number, b: number): void;
  multiplySum(r: number, a: number, c: number, b: number): void;
  multiplyDifference(r: number, a: number, c: number, b: number): void;
  square(r: number, a: number): void;
  squareSum(r: number, a: number, b: number): void;
  add(r: number, a: number, b: number): void;
  subtract(r: number, a: number, b: number): void;
  carry(r: number, a: number): void;
  invert(r: number, a: number): void;
  powerForRoot(r: number, a: number): void;
  toBytes(out: number, a: number): void;
  fromBytes(r: number, bytes: number): void;
  isZero(a: number): number;
  isOdd(a: number): number;
}

const [A, B, C, R] = [40_000, 40_100, 40_200, 40_300]; // above what the module keeps for itself

let folder: string;
let field: Field;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'field-'));
  const sources = ['field', 'field-powers', 'field-bytes'].map((name) =>
    join(project, `src/crypto/kernel/assembly/${name}.ts`),
  );
  const options = ['--outFile', join(folder, 'field.wasm'), '--optimizeLevel', '3', '--noAssert'];
  const asc = join(project, 'node_modules/assemblyscript/bin/asc.js');
  await promisify(execFile)(process.execPath, [asc, ...sources, ...options, '--runtime', 'stub']);
  const module = await WebAssembly.compile(await readFile(join(folder, 'field.wasm')));
  field = (await WebAssembly.instantiate(module, {})).exports as unknown as Field;
});
afterAll(() => rm(folder, { recursive: true }));

function put(at: number, limbs: readonly number[]): void {
  new Int32Array(field.memory.buffer, at, 9).set(limbs);
}

function limbsAt(at: number): number[] {
  return [...new Int32Array(field.memory.buffer, at, 9)];
}

function valueOf(limbs: readonly number[]): bigint {
  const sum = limbs.reduce((total, limb, i) => total + BigInt(limb) * 2n ** BigInt(29 * i), 0n);
  return ((sum % p) + p) % p;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base];
  for (let k = exponent; k > 0n; k >>= 1n) {
    if (k & 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/** Nine limbs of so many terms: the bounds and their neighbours more often than chance would. */
function limbs(terms: number): fc.Arbitrary<number[]> {
  const bound = terms * REDUCED;
  const edge = fc.constantFrom(bound, -bound, bound - 1, 1 - bound, 0, 1, -1);
  const any = fc.integer({ min: -bound, max: bound });
  const mixed = fc.array(fc.oneof(edge, any), { minLength: 9, maxLength: 9 });
  const all = fc.constantFrom(bound, -bound).map((limb) => Array<number>(9).fill(limb));
  const turns = fc
    .constantFrom(bound, -bound)
    .map((limb) => Array.from({ length: 9 }, (_, i) => (i % 2 ? limb : -limb)));
  return fc.oneof(mixed, all, turns);
}

function reducedResult(): bigint {
  const result = limbsAt(R);
  for (const limb of result) expect(Math.abs(limb)).toBeLessThanOrEqual(REDUCED);
  return valueOf(result);
}

function bytesAt(at: number): bigint {
  const bytes = new Uint8Array(field.memory.buffer, at, 32);
  return bytes.reduceRight((total, byte) => total * 256n + BigInt(byte), 0n);
}

describe('the field of the kernel', () => {
  // every pair of counts of terms whose product is at most 12, the largest that point.ts makes
  for (const [m, n] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 4],
    [4, 3],
    [4, 2],
    [2, 4],
  ] as const) {
    it(`multiplies ${m} terms by ${n}`, () => {
      fc.assert(
        fc.property(limbs(m), limbs(n), (a, b) => {
          put(A, a);
          put(B, b);
          field.multiply(R, A, B);
          expect(reducedResult()).toBe((valueOf(a) * valueOf(b)) % p);
        }),
        { numRuns: 2_000 },
      );
    });
  }

  it('squares three terms, and carries four', () => {
    fc.assert(
      fc.property(limbs(3), limbs(4), (a, b) => {
        put(A, a);
        field.square(R, A);
        expect(reducedResult()).toBe(valueOf(a) ** 2n % p);
        put(A, b);
        field.carry(R, A);
        expect(reducedResult()).toBe(valueOf(b));
      }),
      { numRuns: 3_000 },
    );
  });

  it('multiplies and squares sums and differences that it never writes down', () => {
    fc.assert(
      fc.property(limbs(1), limbs(2), limbs(2), (a, b, c) => {
        put(A, b);
        put(B, a);
        put(C, c);
        field.multiplySum(R, A, B, C); // 3 terms by 2
        expect(reducedResult()).toBe(((valueOf(b) + valueOf(a)) * valueOf(c)) % p);
        field.multiplyDifference(R, A, B, C);
        expect(reducedResult()).toBe(((valueOf(b) - valueOf(a) + p) * valueOf(c)) % p);
        field.squareSum(R, A, B);
        expect(reducedResult()).toBe((valueOf(b) + valueOf(a)) ** 2n % p);
        field.multiplySum(C, A, B, C); // onto an operand
        put(R, limbsAt(C));
        expect(reducedResult()).toBe(((valueOf(b) + valueOf(a)) * valueOf(c)) % p);
      }),
      { numRuns: 2_000 },
    );
  });

  it('adds and subtracts to four terms without a carry', () => {
    fc.assert(
      fc.property(limbs(2), limbs(2), (a, b) => {
        put(A, a);
        put(B, b);
        field.add(R, A, B);
        expect(limbsAt(R)).toEqual(a.map((limb, i) => limb + (b[i] as number)));
        field.subtract(R, A, B);
        expect(limbsAt(R)).toEqual(a.map((limb, i) => limb - (b[i] as number)));
      }),
    );
  });

  it('writes the one value below p, and says whether it is zero or odd', () => {
    const multiples = Array.from({ length: 64 }, (_, i) => p * BigInt(i - 32));
    const near = multiples.flatMap((k) =>
      [-20n, -2n, -1n, 0n, 1n, 18n, 19n, 20n].map((d) => signedLimbs(k + d)),
    );
    for (const a of near) writes(a);
    fc.assert(fc.property(limbs(1), writes), { numRuns: 3_000 });
  });

  function writes(a: readonly number[]): void {
    put(A, a);
    field.toBytes(R, A);
    const value = valueOf(a);
    expect(bytesAt(R)).toBe(value);
    expect(field.isZero(A) !== 0).toBe(value === 0n);
    expect(field.isOdd(A) !== 0).toBe(value % 2n === 1n);
  }

  it('reads 255 bits, and leaves out the sign', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        new Uint8Array(field.memory.buffer).set(bytes, A);
        field.fromBytes(R, A);
        const value = bytes.reduceRight((total, byte) => total * 256n + BigInt(byte), 0n);
        expect(reducedResult()).toBe((value % 2n ** 255n) % p);
      }),
    );
  });

  it('inverts, and raises to (p - 5) / 8', () => {
    fc.assert(
      fc.property(limbs(1), (a) => {
        put(A, a);
        field.invert(R, A);
        expect(reducedResult()).toBe(power(valueOf(a), p - 2n));
        field.powerForRoot(R, A);
        expect(reducedResult()).toBe(power(valueOf(a), (p - 5n) / 8n));
      }),
      { numRuns: 200 },
    );
  });
});

/** Limbs of an integer as a rounding carry leaves them, for |value| below 2^260. */
function signedLimbs(value: bigint): number[] {
  let rest = value;
  return Array.from({ length: 9 }, (_, i) => {
    const limb = i === 8 ? rest : BigInt.asIntN(29, rest);
    rest = (rest - limb) >> 29n;
    return Number(limb);
  });
}
