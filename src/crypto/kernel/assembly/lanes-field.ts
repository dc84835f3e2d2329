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

/** Bytes of an element: ten vectors. */
export const LANES: usize = 160;

/** Bytes of one value of an element by itself: its twenty limbs, as gathered and scattered. */
export const PACKED: usize = 40;

/** 2^260 modulo p: 2^255 is 19, and 2^5 * 19 = 608. */
const FOLD: i32 = 608;

@inline function mask(): v128 { return i32x4.splat(8191); }
@inline function half(): v128 { return i32x4.splat(4096); }
@inline function halves(): v128 { return i16x8.splat(4096); }
@inline function lowHalf(): v128 { return i32x4.splat(0xffff); }

/** r = a + b, without carrying. */
export function add(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < LANES; i += 16) v128.store(r + i, i16x8.add(v128.load(a + i), v128.load(b + i)));
}

/** r = a - b, without carrying. */
export function subtract(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < LANES; i += 16) v128.store(r + i, i16x8.sub(v128.load(a + i), v128.load(b + i)));
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

/** The factor b as columns need it: for each j in 0..20 the pair (b[j], b[j - 1]), where b[-1] = b[20] = 0. */
const turned = memory.data(21 * 16, 16);

/** Turns b, for the `times` that follow: a pair (a[2i], a[2i + 1]) and the turned pair j meet in column 2i + j. */
export function turn(b: usize): void {
  let last = i32x4.splat(0);
  for (let i: usize = 0; i < 10; i++) {
    const pair = v128.load(b + (i << 4));
    last = turnPair(i, pair, last);
  }
  v128.store(turned + 20 * 16, blend(i32x4.splat(0), last));
}

/** The same of 2b. */
function turnTwice(b: usize): void {
  let last = i32x4.splat(0);
  for (let i: usize = 0; i < 10; i++) {
    const pair = v128.load(b + (i << 4));
    last = turnPair(i, i16x8.add(pair, pair), last);
  }
  v128.store(turned + 20 * 16, blend(i32x4.splat(0), last));
}

@inline function turnPair(i: usize, pair: v128, last: v128): v128 {
  v128.store(turned + (i << 5), blend(pair, last));
  v128.store(turned + (i << 5), v128.shuffle<i16>(pair, pair, 1, 0, 3, 2, 5, 4, 7, 6), 16);
  return pair;
}

/** The low halves of one, the high halves of the other. */
@inline function blend(low: v128, high: v128): v128 {
  return v128.shuffle<i16>(low, high, 0, 9, 2, 11, 4, 13, 6, 15);
}

@inline function turnedPair(j: i32): v128 { return v128.load(turned + (<usize>j << 4)); }
@inline function dot(a: v128, j: i32): v128 { return i32x4.dot_i16x8_s(a, turnedPair(j)); }

/** sum + a * turned[j], where there is such a j: known when compiled, so that nothing is left of the question. */
@inline function plus(sum: v128, a: v128, j: i32): v128 {
  if (j < 0 || j > 20) return sum;
  return i32x4.add(sum, dot(a, j));
}

/**
 * Column k of the product: the sum of a[i] b[k - i], by pairs of a. Loads and stores keep their order, so that V8, which
 * moves all else as it likes, keeps ten vectors of a in registers and one column at a time beside them.
 */
@inline function column(
  k: i32,
  a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, a9: v128,
): v128 {
  if (k > 20) {
    return plus(plus(plus(plus(plus(plus(plus(plus(dot(a9, k - 18), a1, k - 2), a2, k - 4), a3, k - 6),
      a4, k - 8), a5, k - 10), a6, k - 12), a7, k - 14), a8, k - 16);
  }
  return plus(plus(plus(plus(plus(plus(plus(plus(plus(dot(a0, k), a1, k - 2), a2, k - 4), a3, k - 6),
    a4, k - 8), a5, k - 10), a6, k - 12), a7, k - 14), a8, k - 16), a9, k - 18);
}

/** What is folded onto columns 0 to 19, with the half that makes their carries round. */
const folds = memory.data(20 * 16, 16);

/** From columns k + 20 and k + 19: 608 times the 13 low bits of the one and the carry of the other. */
@inline function fold(k: usize, high: v128, below: v128): void {
  const carried = i32x4.add(v128.and(high, mask()), i32x4.shr_s(below, 13));
  v128.store(folds + (k << 4), i32x4.add(i32x4.mul(carried, i32x4.splat(FOLD)), half()));
}
@inline function foldFirst(high: v128): void {
  v128.store(folds, i32x4.add(i32x4.mul(v128.and(high, mask()), i32x4.splat(FOLD)), half()));
}
@inline function foldLast(below: v128): void {
  v128.store(folds, i32x4.add(i32x4.mul(i32x4.shr_s(below, 13), i32x4.splat(FOLD)), half()), 19 * 16);
}
@inline function folded(k: usize, column: v128): v128 {
  return i32x4.add(column, v128.load(folds + (k << 4)));
}

