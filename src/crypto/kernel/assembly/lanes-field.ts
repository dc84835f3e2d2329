/**
 * The field of `field.ts` four times at once, for SIMD: p = 2^255 - 19, in variable time.
 *
 * An element is four values, one in each 32-bit lane, of twenty signed limbs of 13 bits: limb[2i] in the low half of
 * the lane, limb[2i + 1] in the high half, of the i-th of ten vectors (160 bytes). The value is the sum of
 * limb[i] * 2^(13 i), any representative modulo p. "Reduced" means |limb| <= R = 2^12 + 2, which every product leaves.
 * `add` and `subtract` never carry; "n terms" counts reduced elements in a sum, and each caller says how many.
 *
 * `i32x4.dot_i16x8_s` multiplies two pairs of limbs and adds both products, in each lane. A column of a product of m by
 * n terms is the sum of at most twenty such products, at most 20 m n R^2: for m n <= 4 below 2^30.33, and below 2^30.44
 * with what is folded onto it; a lane holds 2^31. A half of a lane holds 2^15: three terms fit, doubled or not.
 */
import { multiplyColumns, squareColumns, turn, turnTwice } from './lanes-columns';
import { reduce, reduceLess, reduceTwiceLess } from './lanes-reduce';

export { turn } from './lanes-columns';

/** Bytes of an element: ten vectors. */
export const LANES: usize = 160;

/** r = a + b, without carrying. */
export function add(r: usize, a: usize, b: usize): void {
  v128.store(r, i16x8.add(v128.load(a), v128.load(b)));
  v128.store(r, i16x8.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, i16x8.add(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(r, i16x8.add(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(r, i16x8.add(v128.load(a, 64), v128.load(b, 64)), 64);
  v128.store(r, i16x8.add(v128.load(a, 80), v128.load(b, 80)), 80);
  v128.store(r, i16x8.add(v128.load(a, 96), v128.load(b, 96)), 96);
  v128.store(r, i16x8.add(v128.load(a, 112), v128.load(b, 112)), 112);
  v128.store(r, i16x8.add(v128.load(a, 128), v128.load(b, 128)), 128);
  v128.store(r, i16x8.add(v128.load(a, 144), v128.load(b, 144)), 144);
}

/** r = a - b, without carrying. */
export function subtract(r: usize, a: usize, b: usize): void {
  v128.store(r, i16x8.sub(v128.load(a), v128.load(b)));
  v128.store(r, i16x8.sub(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, i16x8.sub(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(r, i16x8.sub(v128.load(a, 48), v128.load(b, 48)), 48);
  v128.store(r, i16x8.sub(v128.load(a, 64), v128.load(b, 64)), 64);
  v128.store(r, i16x8.sub(v128.load(a, 80), v128.load(b, 80)), 80);
  v128.store(r, i16x8.sub(v128.load(a, 96), v128.load(b, 96)), 96);
  v128.store(r, i16x8.sub(v128.load(a, 112), v128.load(b, 112)), 112);
  v128.store(r, i16x8.sub(v128.load(a, 128), v128.load(b, 128)), 128);
  v128.store(r, i16x8.sub(v128.load(a, 144), v128.load(b, 144)), 144);
}

/** r = small in each lane, for |small| <= R. */
export function set(r: usize, small: i32): void {
  memory.fill(r, 0, LANES);
  v128.store(r, i32x4.splat(small & 0xffff));
}

/** r = -r in the lanes where the vector at `where` is all ones, r where it is 0. */
export function negateWhere(r: usize, where: usize): void {
  const negative = v128.load(where);
  for (let i: usize = 0; i < LANES; i += 16) {
    v128.store(r + i, i16x8.sub(v128.xor(v128.load(r + i), negative), negative));
  }
}

/** r = a b, reduced. Terms of a times terms of b: at most 4. r may be a or b. */
export function multiply(r: usize, a: usize, b: usize): void {
  turn(b);
  times(r, a);
}

/** r = a b, reduced, for the b that `turn` had last. r may be a or that b. */
export function times(r: usize, a: usize): void {
  multiplyColumns(a);
  reduce(r);
}

/** r = a^2, reduced, for at most two terms. r may be a. */
export function square(r: usize, a: usize): void {
  turnTwice(a);
  squareColumns(a);
  reduce(r);
}

/** r = a^2 - b, reduced, for at most two terms of each. r may be a or b. */
export function squareLess(r: usize, a: usize, b: usize): void {
  turnTwice(a);
  squareColumns(a);
  reduceLess(r, b);
}

/** r = 2 a^2 - b, reduced, for a reduced a and at most two terms of b. r may be a or b. */
export function twiceSquareLess(r: usize, a: usize, b: usize): void {
  turnTwice(a);
  squareColumns(a);
  reduceTwiceLess(r, b);
}

function squareTimes(r: usize, a: usize, times: i32): void {
  square(r, a);
  for (let i = 1; i < times; i++) square(r, r);
}

/** Scratch of the chain below: three elements. */
const chain = memory.data(3 * 160, 16);

/** r = a^((p - 5) / 8) = a^(2^252 - 3), by the chain of `powerForRoot` in `field.ts`. a is reduced; r is not a. */
export function powerForRoot(r: usize, a: usize): void {
  const t = chain, u = chain + LANES, v = chain + 2 * LANES;
  square(t, a); // 2
  squareTimes(u, t, 2); // 8
  multiply(u, a, u); // 9
  multiply(v, t, u); // 11
  square(t, v); // 22
  multiply(v, u, t); // 2^5 - 1
  squareTimes(t, v, 5);
  multiply(v, t, v); // 2^10 - 1
  squareTimes(t, v, 10);
  multiply(t, t, v); // 2^20 - 1
  squareTimes(u, t, 20);
  multiply(t, u, t); // 2^40 - 1
  squareTimes(t, t, 10);
  multiply(v, t, v); // 2^50 - 1
  squareTimes(t, v, 50);
  multiply(t, t, v); // 2^100 - 1
  squareTimes(u, t, 100);
  multiply(t, u, t); // 2^200 - 1
  squareTimes(t, t, 50);
  multiply(v, t, v); // 2^250 - 1
  squareTimes(v, v, 2);
  multiply(r, v, a); // 2^252 - 3
}
