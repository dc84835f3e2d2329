/**
 * Both kernels, with SIMD and without, against @noble/curves and libsodium, job by job: KERNEL_JOBS of them, 5,000 unless
 * `npm run soak` asks for more.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { ED25519_ORDER, printEd25519 } from '../../../src/crypto/ed25519-text.js';
import { ed25519Sodium } from '../../../src/crypto/ed25519-sodium.js';
import type { Element, Group } from '../../../src/crypto/group.js';
import { kernelModule } from '../../../src/crypto/kernel-file.js';
import { Kernel, type Job, type Outcome, type Work } from '../../../src/crypto/kernel/kernel.js';
import { nativeSodium } from '../../../src/crypto/server-groups.js';

const JOBS = Number(process.env['KERNEL_JOBS'] ?? 5_000);
const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const q = ED25519_ORDER;
const p = 2n ** 255n - 19n;

/** The torsion group: multiples of a point of order eight (RFC 8032 has none; this is libsodium's list). */
const eighth = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
const torsion = Array.from({ length: 7 }, (_, i) => eighth.multiplyUnsafe(BigInt(i + 1)));

const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const uniform = () => number(randomBytes(48)) % q;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

const pattern = (byte: string) => BigInt(`0x${byte.repeat(32)}`) % q;
const extremes = [
  ...[0n, 1n, 2n, 3n, 7n, 8n, 9n, 127n, 128n, 129n, 255n, 256n, q - 1n, q - 2n, q - 128n, (q - 1n) / 2n],
  ...['80', '7f', '81', 'ff', '88', '77', '11', '0f', 'f0', '55', 'aa'].map(pattern),
  ...Array.from({ length: 253 }, (_, i) => 2n ** BigInt(i)),
  ...Array.from({ length: 8 }, (_, i) => 2n ** BigInt(32 * i) - 1n),
  2n ** 252n - 1n,
];

function scalar(): bigint {
  return randomInt(3) === 0 ? (extremes[randomInt(extremes.length)] as bigint) : uniform();
}

/** A member of the group: the odd ones more often than chance would. */
function member(key: Point): Point {
  const special = [Point.BASE, Point.BASE.negate(), Point.BASE.double(), Point.ZERO, key, key.negate()];
  if (randomInt(8) === 0) return special[randomInt(special.length)] as Point;
  return Point.BASE.multiplyUnsafe(uniform());
}

/** What is no member, of every kind, with the state that the kernel must give it. */
function strangers(): { kind: string; bytes: Uint8Array; states: readonly number[] }[] {
  const found: { kind: string; bytes: Uint8Array; states: readonly number[] }[] = [];
  const add = (kind: string, bytes: Uint8Array, ...states: number[]) => found.push({ kind, bytes, states });
  for (const point of torsion) add('small order', point.toBytes(), 3);
  for (const point of torsion)
    add('mixed order', point.add(Point.BASE.multiplyUnsafe(uniform())).toBytes(), 3);
  for (let d = 0n; d < 19n; d++) add('y not below p', littleEndian(p + d), 1);
  for (let d = 0n; d < 19n; d++) add('y not below p, signed', littleEndian(p + d + 2n ** 255n), 1);
  add('x = 0 with the sign of a negative', littleEndian(1n + 2n ** 255n), 1);
  add('x = 0 with the sign of a negative, y = -1', littleEndian(p - 1n + 2n ** 255n), 1);
  add('all ones', new Uint8Array(32).fill(255), 1);
  add('zero', new Uint8Array(32), 3); // y = 0 has order four
  for (let i = 0; i < 40; i++) {
    const bytes = new Uint8Array(randomBytes(32));
    bytes[31] = (bytes[31] as number) & 0xbf; // surely below p
    const point = decoded(bytes);
    if (point === undefined) add('off the curve', bytes, 2);
    else if (!point.isTorsionFree()) add('outside the subgroup', bytes, 3);
  }
  return found;
}

