/**
 * Points of edwards25519 (RFC 8032 5.1: -x^2 + y^2 = 1 + d x^2 y^2), in variable time: public values only.
 *
 * Extended coordinates (Hisil, Wong, Carter and Dawson 2008): x = X/Z, y = Y/Z, T = XY/Z, four elements in a row. The
 * formulas are complete on the curve (a = -1 is a square, d is not), so no case is special. "n terms" counts reduced
 * elements in a sum: `field.ts` says why the product of two such counts must not pass 12.
 */
import { add, carry, multiply, multiplyDifference, multiplySum, set, square, squareSum, subtract } from './field';
import { isZero } from './field-bytes';
import { invert, powerForRoot } from './field-powers';

export const X: usize = 0;
export const Y: usize = 36;
export const Z: usize = 72;
export const T: usize = 108;
/** Bytes of a point, and of a point prepared for addition. */
export const POINT: usize = 144;
/** Bytes of an affine point prepared for addition: three elements. */
export const AFFINE: usize = 108;

// Of a point prepared for addition ("cached"): Y + X, Y - X (two terms each), 2Z (two terms), 2dT (one).
const SUM: usize = 0;
const DIFFERENCE: usize = 36;
const Z2: usize = 72;
const T2D: usize = 108;
// Of an affine one: (y + x) / 2, (y - x) / 2 and dxy, one term each.
const XYD: usize = 72;

const a = memory.data(36), b = memory.data(36), c = memory.data(36), e = memory.data(36);
const f = memory.data(36), g = memory.data(36), h = memory.data(36);

/** 2d, d = -121665/121666, a square root of -1 (RFC 8032 5.1), and 1, set once by `startPoints`. */
export const twoD = memory.data(36), d = memory.data(36), rootOfMinusOne = memory.data(36), one = memory.data(36);
const half = memory.data(36);

/** Computes the constants. */
export function startPoints(): void {
  set(one, 1);
  set(a, 2);
  invert(half, a);
  set(a, -121665);
  set(b, 121666);
  invert(c, b);
  multiply(d, a, c);
  add(twoD, d, d);
  carry(twoD, twoD);
  // 2 is not a square modulo p, so 2^((p - 1) / 4) is a root of -1; (p - 1) / 4 = 2 (p - 5) / 8 + 1
  set(a, 2);
  powerForRoot(b, a);
  square(b, b);
  multiply(rootOfMinusOne, b, a);
}

export function setIdentity(r: usize): void {
  set(r + X, 0);
  set(r + Y, 1);
  set(r + Z, 1);
  set(r + T, 0);
}

/**
 * r = 2p; without T unless `withT`. "dbl-2008-hwcd" for a = -1, F and H both negated, which negates all of X, Y, Z, T:
 * the same point. A = X^2, B = Y^2, C = 2Z^2, E = (X + Y)^2 - A - B, G = B - A, F = C - G, H = A + B.
 * 4 S, and 3 M or 4.
 */
export function double(r: usize, p: usize, withT: bool): void {
  square(a, p + X);
  square(b, p + Y);
  square(c, p + Z);
  squareSum(e, p + X, p + Y); // 2 terms
  doubleLimb(0); doubleLimb(4); doubleLimb(8); doubleLimb(12); doubleLimb(16);
  doubleLimb(20); doubleLimb(24); doubleLimb(28); doubleLimb(32);
  multiply(r + X, e, f); // 3 * 4
  multiply(r + Y, g, h); // 2 * 2
  multiply(r + Z, f, g); // 4 * 2
  if (withT) multiply(r + T, e, h); // 3 * 2
}

/** H of two terms, G of two, E of three and F of four, from A, B, (X + Y)^2 and Z^2: all in one pass, at one limb. */
@inline
function doubleLimb(limb: usize): void {
  const A = load<i32>(a + limb), B = load<i32>(b + limb);
  const H = A + B, G = B - A;
  store<i32>(h + limb, H);
  store<i32>(g + limb, G);
  store<i32>(e + limb, load<i32>(e + limb) - H);
  store<i32>(f + limb, (load<i32>(c + limb) << 1) - G);
}

