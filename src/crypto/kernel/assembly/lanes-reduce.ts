/** The end of a product in four lanes: its 39 columns, folded and carried, become twenty reduced limbs. */
import { columns } from './lanes-columns';

/** 2^260 modulo p: 2^255 is 19, and 2^5 * 19 = 608. */
const FOLD: i32 = 608;

@inline function column(k: usize): v128 { return v128.load(columns + (k << 4)); }
@inline function carry(h: v128): v128 { return i32x4.shr_s(h, 13); }
@inline function rest(h: v128): v128 { return v128.and(h, i32x4.splat(8191)); }
@inline function times608(h: v128): v128 { return i32x4.mul(h, i32x4.splat(FOLD)); }
/** 2^12, so that a carry rounds, in one limb and in a pair. */
@inline function half(): v128 { return i32x4.splat(4096); }
@inline function halves(): v128 { return i16x8.splat(4096); }

/** r = the product whose columns are there. */
export function reduce(r: usize): void {
  reduceTo(r, false, 0);
}

/** r = the product, less b. */
export function reduceLess(r: usize, b: usize): void {
  reduceTo(r, false, b);
}

/** r = twice the product, less b. */
export function reduceTwiceLess(r: usize, b: usize): void {
  reduceTo(r, true, b);
}

/**
 * Limb k before it is carried on: column k, and 608 times what is in column k + 20 below 2^13 and in column k + 19 above. For
 * columns below 2^30.33 (`lanes-field.ts`) that is below 2^30.44; twice a product of reduced limbs is below 2^29.5.
 */
@inline function limb(k: usize, folded: v128, twice: bool, less: usize): v128 {
  let h = i32x4.add(column(k), times608(folded));
  if (twice) h = i32x4.add(h, h);
  if (less != 0) {
    const pair = v128.load(less + ((k >> 1) << 4));
    h = i32x4.sub(h, i32x4.shr_s((k & 1) == 0 ? i32x4.shl(pair, 16) : pair, 16));
  }
  return i32x4.add(h, half());
}

/** Two limbs, each with the half that its carry rounded by, as pair i of r. */
@inline function pack(r: usize, i: usize, even: v128, odd: v128): void {
  const pair = v128.shuffle<i16>(even, i32x4.shl(odd, 16), 0, 9, 2, 11, 4, 13, 6, 15);
  v128.store(r + (i << 4), i16x8.sub(pair, halves()));
}

/**
 * One sweep of rounding carries. What limb 19 carries, below 2^17.5, comes back to limb 0 times 608; limb 0 then carries less
 * than 2^13.8 into limb 1, and limb 1 at most 2 into limb 2: hence R = 2^12 + 2.
 */
@inline
function reduceTo(r: usize, twice: bool, less: usize): void {
  const c20 = column(20);
  const h0 = limb(0, rest(c20), twice, less), r0 = rest(h0);
  const c21 = column(21), h1 = i32x4.add(limb(1, i32x4.add(rest(c21), carry(c20)), twice, less), carry(h0)), r1 = rest(h1);
  const c22 = column(22), h2 = i32x4.add(limb(2, i32x4.add(rest(c22), carry(c21)), twice, less), carry(h1)), r2 = rest(h2);
  const c23 = column(23), h3 = i32x4.add(limb(3, i32x4.add(rest(c23), carry(c22)), twice, less), carry(h2)), r3 = rest(h3);
  const c24 = column(24), h4 = i32x4.add(limb(4, i32x4.add(rest(c24), carry(c23)), twice, less), carry(h3));
  const c25 = column(25), h5 = i32x4.add(limb(5, i32x4.add(rest(c25), carry(c24)), twice, less), carry(h4));
  pack(r, 2, rest(h4), rest(h5));
  const c26 = column(26), h6 = i32x4.add(limb(6, i32x4.add(rest(c26), carry(c25)), twice, less), carry(h5));
  const c27 = column(27), h7 = i32x4.add(limb(7, i32x4.add(rest(c27), carry(c26)), twice, less), carry(h6));
  pack(r, 3, rest(h6), rest(h7));
  const c28 = column(28), h8 = i32x4.add(limb(8, i32x4.add(rest(c28), carry(c27)), twice, less), carry(h7));
  const c29 = column(29), h9 = i32x4.add(limb(9, i32x4.add(rest(c29), carry(c28)), twice, less), carry(h8));
  pack(r, 4, rest(h8), rest(h9));
  const c30 = column(30), h10 = i32x4.add(limb(10, i32x4.add(rest(c30), carry(c29)), twice, less), carry(h9));
  const c31 = column(31), h11 = i32x4.add(limb(11, i32x4.add(rest(c31), carry(c30)), twice, less), carry(h10));
  pack(r, 5, rest(h10), rest(h11));
  const c32 = column(32), h12 = i32x4.add(limb(12, i32x4.add(rest(c32), carry(c31)), twice, less), carry(h11));
  const c33 = column(33), h13 = i32x4.add(limb(13, i32x4.add(rest(c33), carry(c32)), twice, less), carry(h12));
  pack(r, 6, rest(h12), rest(h13));
  const c34 = column(34), h14 = i32x4.add(limb(14, i32x4.add(rest(c34), carry(c33)), twice, less), carry(h13));
  const c35 = column(35), h15 = i32x4.add(limb(15, i32x4.add(rest(c35), carry(c34)), twice, less), carry(h14));
  pack(r, 7, rest(h14), rest(h15));
  const c36 = column(36), h16 = i32x4.add(limb(16, i32x4.add(rest(c36), carry(c35)), twice, less), carry(h15));
  const c37 = column(37), h17 = i32x4.add(limb(17, i32x4.add(rest(c37), carry(c36)), twice, less), carry(h16));
  pack(r, 8, rest(h16), rest(h17));
  const c38 = column(38), h18 = i32x4.add(limb(18, i32x4.add(rest(c38), carry(c37)), twice, less), carry(h17));
  const h19 = i32x4.add(limb(19, carry(c38), twice, less), carry(h18));
  pack(r, 9, rest(h18), rest(h19));
  const last0 = i32x4.add(r0, times608(carry(h19))), last1 = i32x4.add(r1, carry(last0));
  pack(r, 0, rest(last0), rest(last1));
  pack(r, 1, i32x4.add(r2, carry(last1)), r3);
}