function decoded(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

const print = (point: Point) => printEd25519(point.toBytes());

describe('the kernel, with SIMD and without', () => {
  let kernels: Kernel[];
  let sodium: Group;
  beforeAll(async () => {
    kernels = [
      await Kernel.start(await kernelModule(false), 3),
      await Kernel.start(await kernelModule(true), 3),
    ];
    sodium = ed25519Sodium(await nativeSodium());
  });

  /** What both say, which must be the same. */
  function compute(key: Point, work: Work): Outcome {
    const [plain, simd] = kernels.map((kernel) => kernel.compute(print(key), key.toBytes(), work)) as [
      Outcome,
      Outcome,
    ];
    expect([...simd.states]).toEqual([...plain.states]);
    expect(simd.results).toEqual(plain.results);
    return simd;
  }

  /** The same by @noble/curves and by libsodium. */
  function expected(key: Point, base: Point, { c = 0n, g = 0n, y = 0n }: Job): string {
    const noble = base.multiplyUnsafe(c).add(Point.BASE.multiplyUnsafe(g)).add(key.multiplyUnsafe(y));
    const own = (point: Point): Element => sodium.parse(print(point), 'x');
    const other = sodium.mul(sodium.mul(sodium.exp(own(base), c), sodium.g.exp(g)), sodium.exp(own(key), y));
    expect(sodium.print(other)).toBe(print(noble));
    return print(noble);
  }

  it(
    `computes ${JOBS} jobs as @noble/curves and libsodium do, in batches of all sizes`,
    () => {
      for (let done = 0; done < JOBS;) {
        const key = Point.BASE.multiplyUnsafe(uniform() || 1n);
        for (let batch = 0; batch < 25 && done < JOBS; batch++) {
          const points = Array.from({ length: 1 + randomInt(9) }, () => member(key));
          const from = randomInt(points.length);
          const to = from + randomInt(points.length - from + 1);
          const sums = randomInt(2) === 0 ? [] : [[from, to] as const, [0, points.length] as const];
          const jobs = Array.from({ length: 1 + randomInt(20) }, (): Job => ({
            base: sums.length > 0 && randomInt(4) === 0 ? ~randomInt(2) : randomInt(points.length),
            ...(randomInt(8) > 0 && { c: scalar() }),
            ...(randomInt(3) > 0 && { g: scalar() }),
            ...(randomInt(3) > 0 && { y: scalar() }),
          }));
          const bytes = points.map((point) => point.toBytes());
          const { states, results } = compute(key, { points: bytes, sums, jobs });
          expect([...states]).toEqual(points.map(() => 0));
          const totals = sums.map(([lo, hi]) =>
            points.slice(lo, hi).reduce((sum, point) => sum.add(point), Point.ZERO),
          );
          for (const [i, job] of jobs.entries()) {
            const base = job.base < 0 ? (totals[~job.base] as Point) : (points[job.base] as Point);
            expect(results[i]).toBe(expected(key, base, job));
          }
          for (const [i, total] of totals.entries()) expect(results[jobs.length + i]).toBe(print(total));
          done += jobs.length;
        }
      }
    },
    180_000 + JOBS * 20,
  );

  it('refuses every kind of bad point, as both others do, and goes on with the good ones beside it', () => {
    const key = Point.BASE.multiplyUnsafe(uniform());
    for (let round = 0; round < Math.ceil(JOBS / 2_000); round++) {
      for (const { kind, bytes, states: allowed } of strangers()) {
        const good = member(key);
        const c = scalar();
        const jobs = [
          { base: 0, c },
          { base: 1, c, g: 5n },
          { base: 2, c, y: 7n },
          { base: ~0, c },
        ];
        const points = [good.toBytes(), bytes, good.toBytes()];
        const { states, results } = compute(key, { points, sums: [[0, 1]], jobs });
        expect({ kind, states: [...states] }).toEqual({ kind, states: [0, allowed[0], 0] });
        expect(decoded(bytes)?.isTorsionFree() ?? false).toBe(false);
        expect(() => sodium.parse(printEd25519(bytes), 'x')).toThrow();
        expect(results[0]).toBe(print(good.multiplyUnsafe(c)));
        expect(results[2]).toBe(print(good.multiplyUnsafe(c).add(key.multiplyUnsafe(7n))));
        expect(results[3]).toBe(results[0]);
      }
    }
  });

  it('keeps the tables of the keys met last, also when a key from outside the group comes between', () => {
    const keys = Array.from({ length: 5 }, () => Point.BASE.multiplyUnsafe(uniform()));
    const refused = strangers();
    const triple = (bytes: Uint8Array) => ({ points: [bytes], sums: [], jobs: [{ base: 0, y: 3n }] });
    for (let i = 0; i < 100; i++) {
      const key = keys[randomInt(keys.length)] as Point;
      const { results } = compute(key, triple(key.toBytes()));
      expect(results[0]).toBe(print(key.multiplyUnsafe(3n)));
      const { bytes } = refused[randomInt(refused.length)] as { bytes: Uint8Array };
      const work = triple(key.toBytes());
      for (const kernel of [...kernels, ...kernels])
        expect(() => kernel.compute(printEd25519(bytes), bytes, work)).toThrow(RangeError);
    }
  });
});