/**
 * r = p + q, or p - q with `minus`, for a cached q: "add-2008-hwcd-3". A = (Y - X)(Y' - X'), B = (Y + X)(Y' + X'),
 * C = 2d T T', D = 2 Z Z', E = B - A, F = D - C, G = D + C, H = B + A. -q exchanges Y' + X' with Y' - X' and F with G.
 * 8 M, 7 without T.
 */
export function addCached(r: usize, p: usize, q: usize, minus: bool, withT: bool): void {
  multiplyDifference(a, p + Y, p + X, q + (minus ? SUM : DIFFERENCE)); // 2 * 2
  multiplySum(b, p + Y, p + X, q + (minus ? DIFFERENCE : SUM)); // 2 * 2
  multiply(c, p + T, q + T2D);
  multiply(e, p + Z, q + Z2); // 1 * 2
  finish(r, e, minus, withT); // E, F, G, H: 2 terms each, so 2 * 2
}

/**
 * r = p + q or p - q for an affine q, prepared as halves: with Z' = 1 that halves A, B, C and D, which is Z, and so E, F,
 * G and H (two terms each), and makes the same point. 7 M, 6 without T.
 */
export function addAffine(r: usize, p: usize, q: usize, minus: bool, withT: bool): void {
  multiplyDifference(a, p + Y, p + X, q + (minus ? SUM : DIFFERENCE)); // 2 * 1
  multiplySum(b, p + Y, p + X, q + (minus ? DIFFERENCE : SUM)); // 2 * 1
  multiply(c, p + T, q + XYD);
  finish(r, p + Z, minus, withT); // 2 * 2
}

/** The second half of an addition, from a, b, c and D. */
@inline
function finish(r: usize, D: usize, minus: bool, withT: bool): void {
  const F = minus ? g : f, G = minus ? f : g;
  addLimb(F, G, D, 0); addLimb(F, G, D, 4); addLimb(F, G, D, 8);
  addLimb(F, G, D, 12); addLimb(F, G, D, 16); addLimb(F, G, D, 20);
  addLimb(F, G, D, 24); addLimb(F, G, D, 28); addLimb(F, G, D, 32);
  multiply(r + X, e, f);
  multiply(r + Y, g, h);
  multiply(r + Z, f, g);
  if (withT) multiply(r + T, e, h);
}

/** E, F, G and H, at one limb. */
@inline
function addLimb(F: usize, G: usize, D: usize, limb: usize): void {
  const A = load<i32>(a + limb), B = load<i32>(b + limb), C = load<i32>(c + limb), ofD = load<i32>(D + limb);
  store<i32>(F + limb, ofD - C);
  store<i32>(G + limb, ofD + C);
  store<i32>(e + limb, B - A);
  store<i32>(h + limb, B + A);
}

/** Prepares a point, T included, for addition. */
export function toCached(q: usize, p: usize): void {
  add(q + SUM, p + Y, p + X);
  subtract(q + DIFFERENCE, p + Y, p + X);
  add(q + Z2, p + Z, p + Z);
  multiply(q + T2D, p + T, twoD);
}

/** Prepares the affine point (x, y), both reduced, for addition. */
export function toAffineCached(q: usize, x: usize, y: usize): void {
  multiply(a, x, half);
  multiply(b, y, half);
  add(q + SUM, b, a);
  subtract(q + DIFFERENCE, b, a);
  carry(q + SUM, q + SUM);
  carry(q + DIFFERENCE, q + DIFFERENCE);
  multiply(q + XYD, x, y);
  multiply(q + XYD, q + XYD, d);
}

/** Whether p is the neutral element: X = 0 and Y = Z, whatever Z. */
export function isIdentity(p: usize): bool {
  if (!isZero(p + X)) return false;
  subtract(a, p + Y, p + Z);
  carry(a, a);
  return isZero(a);
}

/** r = p + q, both extended: for sums. `cached` is scratch of POINT bytes. */
export function addPoints(r: usize, p: usize, q: usize, cached: usize): void {
  toCached(cached, q);
  addCached(r, p, cached, false, true);
}

/** Copies a point. */
export function copyPoint(r: usize, p: usize): void {
  memory.copy(r, p, POINT);
}
