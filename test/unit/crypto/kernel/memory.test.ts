/** The memory of the kernel: laid out anew for each call, whatever the call before it needed. */
import { describe, expect, it } from '@jest/globals';
import { readEd25519 } from '../../../../src/crypto/ed25519-text.js';
import { kernelModule } from '../../../../src/crypto/kernel-file.js';
import { Kernel, type Job } from '../../../../src/crypto/kernel/kernel.js';
import { group } from '../forger.js';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  start(keySlots: number): void;
  reserve(points: number, sums: number, jobs: number): void;
}

const key = group.print(group.g.exp(77n));
const bytes = (text: string) => readEd25519(text, 'x');

describe.each([
  ['with SIMD', true],
  ['without', false],
])('the kernel %s', (_, simd) => {
  it('computes small and large works in any order, with the same instance', async () => {
    const kernel = await Kernel.start(await kernelModule(simd), 1);
    for (const size of [1, 5, 600, 2, 0, 4, 1_500, 3]) {
      const powers = Array.from({ length: size }, (_unused, i) => group.g.exp(BigInt(i + 1)));
      const points = powers.map((power) => bytes(group.print(power)));
      const jobs = powers.map((_power, i): Job => ({ base: size - 1 - i, c: 2n, g: BigInt(i), y: 3n }));
      const { states, results } = kernel.compute(key, bytes(key), { points, sums: [[0, size]], jobs });
      expect([...states]).toEqual(points.map(() => 0));
      const exponents = jobs.map((job, i) => 2n * BigInt(job.base + 1) + BigInt(i) + 3n * 77n);
      const sum = (BigInt(size) * BigInt(size + 1)) / 2n;
      expect(results).toEqual([...exponents, sum].map((k) => group.print(group.g.exp(k))));
    }
  });

  it('refuses a work whose addresses would wrap, and takes the next one', async () => {
    const instance = await WebAssembly.instantiate(await kernelModule(simd), {});
    const exports = instance.exports as unknown as Exports;
    exports.start(1);
    const before = exports.memory.buffer.byteLength;
    for (const [points, sums, jobs] of [
      [23_400_000, 0, 0], // 184 bytes each: a little more than 2^32
      [0, 11_600_000, 0],
      [0, 0, 12_300_000],
      [8_000_000, 8_000_000, 8_000_000],
      [-1, 0, 0],
    ] as const) {
      expect(() => {
        exports.reserve(points, sums, jobs);
      }).toThrow('unreachable');
    }
    expect(exports.memory.buffer.byteLength).toBe(before);
    exports.reserve(1_000, 10, 5_000);
    expect(exports.memory.buffer.byteLength).toBeGreaterThan(before);
  });
});
