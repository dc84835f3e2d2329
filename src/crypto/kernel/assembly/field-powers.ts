/** Powers in the field: inverses and square roots. */
import { multiply, SIZE, square } from './field';

/** r = a^(2^times). */
export function squareTimes(r: usize, a: usize, times: i32): void {
  square(r, a);
  for (let i = 1; i < times; i++) square(r, r);
}

/** Scratch of the chains below: three elements. */
const chain = memory.data(3 * 36);

/**
 * r = a^(2^250 - 1), and a^11 in `a11`: what both exponents below begin with (the usual chain of curve25519, 249 S
 * and 10 M, as in the reference code of Bernstein).
 */
function powerOf250(r: usize, a11: usize, a: usize): void {
  const t = chain, u = chain + SIZE;
  square(t, a); // 2
  squareTimes(u, t, 2); // 8
  multiply(u, a, u); // 9
  multiply(a11, t, u); // 11
  square(t, a11); // 22
  multiply(r, u, t); // 2^5 - 1
  squareTimes(t, r, 5);
  multiply(r, t, r); // 2^10 - 1
  squareTimes(t, r, 10);
  multiply(t, t, r); // 2^20 - 1
  squareTimes(u, t, 20);
  multiply(t, u, t); // 2^40 - 1
  squareTimes(t, t, 10);
  multiply(r, t, r); // 2^50 - 1
  squareTimes(t, r, 50);
  multiply(t, t, r); // 2^100 - 1
  squareTimes(u, t, 100);
  multiply(t, u, t); // 2^200 - 1
  squareTimes(t, t, 50);
  multiply(r, t, r); // 2^250 - 1
}

/** r = a^(p - 2) = 1/a (Fermat); 0 for 0. r is not a. */
export function invert(r: usize, a: usize): void {
  const a11 = chain + 2 * SIZE;
  powerOf250(r, a11, a);
  squareTimes(r, r, 5);
  multiply(r, r, a11); // 2^255 - 32 + 11 = p - 2
}

/** r = a^((p - 5) / 8) = a^(2^252 - 3): the candidate of a square root (RFC 8032 5.1.3). r is not a. */
export function powerForRoot(r: usize, a: usize): void {
  const a11 = chain + 2 * SIZE;
  powerOf250(r, a11, a);
  squareTimes(r, r, 2);
  multiply(r, r, a);
}
