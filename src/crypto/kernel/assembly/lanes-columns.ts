/**
 * The columns of a product in four lanes: column k is the sum of a[i] b[k - i], and the product the sum of
 * column[k] * 2^(13 k), for k from 0 to 38. `lanes-field.ts` has the limbs and their bounds, `lanes-reduce.ts` the rest.
 *
 * V8 moves loads and stores past each other never, and all else as it likes: an operand that is loaded once and stays in a
 * register for five columns, and a store for each column, keep what is alive to twelve vectors, of fifteen registers.
 */

/** 39 vectors. */
export const columns = memory.data(39 * 16, 16);

/** The factor b as the columns need it: for each j from 0 to 20 the pair (b[j], b[j - 1]), where b[-1] = b[20] = 0. */
const turned = memory.data(21 * 16, 16);

/** Turns b, or 2b: the pair (a[2i], a[2i + 1]) times the turned pair j belongs to column 2i + j. */
export function turn(b: usize): void {
  turnPairs(b, false);
}
export function turnTwice(b: usize): void {
  turnPairs(b, true);
}

@inline
function turnPairs(b: usize, twice: bool): void {
  let last = turnPair(0, b, i32x4.splat(0), twice);
  last = turnPair(1, b, last, twice);
  last = turnPair(2, b, last, twice);
  last = turnPair(3, b, last, twice);
  last = turnPair(4, b, last, twice);
  last = turnPair(5, b, last, twice);
  last = turnPair(6, b, last, twice);
  last = turnPair(7, b, last, twice);
  last = turnPair(8, b, last, twice);
  last = turnPair(9, b, last, twice);
  v128.store(turned, highOf(i32x4.splat(0), last), 20 * 16);
}

/** Turned pairs 2i and 2i + 1, from the pair i and the one before it. */
@inline
function turnPair(i: usize, b: usize, last: v128, twice: bool): v128 {
  const half = v128.load(b + (i << 4));
  const pair = twice ? i16x8.add(half, half) : half;
  v128.store(turned + (i << 5), highOf(pair, last));
  v128.store(turned + (i << 5), v128.shuffle<i16>(pair, pair, 1, 0, 3, 2, 5, 4, 7, 6), 16);
  return pair;
}

/** `low` with the high halves of `high`. */
@inline function highOf(low: v128, high: v128): v128 {
  return v128.shuffle<i16>(low, high, 0, 9, 2, 11, 4, 13, 6, 15);
}
@inline function pair(j: usize): v128 { return v128.load(turned + (j << 4)); }

/** a[2i] b[j] + a[2i + 1] b[j - 1] in each lane; and the sum of two to five of these. */
@inline function dot(a: v128, t: v128): v128 { return i32x4.dot_i16x8_s(a, t); }
@inline function two(a: v128, t: v128, b: v128, u: v128): v128 { return i32x4.add(dot(a, t), dot(b, u)); }
@inline function three(a: v128, t: v128, b: v128, u: v128, c: v128, v: v128): v128 {
  return i32x4.add(two(a, t, b, u), dot(c, v));
}
@inline function four(a: v128, t: v128, b: v128, u: v128, c: v128, v: v128, d: v128, w: v128): v128 {
  return i32x4.add(three(a, t, b, u, c, v), dot(d, w));
}
@inline function five(
  a: v128, t: v128, b: v128, u: v128, c: v128, v: v128, d: v128, w: v128, e: v128, x: v128,
): v128 {
  return i32x4.add(four(a, t, b, u, c, v, d, w), dot(e, x));
}

/** Column k from `at` on. The second half of a factor is ten columns on, and adds to the nineteen that the first one left. */
@inline function put(at: usize, k: usize, first: bool, sum: v128): void {
  const to = at + (k << 4);
  v128.store(to, first || k > 18 ? sum : i32x4.add(sum, v128.load(to)));
}

/** The columns of a b, for the b turned last. 210 dot products. */
export function multiplyColumns(a: usize): void {
  multiplyHalf(columns, a, true);
  multiplyHalf(columns + 160, a + 80, false);
}

