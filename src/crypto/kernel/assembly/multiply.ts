/**
 * Products of points by scalars, in variable time: of any base (Straus 1964, on pieces of one scalar), of a fixed one (the table of
 * multiples of Bernstein, Duif, Lange, Schwabe and Yang 2012, with digits of eight bits).
 */
import { copy, multiply, set, SIZE } from './field';
import { invert } from './field-powers';
import { packAffine, PACKED_AFFINE } from './lanes';
import {
  addAffine,
  addCached,
  AFFINE,
  copyPoint,
  double,
  isIdentity,
  POINT,
  setIdentity,
  toAffineCached,
  toCached,
  X,
  Y,
  Z,
} from './point';
import { byteDigits, wideDigits } from './scalar';

/** A base is cut into eight: 2^(32 j) P for j < 8, and of each the multiples 1, 3, 5, 7. */
const PIECES: i32 = 8;
const PIECE: i32 = 32; // bits
const ODD: i32 = 4;

const table = memory.data(8 * 4 * 144);
const base = memory.data(144), twice = memory.data(144), multiple = memory.data(144);
const digits = memory.data(256);
export const orderDigits = memory.data(256);
const order = memory.data(32);

/** Cuts the order of the group, 2^252 + 27742317777372353535851937790883648493, for `inGroup`. */
export function startOrder(): void {
  store<u64>(order, 0x5812631a5cf5d3ed);
  store<u64>(order, 0x14def9dea2f79cd6, 8);
  store<u64>(order, 0, 16);
  store<u64>(order, 0x1000000000000000, 24);
  wideDigits(orderDigits, order);
}

/** Makes p the base of the products that follow: 914 M and 900 S. */
export function prepare(p: usize): void {
  copyPoint(base, p);
  for (let j = 0; j < PIECES; j++) {
    const row = table + <usize>(j * ODD) * POINT;
    toCached(row, base);
    double(twice, base, true);
    for (let k: usize = 1; k < <usize>ODD; k++) {
      addCached(multiple, twice, row + (k - 1) * POINT, false, true); // (2k + 1) B = 2B + (2k - 1) B
      toCached(row + k * POINT, multiple);
    }
    if (j == PIECES - 1) break;
    copyPoint(base, twice);
    for (let i = 2; i <= PIECE; i++) double(base, base, i == PIECE);
  }
}

/** Whether the prepared base lies in the group of prime order l: [l] P = 0. Costs 309 M and 124 S, with the tables there. */
export function inGroup(): bool {
  straus(multiple, orderDigits);
  return isIdentity(multiple);
}

/** r = k P for the prepared base, T included. About 493 M and 124 S. */
export function multiplyPrepared(r: usize, k: usize): void {
  wideDigits(digits, k);
  straus(r, digits);
}

/**
 * The eight pieces side by side, so that 31 doublings serve all of them: the digit at 32 j + i multiplies 2^i B_j.
 * The whole scalar is cut before it is split, so that no piece overflows. Additions need T, doublings do not.
 */
function straus(r: usize, cut: usize): void {
  setIdentity(r);
  for (let i = PIECE - 1; i >= 0; i--) {
    let left = 0;
    for (let j = 0; j < PIECES; j++) left += i32(load<i8>(cut + <usize>(PIECE * j + i)) != 0);
    if (i < PIECE - 1) double(r, r, left > 0 || i == 0);
    for (let j = 0; left > 0; j++) {
      const digit = <i32>load<i8>(cut + <usize>(PIECE * j + i));
      if (digit == 0) continue;
      left--;
      const entry = table + <usize>(j * ODD + (abs(digit) >> 1)) * POINT;
      addCached(r, r, entry, digit < 0, left > 0 || i == 0);
    }
  }
}

/** A comb: for each of the 32 bytes of a scalar, the multiples 1 to 128 of 256^i B, affine. Half a megabyte. */
export const ROWS: i32 = 32;
export const COLUMNS: usize = 128;
const ENTRY: usize = ASC_FEATURE_SIMD ? PACKED_AFFINE : AFFINE;
export const COMB: usize = 32 * 128 * ENTRY;

const row = memory.data(128 * 144), partial = memory.data(128 * 36);
const inverse = memory.data(36), one = memory.data(36), x = memory.data(36), y = memory.data(36);
const affine = memory.data(108);

/** Fills the comb of a fixed base: about 70,000 M, one and a half ballots, two with SIMD. One inversion a row (Montgomery). */
export function makeComb(comb: usize, p: usize): void {
  copyPoint(base, p);
  for (let i = 0; i < ROWS; i++) {
    toCached(table, base);
    copyPoint(row, base);
    for (let k: usize = 1; k < COLUMNS; k++) addCached(row + k * POINT, row + (k - 1) * POINT, table, false, true);
    set(one, 1);
    for (let k: usize = 0; k < COLUMNS; k++) {
      copy(partial + k * SIZE, one);
      multiply(one, one, row + k * POINT + Z);
    }
    invert(inverse, one);
    for (let k: isize = <isize>COLUMNS - 1; k >= 0; k--) {
      const at = row + <usize>k * POINT;
      multiply(one, inverse, partial + <usize>k * SIZE);
      multiply(inverse, inverse, at + Z);
      multiply(x, at + X, one);
      multiply(y, at + Y, one);
      const entry = comb + (<usize>i * COLUMNS + <usize>k) * ENTRY;
      toAffineCached(ASC_FEATURE_SIMD ? affine : entry, x, y);
      if (ASC_FEATURE_SIMD) packAffine(entry, affine);
    }
    double(base, row + (COLUMNS - 1) * POINT, true); // 256 = 2 * 128
  }
}

/** r = r + k B for the fixed base of a comb, T included. 32 additions of 7 M, no doubling. */
export function addMultiple(r: usize, comb: usize, k: usize): void {
  byteDigits(digits, k);
  for (let i = 0; i < ROWS; i++) {
    const digit = <i32>load<i16>(digits + (<usize>i << 1));
    if (digit == 0) continue;
    addAffine(r, r, comb + (<usize>i * COLUMNS + <usize>(abs(digit) - 1)) * AFFINE, digit < 0, true);
  }
}