@inline function carry(h: v128): v128 { return i32x4.shr_s(h, 13); }
@inline function rest(h: v128): v128 { return v128.and(h, mask()); }

/** Two limbs, each with the half that its carry rounded by, as pair i of r. */
@inline function pack(r: usize, i: usize, even: v128, odd: v128): void {
  v128.store(r + (i << 4), i16x8.sub(blend(even, i32x4.shl(odd, 16)), halves()));
}

/**
 * The end of a product: the carry out of limb 19 comes back to limb 0 times 608. It is below 2^17.44, so that what limb 0
 * carries into limb 1 is below 2^13.7, and limb 1 into limb 2 at most 2: hence R.
 */
@inline function close(r: usize, r0: v128, r1: v128, r2: v128, r3: v128, c: v128): void {
  const h0 = i32x4.add(r0, i32x4.mul(c, i32x4.splat(FOLD)));
  const h1 = i32x4.add(r1, carry(h0));
  pack(r, 0, rest(h0), rest(h1));
  pack(r, 1, i32x4.add(r2, carry(h1)), r3);
}

/** r = a b, reduced. Terms of a times terms of b: at most 4. r may be a or b. */
export function multiply(r: usize, a: usize, b: usize): void {
  turn(b);
  times(r, a);
}

/** r = a b, reduced, for the b that was turned last. r may be a or that b. 210 dot products. */
export function times(r: usize, a: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48), a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80), a6 = v128.load(a, 96), a7 = v128.load(a, 112), a8 = v128.load(a, 128), a9 = v128.load(a, 144);
  let below = column(20, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
  foldFirst(below);
  let high = column(21, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
  fold(1, high, below);
  below = column(22, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(2, below, high);
  high = column(23, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(3, high, below);
  below = column(24, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(4, below, high);
  high = column(25, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(5, high, below);
  below = column(26, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(6, below, high);
  high = column(27, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(7, high, below);
  below = column(28, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(8, below, high);
  high = column(29, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(9, high, below);
  below = column(30, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(10, below, high);
  high = column(31, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(11, high, below);
  below = column(32, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(12, below, high);
  high = column(33, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(13, high, below);
  below = column(34, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(14, below, high);
  high = column(35, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(15, high, below);
  below = column(36, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(16, below, high);
  high = column(37, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(17, high, below);
  below = column(38, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(18, below, high);
  foldLast(below);
  let h = folded(0, column(0, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9));
  const r0 = rest(h);
  h = i32x4.add(folded(1, column(1, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  const r1 = rest(h);
  h = i32x4.add(folded(2, column(2, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  const r2 = rest(h);
  h = i32x4.add(folded(3, column(3, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  const r3 = rest(h);
  h = i32x4.add(folded(4, column(4, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  let even = rest(h);
  h = i32x4.add(folded(5, column(5, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 2, even, rest(h));
  h = i32x4.add(folded(6, column(6, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(7, column(7, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 3, even, rest(h));
  h = i32x4.add(folded(8, column(8, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(9, column(9, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 4, even, rest(h));
  h = i32x4.add(folded(10, column(10, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(11, column(11, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 5, even, rest(h));
  h = i32x4.add(folded(12, column(12, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(13, column(13, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 6, even, rest(h));
  h = i32x4.add(folded(14, column(14, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(15, column(15, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 7, even, rest(h));
  h = i32x4.add(folded(16, column(16, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(17, column(17, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 8, even, rest(h));
  h = i32x4.add(folded(18, column(18, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  even = rest(h);
  h = i32x4.add(folded(19, column(19, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9)), carry(h));
  pack(r, 9, even, rest(h));
  close(r, r0, r1, r2, r3, carry(h));
}

/** sum + a * turned[k - 2i], for the pairs before the n-th. */
@inline function plusBefore(n: i32, i: i32, sum: v128, a: v128, k: i32): v128 {
  return i < n ? plus(sum, a, k - 2 * i) : sum;
}

/**
 * Column k of a^2, with 2a turned. Each product of two different limbs counts twice, so that the pairs before the middle
 * one, n = k / 4, stand for those after it; of the middle one, a[2n]^2 and a[2n + 1]^2 count once.
 */
@inline function squareColumn(
  k: i32,
  a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, a9: v128,
): v128 {
  const n = k >> 2;
  const a = n == 0 ? a0 : n == 1 ? a1 : n == 2 ? a2 : n == 3 ? a3 : n == 4 ? a4
    : n == 5 ? a5 : n == 6 ? a6 : n == 7 ? a7 : n == 8 ? a8 : a9;
  let sum: v128;
  if ((k & 3) == 0) sum = i32x4.dot_i16x8_s(a, v128.and(a, lowHalf()));
  else if ((k & 3) == 1) sum = i32x4.dot_i16x8_s(a, v128.and(turnedPair(2 * n + 1), lowHalf()));
  else if ((k & 3) == 2) sum = i32x4.dot_i16x8_s(a, i16x8.sub(turnedPair(2 * n + 2), v128.andnot(a, lowHalf())));
  else sum = dot(a, 2 * n + 3);
  sum = plusBefore(n, 0, sum, a0, k);
  sum = plusBefore(n, 1, sum, a1, k);
  sum = plusBefore(n, 2, sum, a2, k);
  sum = plusBefore(n, 3, sum, a3, k);
  sum = plusBefore(n, 4, sum, a4, k);
  sum = plusBefore(n, 5, sum, a5, k);
  sum = plusBefore(n, 6, sum, a6, k);
  sum = plusBefore(n, 7, sum, a7, k);
  return plusBefore(n, 8, sum, a8, k);
}

/** Column k of a^2 or 2a^2, folded, less limb k of `less` where there is one. */
@inline function settled(k: usize, column: v128, twice: bool, less: usize): v128 {
  let h = i32x4.add(column, v128.load(folds + (k << 4)));
  if (twice) h = i32x4.add(h, i32x4.sub(h, half()));
  if (less != 0) {
    const pair = v128.load(less + ((k >> 1) << 4));
    h = i32x4.sub(h, i32x4.shr_s((k & 1) == 0 ? i32x4.shl(pair, 16) : pair, 16));
  }
  return h;
}

@inline function squared(r: usize, a: usize, twice: bool, less: usize): void {
  turnTwice(a);
  const a0 = v128.load(a), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48), a4 = v128.load(a, 64);
  const a5 = v128.load(a, 80), a6 = v128.load(a, 96), a7 = v128.load(a, 112), a8 = v128.load(a, 128), a9 = v128.load(a, 144);
  let below = squareColumn(20, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
  foldFirst(below);
  let high = squareColumn(21, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
  fold(1, high, below);
  below = squareColumn(22, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(2, below, high);
  high = squareColumn(23, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(3, high, below);
  below = squareColumn(24, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(4, below, high);
  high = squareColumn(25, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(5, high, below);
  below = squareColumn(26, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(6, below, high);
  high = squareColumn(27, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(7, high, below);
  below = squareColumn(28, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(8, below, high);
  high = squareColumn(29, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(9, high, below);
  below = squareColumn(30, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(10, below, high);
  high = squareColumn(31, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(11, high, below);
  below = squareColumn(32, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(12, below, high);
  high = squareColumn(33, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(13, high, below);
  below = squareColumn(34, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(14, below, high);
  high = squareColumn(35, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(15, high, below);
  below = squareColumn(36, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(16, below, high);
  high = squareColumn(37, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(17, high, below);
  below = squareColumn(38, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9); fold(18, below, high);
  foldLast(below);
  let h = settled(0, squareColumn(0, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less);
  const r0 = rest(h);
  h = i32x4.add(settled(1, squareColumn(1, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  const r1 = rest(h);
  h = i32x4.add(settled(2, squareColumn(2, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  const r2 = rest(h);
  h = i32x4.add(settled(3, squareColumn(3, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  const r3 = rest(h);
  h = i32x4.add(settled(4, squareColumn(4, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  let even = rest(h);
  h = i32x4.add(settled(5, squareColumn(5, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 2, even, rest(h));
  h = i32x4.add(settled(6, squareColumn(6, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(7, squareColumn(7, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 3, even, rest(h));
  h = i32x4.add(settled(8, squareColumn(8, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(9, squareColumn(9, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 4, even, rest(h));
  h = i32x4.add(settled(10, squareColumn(10, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(11, squareColumn(11, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 5, even, rest(h));
  h = i32x4.add(settled(12, squareColumn(12, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(13, squareColumn(13, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 6, even, rest(h));
  h = i32x4.add(settled(14, squareColumn(14, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(15, squareColumn(15, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 7, even, rest(h));
  h = i32x4.add(settled(16, squareColumn(16, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(17, squareColumn(17, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 8, even, rest(h));
  h = i32x4.add(settled(18, squareColumn(18, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  even = rest(h);
  h = i32x4.add(settled(19, squareColumn(19, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9), twice, less), carry(h));
  pack(r, 9, even, rest(h));
  close(r, r0, r1, r2, r3, carry(h));
}

/** r = a^2, reduced, for at most two terms. r may be a. 120 dot products. */
export function square(r: usize, a: usize): void {
  squared(r, a, false, 0);
}

/** r = a^2 - b, reduced, for at most two terms of each. r may be a or b. */
export function squareLess(r: usize, a: usize, b: usize): void {
  squared(r, a, false, b);
}

/** r = 2 a^2 - b, reduced, for a reduced a and at most two terms of b. r may be a or b. */
export function twiceSquareLess(r: usize, a: usize, b: usize): void {
  squared(r, a, true, b);
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
