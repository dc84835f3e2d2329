/**
 * Four points of edwards25519 at once, one in each lane: the formulas of `point.ts` with the same names, over
 * `lanes-field.ts`. "n terms" counts reduced elements in a sum; the product of two such counts must not pass 4.
 */
import { add, multiply, set, square, squareLess, subtract, times, turn, twiceSquareLess } from './lanes-field';

export const X: usize = 0;
export const Y: usize = 160;
export const Z: usize = 320;
export const T: usize = 480;
/** Bytes of four points, and of four prepared for addition. */
export const POINTS: usize = 640;

// Of points prepared for addition ("cached"): Y + X, Y - X, 2Z (two terms each), 2dT (one).
export const SUM: usize = 0;
export const DIFFERENCE: usize = 160;
export const Z2: usize = 320;
export const T2D: usize = 480;

const a = memory.data(160, 16), b = memory.data(160, 16), c = memory.data(160, 16), d = memory.data(160, 16);
const e = memory.data(160, 16), f = memory.data(160, 16), g = memory.data(160, 16), h = memory.data(160, 16);

export function setIdentity(r: usize): void {
  set(r + X, 0);
  set(r + Y, 1);
  set(r + Z, 1);
  set(r + T, 0);
}

/** r = 2p; without T unless `withT`. E = (X + Y)^2 - H and F = 2Z^2 - G come reduced. 4 S, and 3 M or 4. */
export function double(r: usize, p: usize, withT: bool): void {
  square(a, p + X);
  square(b, p + Y);
  add(h, a, b); // 2 terms
  subtract(g, b, a); // 2
  add(e, p + X, p + Y);
  squareLess(e, e, h); // 2 * 2, less 2
  twiceSquareLess(f, p + Z, g);
  turn(f);
  times(r + X, e);
  times(r + Z, g); // 2 * 1
  turn(h);
  times(r + Y, g); // 2 * 2
  if (withT) times(r + T, e); // 1 * 2
}

/** r = p + q, for a cached q. 8 M, 7 without T. */
export function addCached(r: usize, p: usize, q: usize, withT: bool): void {
  multiply(d, p + Z, q + Z2); // 1 * 2
  finish(r, p, q, d, withT);
}

/**
 * r = p + q, for an affine q prepared as halves: (y + x) / 2, (y - x) / 2 and dxy, one term each, where `addCached` has
 * the first, the second and the last. That halves A, B, C, D, so that D is Z, and all of E, F, G, H, which is the same
 * point. 7 M.
 */
export function addAffine(r: usize, p: usize, q: usize): void {
  finish(r, p, q, p + Z, true);
}

/** The rest of both: A = (Y - X)(Y' - X'), B = (Y + X)(Y' + X'), C = T 2dT'; E = B - A, F = D - C, G = D + C, H = B + A. */
@inline
function finish(r: usize, p: usize, q: usize, D: usize, withT: bool): void {
  subtract(a, p + Y, p + X);
  add(b, p + Y, p + X);
  multiply(a, a, q + DIFFERENCE); // 2 * 2
  multiply(b, b, q + SUM); // 2 * 2
  multiply(c, p + T, q + T2D);
  subtract(e, b, a); // 2 terms, and so F, G, H
  subtract(f, D, c);
  add(g, D, c);
  add(h, b, a);
  turn(f);
  times(r + X, e); // 2 * 2
  times(r + Z, g);
  turn(h);
  times(r + Y, g);
  if (withT) times(r + T, e);
}

/** Prepares points, T included, for addition. `twoD` is 2d in each lane. */
export function toCached(q: usize, p: usize, twoD: usize): void {
  add(q + SUM, p + Y, p + X);
  subtract(q + DIFFERENCE, p + Y, p + X);
  add(q + Z2, p + Z, p + Z);
  multiply(q + T2D, p + T, twoD);
}
