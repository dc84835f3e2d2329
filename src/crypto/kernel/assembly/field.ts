/**
 * The field of Curve25519, p = 2^255 - 19, in variable time.
 *
 * An element is nine signed limbs of 29 bits, little-endian, in nine i32 (36 bytes): the value is the sum of
 * limb[i] * 2^(29 i), any representative modulo p. "Reduced" means |limb| <= R = 2^28 + 2^17, which `multiply`,
 * `square` and `carry` leave. `add` and `subtract` never carry, so that an operand may be a sum of several reduced
 * terms; each caller says how many. A column of a product of m by n terms is at most 9 m n R^2 and must stay below
 * 2^63: 9 * 12 * R^2 = 2^62.76 holds for m n <= 12, and four terms (2^30 + 2^19) still fit an i32.
 */

/** Bytes of an element. */
export const SIZE: usize = 36;

export const MASK: i64 = (1 << 29) - 1;
const HALF: i64 = 1 << 28;

/** 2^261 modulo p: 2^255 is 19, and 2^6 * 19 = 1216. */
export const FOLD: i64 = 1216;

/** r = a + b, without carrying. */
export function add(r: usize, a: usize, b: usize): void {
  store<i32>(r, load<i32>(a) + load<i32>(b));
  store<i32>(r, load<i32>(a, 4) + load<i32>(b, 4), 4);
  store<i32>(r, load<i32>(a, 8) + load<i32>(b, 8), 8);
  store<i32>(r, load<i32>(a, 12) + load<i32>(b, 12), 12);
  store<i32>(r, load<i32>(a, 16) + load<i32>(b, 16), 16);
  store<i32>(r, load<i32>(a, 20) + load<i32>(b, 20), 20);
  store<i32>(r, load<i32>(a, 24) + load<i32>(b, 24), 24);
  store<i32>(r, load<i32>(a, 28) + load<i32>(b, 28), 28);
  store<i32>(r, load<i32>(a, 32) + load<i32>(b, 32), 32);
}

/** r = a - b, without carrying. */
export function subtract(r: usize, a: usize, b: usize): void {
  store<i32>(r, load<i32>(a) - load<i32>(b));
  store<i32>(r, load<i32>(a, 4) - load<i32>(b, 4), 4);
  store<i32>(r, load<i32>(a, 8) - load<i32>(b, 8), 8);
  store<i32>(r, load<i32>(a, 12) - load<i32>(b, 12), 12);
  store<i32>(r, load<i32>(a, 16) - load<i32>(b, 16), 16);
  store<i32>(r, load<i32>(a, 20) - load<i32>(b, 20), 20);
  store<i32>(r, load<i32>(a, 24) - load<i32>(b, 24), 24);
  store<i32>(r, load<i32>(a, 28) - load<i32>(b, 28), 28);
  store<i32>(r, load<i32>(a, 32) - load<i32>(b, 32), 32);
}

export function copy(r: usize, a: usize): void {
  memory.copy(r, a, SIZE);
}

/** r = small, for |small| <= 2^28. */
export function set(r: usize, small: i32): void {
  memory.fill(r, 0, SIZE);
  store<i32>(r, small);
}

/**
 * r = h0 + h1 2^29 + … + h16 2^464, reduced: the end of every product. Columns are below 2^63 - 2^46.
 * What lies above 2^261 is folded down times 1216, after its own carry (t_k below 2^35), so that nothing overflows;
 * then one sweep of rounding carries. The carry out of limb 8 is below 2^35 and comes back to limb 0 as less than
 * 2^46, whose own carry into limb 1 is below 2^17: hence R.
 */