@inline
function multiplyHalf(at: usize, a: usize, first: bool): void {
  const a0 = v128.load(a), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48), a4 = v128.load(a, 64);
  const t0 = pair(0); put(at, 0, first, dot(a0, t0));
  const t2 = pair(2); put(at, 2, first, two(a0, t2, a1, t0));
  const t4 = pair(4); put(at, 4, first, three(a0, t4, a1, t2, a2, t0));
  const t6 = pair(6); put(at, 6, first, four(a0, t6, a1, t4, a2, t2, a3, t0));
  const t8 = pair(8); put(at, 8, first, five(a0, t8, a1, t6, a2, t4, a3, t2, a4, t0));
  const t10 = pair(10); put(at, 10, first, five(a0, t10, a1, t8, a2, t6, a3, t4, a4, t2));
  const t12 = pair(12); put(at, 12, first, five(a0, t12, a1, t10, a2, t8, a3, t6, a4, t4));
  const t14 = pair(14); put(at, 14, first, five(a0, t14, a1, t12, a2, t10, a3, t8, a4, t6));
  const t16 = pair(16); put(at, 16, first, five(a0, t16, a1, t14, a2, t12, a3, t10, a4, t8));
  const t18 = pair(18); put(at, 18, first, five(a0, t18, a1, t16, a2, t14, a3, t12, a4, t10));
  const t20 = pair(20); put(at, 20, first, five(a0, t20, a1, t18, a2, t16, a3, t14, a4, t12));
  put(at, 22, first, four(a1, t20, a2, t18, a3, t16, a4, t14));
  put(at, 24, first, three(a2, t20, a3, t18, a4, t16));
  put(at, 26, first, two(a3, t20, a4, t18));
  put(at, 28, first, dot(a4, t20));
  const t1 = pair(1); put(at, 1, first, dot(a0, t1));
  const t3 = pair(3); put(at, 3, first, two(a0, t3, a1, t1));
  const t5 = pair(5); put(at, 5, first, three(a0, t5, a1, t3, a2, t1));
  const t7 = pair(7); put(at, 7, first, four(a0, t7, a1, t5, a2, t3, a3, t1));
  const t9 = pair(9); put(at, 9, first, five(a0, t9, a1, t7, a2, t5, a3, t3, a4, t1));
  const t11 = pair(11); put(at, 11, first, five(a0, t11, a1, t9, a2, t7, a3, t5, a4, t3));
  const t13 = pair(13); put(at, 13, first, five(a0, t13, a1, t11, a2, t9, a3, t7, a4, t5));
  const t15 = pair(15); put(at, 15, first, five(a0, t15, a1, t13, a2, t11, a3, t9, a4, t7));
  const t17 = pair(17); put(at, 17, first, five(a0, t17, a1, t15, a2, t13, a3, t11, a4, t9));
  const t19 = pair(19); put(at, 19, first, five(a0, t19, a1, t17, a2, t15, a3, t13, a4, t11));
  put(at, 21, first, four(a1, t19, a2, t17, a3, t15, a4, t13));
  put(at, 23, first, three(a2, t19, a3, t17, a4, t15));
  put(at, 25, first, two(a3, t19, a4, t17));
  put(at, 27, first, dot(a4, t19));
}

/**
 * The columns of a^2, for the a of which twice was turned last. A product of two different limbs counts twice; so the pairs
 * of a before the middle one of a column stand for those after it. Of the middle one, a[2n]^2 and a[2n + 1]^2 count once:
 * `low` and `lessHigh` leave what is to be counted. 120 dot products.
 */
export function squareColumns(a: usize): void {
  squareLower(a);
  squareUpper(a);
}

/** (t[0], 0) and (t[0], t[1] - a[1]). */
@inline function low(t: v128): v128 { return v128.and(t, i32x4.splat(0xffff)); }
@inline function lessHigh(t: v128, a: v128): v128 { return i16x8.sub(t, highOf(i32x4.splat(0), a)); }

