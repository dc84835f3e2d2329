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

const MASK: i64 = (1 << 29) - 1;
const HALF: i64 = 1 << 28;

/** 2^261 modulo p: 2^255 is 19, and 2^6 * 19 = 1216. */
const FOLD: i64 = 1216;

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

/** r = h0 + h1 2^29 + … + h8 2^232, reduced, for |h| below 2^63 - 2^36. Each carry rounds, so limbs are signed. */
@inline
function sweep(
  r: usize,
  h0: i64, h1: i64, h2: i64, h3: i64, h4: i64, h5: i64, h6: i64, h7: i64, h8: i64,
): void {
  let c: i64;
  c = (h0 + HALF) >> 29; h1 += c; h0 -= c << 29;
  c = (h1 + HALF) >> 29; h2 += c; h1 -= c << 29;
  c = (h2 + HALF) >> 29; h3 += c; store<i32>(r, <i32>(h2 - (c << 29)), 8);
  c = (h3 + HALF) >> 29; h4 += c; store<i32>(r, <i32>(h3 - (c << 29)), 12);
  c = (h4 + HALF) >> 29; h5 += c; store<i32>(r, <i32>(h4 - (c << 29)), 16);
  c = (h5 + HALF) >> 29; h6 += c; store<i32>(r, <i32>(h5 - (c << 29)), 20);
  c = (h6 + HALF) >> 29; h7 += c; store<i32>(r, <i32>(h6 - (c << 29)), 24);
  c = (h7 + HALF) >> 29; h8 += c; store<i32>(r, <i32>(h7 - (c << 29)), 28);
  c = (h8 + HALF) >> 29; store<i32>(r, <i32>(h8 - (c << 29)), 32);
  h0 += FOLD * c;
  c = (h0 + HALF) >> 29; store<i32>(r, <i32>(h0 - (c << 29)));
  store<i32>(r, <i32>(h1 + c), 4);
}

/** r = a, reduced, for at most four terms. */
export function carry(r: usize, a: usize): void {
  sweep(
    r,
    load<i32>(a), load<i32>(a, 4), load<i32>(a, 8), load<i32>(a, 12), load<i32>(a, 16),
    load<i32>(a, 20), load<i32>(a, 24), load<i32>(a, 28), load<i32>(a, 32),
  );
}

/** r = a b, reduced. Terms of a times terms of b: at most 12. r may be a or b. Schoolbook: 81 + 9 multiplications. */
export function multiply(r: usize, a: usize, b: usize): void {
  const a0: i64 = load<i32>(a), a1: i64 = load<i32>(a, 4), a2: i64 = load<i32>(a, 8);
  const a3: i64 = load<i32>(a, 12), a4: i64 = load<i32>(a, 16), a5: i64 = load<i32>(a, 20);
  const a6: i64 = load<i32>(a, 24), a7: i64 = load<i32>(a, 28), a8: i64 = load<i32>(a, 32);
  const b0: i64 = load<i32>(b), b1: i64 = load<i32>(b, 4), b2: i64 = load<i32>(b, 8);
  const b3: i64 = load<i32>(b, 12), b4: i64 = load<i32>(b, 16), b5: i64 = load<i32>(b, 20);
  const b6: i64 = load<i32>(b, 24), b7: i64 = load<i32>(b, 28), b8: i64 = load<i32>(b, 32);
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

/** r = a^2, reduced, for at most three terms (9 * 9 * R^2 is below 2^63). 45 + 9 multiplications. */
export function square(r: usize, a: usize): void {
  const a0: i64 = load<i32>(a), a1: i64 = load<i32>(a, 4), a2: i64 = load<i32>(a, 8);
  const a3: i64 = load<i32>(a, 12), a4: i64 = load<i32>(a, 16), a5: i64 = load<i32>(a, 20);
  const a6: i64 = load<i32>(a, 24), a7: i64 = load<i32>(a, 28), a8: i64 = load<i32>(a, 32);
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

const canonical = memory.data(32);

/** Writes the one value of a in [0, p) as 32 bytes, little-endian. a is reduced. */
export function toBytes(out: usize, a: usize): void {
  // |a| is below 2^260 (1 + 2^-10), so a + 64 p = a + 2^261 - 1216 is positive; carried to limbs in [0, 2^29).
  let c: i64 = 0;
  const l = limbs;
  for (let i = 0; i < 9; i++) {
    c += <i64>load<i32>(a + (<usize>i << 2)) + (i == 0 ? -FOLD : 0) + (i == 8 ? <i64>1 << 29 : 0);
    store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
    c = i < 8 ? c >> 29 : c >> 23;
  }
  // c is the number of 2^255 above: each is 19. Twice, since the first may carry once more; then below 2^255.
  for (let round = 0; round < 2; round++) {
    c *= 19;
    for (let i = 0; i < 9; i++) {
      c += load<i64>(l + (<usize>i << 3));
      store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
      c = i < 8 ? c >> 29 : c >> 23;
    }
  }
  // in [0, 2^255): subtract p when not below it, that is when adding 19 reaches 2^255
  c = 19;
  for (let i = 0; i < 9; i++) c = (c + load<i64>(l + (<usize>i << 3))) >> (i < 8 ? 29 : 23);
  c *= 19;
  for (let i = 0; i < 9; i++) {
    c += load<i64>(l + (<usize>i << 3));
    store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
    c >>= 29;
  }
  let bits: u64 = 0;
  let held = 0;
  let at = out;
  for (let i = 0; i < 9; i++) {
    bits |= load<u64>(l + (<usize>i << 3)) << held;
    held += 29;
    while (held >= 8 && at < out + 32) {
      store<u8>(at++, <u8>bits);
      bits >>= 8;
      held -= 8;
    }
  }
  if (at < out + 32) store<u8>(at, <u8>bits);
}

const limbs = memory.data(72);

/** r = the low 255 bits of 32 bytes, little-endian, reduced. */
export function fromBytes(r: usize, bytes: usize): void {
  sweep(
    r,
    window(bytes, 0), window(bytes, 29), window(bytes, 58), window(bytes, 87), window(bytes, 116),
    window(bytes, 145), window(bytes, 174), window(bytes, 203), window(bytes, 232) & ((1 << 23) - 1), // without the sign of x
  );
}

/** 29 bits of a 32-byte integer, from bit `at`; of the last ones, what there is. */
function window(bytes: usize, at: i32): i64 {
  const byte = at >> 3;
  if (byte <= 24) return <i64>(load<u64>(bytes + byte) >> (at & 7)) & MASK;
  return <i64>(load<u64>(bytes + 24) >> (at - 192)) & MASK;
}

/** Whether a is 0 modulo p. a is reduced. */
export function isZero(a: usize): bool {
  toBytes(canonical, a);
  return (load<u64>(canonical) | load<u64>(canonical, 8) | load<u64>(canonical, 16) | load<u64>(canonical, 24)) == 0;
}

/** Whether the one value of a in [0, p) is odd, which RFC 8032 calls its sign. a is reduced. */
export function isOdd(a: usize): bool {
  toBytes(canonical, a);
  return (load<u8>(canonical) & 1) != 0;
}