@inline
function reduce(
  r: usize,
  h0: i64, h1: i64, h2: i64, h3: i64, h4: i64, h5: i64, h6: i64, h7: i64, h8: i64,
  h9: i64, h10: i64, h11: i64, h12: i64, h13: i64, h14: i64, h15: i64, h16: i64,
): void {
  h0 += FOLD * (h9 & MASK);
  h1 += FOLD * ((h10 & MASK) + (h9 >> 29));
  h2 += FOLD * ((h11 & MASK) + (h10 >> 29));
  h3 += FOLD * ((h12 & MASK) + (h11 >> 29));
  h4 += FOLD * ((h13 & MASK) + (h12 >> 29));
  h5 += FOLD * ((h14 & MASK) + (h13 >> 29));
  h6 += FOLD * ((h15 & MASK) + (h14 >> 29));
  h7 += FOLD * ((h16 & MASK) + (h15 >> 29));
  h8 += FOLD * (h16 >> 29);
  sweep(r, h0, h1, h2, h3, h4, h5, h6, h7, h8);
}

/**
 * r = h0 + h1 2^29 + … + h8 2^232, reduced, for |h| below 2^63 - 2^36. Carries round, so that limbs are signed: half a
 * limb is added first, then taken from what stays.
 */
@inline
export function sweep(
  r: usize,
  h0: i64, h1: i64, h2: i64, h3: i64, h4: i64, h5: i64, h6: i64, h7: i64, h8: i64,
): void {
  h0 += HALF;
  h1 += (h0 >> 29) + HALF;
  h2 += (h1 >> 29) + HALF; store<i32>(r, signed(h2), 8);
  h3 += (h2 >> 29) + HALF; store<i32>(r, signed(h3), 12);
  h4 += (h3 >> 29) + HALF; store<i32>(r, signed(h4), 16);
  h5 += (h4 >> 29) + HALF; store<i32>(r, signed(h5), 20);
  h6 += (h5 >> 29) + HALF; store<i32>(r, signed(h6), 24);
  h7 += (h6 >> 29) + HALF; store<i32>(r, signed(h7), 28);
  h8 += (h7 >> 29) + HALF; store<i32>(r, signed(h8), 32);
  h0 = (h0 & MASK) + FOLD * (h8 >> 29); store<i32>(r, signed(h0)); // takes away the half, and adds it for its own carry
  store<i32>(r, signed(h1) + <i32>(h0 >> 29), 4);
}

/** What stays of a limb to which half a limb was added. */
@inline
function signed(h: i64): i32 {
  return (<i32>h & <i32>MASK) - <i32>HALF;
}

/** r = a, reduced, for at most four terms. */
export function carry(r: usize, a: usize): void {
  sweep(
    r,
    load<i32>(a), load<i32>(a, 4), load<i32>(a, 8), load<i32>(a, 12), load<i32>(a, 16),
    load<i32>(a, 20), load<i32>(a, 24), load<i32>(a, 28), load<i32>(a, 32),
  );
}

/** r = a b, limb by limb: schoolbook, 81 + 9 multiplications. */
@inline
function product(
  r: usize,
  a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64,
  b0: i64, b1: i64, b2: i64, b3: i64, b4: i64, b5: i64, b6: i64, b7: i64, b8: i64,
): void {
  reduce(
    r,
    a0 * b0,
    a0 * b1 + a1 * b0,
    a0 * b2 + a1 * b1 + a2 * b0,
    a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0,
    a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0,
    a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0,
    a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0,
    a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0,
    a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0,
    a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1,
    a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2,
    a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3,
    a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4,
    a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5,
    a6 * b8 + a7 * b7 + a8 * b6,
    a7 * b8 + a8 * b7,
    a8 * b8,
  );
}

/** r = a b, reduced. Terms of a times terms of b: at most 12. r may be any of the operands, here and below. */
export function multiply(r: usize, a: usize, b: usize): void {
  product(
    r,
    load<i32>(a), load<i32>(a, 4), load<i32>(a, 8), load<i32>(a, 12), load<i32>(a, 16),
    load<i32>(a, 20), load<i32>(a, 24), load<i32>(a, 28), load<i32>(a, 32),
    load<i32>(b), load<i32>(b, 4), load<i32>(b, 8), load<i32>(b, 12), load<i32>(b, 16),
    load<i32>(b, 20), load<i32>(b, 24), load<i32>(b, 28), load<i32>(b, 32),
  );
}