@inline
function squareLower(a: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48), a4 = v128.load(a, 64);
  put(columns, 0, true, dot(a0, low(a0)));
  const t2 = pair(2); put(columns, 2, true, dot(a0, lessHigh(t2, a0)));
  const t4 = pair(4); put(columns, 4, true, two(a0, t4, a1, low(a1)));
  const t6 = pair(6); put(columns, 6, true, two(a0, t6, a1, lessHigh(t4, a1)));
  const t8 = pair(8); put(columns, 8, true, three(a0, t8, a1, t6, a2, low(a2)));
  const t10 = pair(10); put(columns, 10, true, three(a0, t10, a1, t8, a2, lessHigh(t6, a2)));
  const t12 = pair(12); put(columns, 12, true, four(a0, t12, a1, t10, a2, t8, a3, low(a3)));
  const t14 = pair(14); put(columns, 14, true, four(a0, t14, a1, t12, a2, t10, a3, lessHigh(t8, a3)));
  const t16 = pair(16); put(columns, 16, true, five(a0, t16, a1, t14, a2, t12, a3, t10, a4, low(a4)));
  const t18 = pair(18); put(columns, 18, true, five(a0, t18, a1, t16, a2, t14, a3, t12, a4, lessHigh(t10, a4)));
  const t20 = pair(20); put(columns, 20, true, five(a0, t20, a1, t18, a2, t16, a3, t14, a4, t12));
  put(columns, 22, true, four(a1, t20, a2, t18, a3, t16, a4, t14));
  put(columns, 24, true, three(a2, t20, a3, t18, a4, t16));
  put(columns, 26, true, two(a3, t20, a4, t18));
  put(columns, 28, true, dot(a4, t20));
  const t1 = pair(1); put(columns, 1, true, dot(a0, low(t1)));
  const t3 = pair(3); put(columns, 3, true, dot(a0, t3));
  const t5 = pair(5); put(columns, 5, true, two(a0, t5, a1, low(t3)));
  const t7 = pair(7); put(columns, 7, true, two(a0, t7, a1, t5));
  const t9 = pair(9); put(columns, 9, true, three(a0, t9, a1, t7, a2, low(t5)));
  const t11 = pair(11); put(columns, 11, true, three(a0, t11, a1, t9, a2, t7));
  const t13 = pair(13); put(columns, 13, true, four(a0, t13, a1, t11, a2, t9, a3, low(t7)));
  const t15 = pair(15); put(columns, 15, true, four(a0, t15, a1, t13, a2, t11, a3, t9));
  const t17 = pair(17); put(columns, 17, true, five(a0, t17, a1, t15, a2, t13, a3, t11, a4, low(t9)));
  const t19 = pair(19); put(columns, 19, true, five(a0, t19, a1, t17, a2, t15, a3, t13, a4, t11));
  put(columns, 21, true, four(a1, t19, a2, t17, a3, t15, a4, t13));
  put(columns, 23, true, three(a2, t19, a3, t17, a4, t15));
  put(columns, 25, true, two(a3, t19, a4, t17));
  put(columns, 27, true, dot(a4, t19));
}

@inline
function squareUpper(a: usize): void {
  const a5 = v128.load(a, 80), a6 = v128.load(a, 96), a7 = v128.load(a, 112), a8 = v128.load(a, 128), a9 = v128.load(a, 144);
  put(columns + 160, 10, false, dot(a5, low(a5)));
  const t12 = pair(12); put(columns + 160, 12, false, dot(a5, lessHigh(t12, a5)));
  const t14 = pair(14); put(columns + 160, 14, false, two(a5, t14, a6, low(a6)));
  const t16 = pair(16); put(columns + 160, 16, false, two(a5, t16, a6, lessHigh(t14, a6)));
  const t18 = pair(18); put(columns + 160, 18, false, three(a5, t18, a6, t16, a7, low(a7)));
  const t20 = pair(20); put(columns + 160, 20, false, three(a5, t20, a6, t18, a7, lessHigh(t16, a7)));
  put(columns + 160, 22, false, three(a6, t20, a7, t18, a8, low(a8)));
  put(columns + 160, 24, false, two(a7, t20, a8, lessHigh(t18, a8)));
  put(columns + 160, 26, false, two(a8, t20, a9, low(a9)));
  put(columns + 160, 28, false, dot(a9, lessHigh(t20, a9)));
  const t11 = pair(11); put(columns + 160, 11, false, dot(a5, low(t11)));
  const t13 = pair(13); put(columns + 160, 13, false, dot(a5, t13));
  const t15 = pair(15); put(columns + 160, 15, false, two(a5, t15, a6, low(t13)));
  const t17 = pair(17); put(columns + 160, 17, false, two(a5, t17, a6, t15));
  const t19 = pair(19); put(columns + 160, 19, false, three(a5, t19, a6, t17, a7, low(t15)));
  put(columns + 160, 21, false, two(a6, t19, a7, t17));
  put(columns + 160, 23, false, two(a7, t19, a8, low(t17)));
  put(columns + 160, 25, false, dot(a8, t19));
  put(columns + 160, 27, false, dot(a9, low(t19)));
}