/** r = (a + c) b, reduced. */
export function multiplySum(r: usize, a: usize, c: usize, b: usize): void {
  product(
    r,
    load<i32>(a) + load<i32>(c), load<i32>(a, 4) + load<i32>(c, 4), load<i32>(a, 8) + load<i32>(c, 8),
    load<i32>(a, 12) + load<i32>(c, 12), load<i32>(a, 16) + load<i32>(c, 16), load<i32>(a, 20) + load<i32>(c, 20),
    load<i32>(a, 24) + load<i32>(c, 24), load<i32>(a, 28) + load<i32>(c, 28), load<i32>(a, 32) + load<i32>(c, 32),
    load<i32>(b), load<i32>(b, 4), load<i32>(b, 8), load<i32>(b, 12), load<i32>(b, 16),
    load<i32>(b, 20), load<i32>(b, 24), load<i32>(b, 28), load<i32>(b, 32),
  );
}

/** r = (a - c) b, reduced. */
export function multiplyDifference(r: usize, a: usize, c: usize, b: usize): void {
  product(
    r,
    load<i32>(a) - load<i32>(c), load<i32>(a, 4) - load<i32>(c, 4), load<i32>(a, 8) - load<i32>(c, 8),
    load<i32>(a, 12) - load<i32>(c, 12), load<i32>(a, 16) - load<i32>(c, 16), load<i32>(a, 20) - load<i32>(c, 20),
    load<i32>(a, 24) - load<i32>(c, 24), load<i32>(a, 28) - load<i32>(c, 28), load<i32>(a, 32) - load<i32>(c, 32),
    load<i32>(b), load<i32>(b, 4), load<i32>(b, 8), load<i32>(b, 12), load<i32>(b, 16),
    load<i32>(b, 20), load<i32>(b, 24), load<i32>(b, 28), load<i32>(b, 32),
  );
}

/** r = a^2, limb by limb: 45 + 9 multiplications. */
@inline
function squareOf(r: usize, a0: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64, a6: i64, a7: i64, a8: i64): void {
  const d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;
  const d4 = a4 << 1, d5 = a5 << 1, d6 = a6 << 1, d7 = a7 << 1;
  reduce(
    r,
    a0 * a0,
    d0 * a1,
    d0 * a2 + a1 * a1,
    d0 * a3 + d1 * a2,
    d0 * a4 + d1 * a3 + a2 * a2,
    d0 * a5 + d1 * a4 + d2 * a3,
    d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3,
    d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4,
    d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4,
    d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5,
    d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5,
    d3 * a8 + d4 * a7 + d5 * a6,
    d4 * a8 + d5 * a7 + a6 * a6,
    d5 * a8 + d6 * a7,
    d6 * a8 + a7 * a7,
    d7 * a8,
    a8 * a8,
  );
}

/** r = a^2, reduced, for at most three terms (9 * 9 * R^2 is below 2^63). */
export function square(r: usize, a: usize): void {
  squareOf(
    r,
    load<i32>(a), load<i32>(a, 4), load<i32>(a, 8), load<i32>(a, 12), load<i32>(a, 16),
    load<i32>(a, 20), load<i32>(a, 24), load<i32>(a, 28), load<i32>(a, 32),
  );
}

/** r = (a + b)^2, reduced, for at most three terms in all. */
export function squareSum(r: usize, a: usize, b: usize): void {
  squareOf(
    r,
    load<i32>(a) + load<i32>(b), load<i32>(a, 4) + load<i32>(b, 4), load<i32>(a, 8) + load<i32>(b, 8),
    load<i32>(a, 12) + load<i32>(b, 12), load<i32>(a, 16) + load<i32>(b, 16), load<i32>(a, 20) + load<i32>(b, 20),
    load<i32>(a, 24) + load<i32>(b, 24), load<i32>(a, 28) + load<i32>(b, 28), load<i32>(a, 32) + load<i32>(b, 32),
  );
}
