/** Four products at once of points by scalars, in variable time: as in `multiply.ts`, but with all lanes in step. */
import { set } from './field';
import { invert } from './field-powers';
import { gather, pack, PACKED, PACKED_AFFINE, scatter } from './lanes';
import { negateWhere } from './lanes-field';
import { addAffine, addCached, DIFFERENCE, double, setIdentity, SUM, T2D, toCached, Z2 } from './lanes-point';
import { COLUMNS, orderDigits, ROWS } from './multiply';
import { twoD } from './point';
import { byteDigits, nibbleDigits } from './scalar';

/** Each base is cut into eight, 2^(32 j) P for j < 8, and of each there are the multiples 1 to 8. */
const PIECES: i32 = 8;
const PIECE: i32 = 32; // bits
const MULTIPLES: i32 = 8;

/** A point prepared for addition, packed: Y + X, Y - X, 2Z and 2dT. */
const ENTRY: usize = 160;
const TABLE: usize = 8 * 8 * 160;
/** One table after the other: 40 KB. */
const tables = memory.data(4 * 8 * 8 * 160, 16);

/** The neutral element, in both forms, for digits that are 0. */
const neutral = memory.data(160), neutralAffine = memory.data(128);

const base = memory.data(640, 16), twice = memory.data(640, 16), multiple = memory.data(640, 16);
const single = memory.data(640, 16), cached = memory.data(640, 16), lanesOfTwoD = memory.data(160, 16);

/** For each lane, where an addition finds the first and second part of what is added, the others, and its sign. */
const sums = memory.data(16), differences = memory.data(16), others = memory.data(16), signs = memory.data(16, 16);

/** Packs the constants. */
export function startLanes(): void {
  const one = memory.data(36), half = memory.data(36);
  set(one, 2);
  invert(half, one);
  set(one, 1);
  pack(neutral, one);
  pack(neutral + PACKED, one);
  pack(neutralAffine, half);
  pack(neutralAffine + PACKED, half);
  set(one, 2);
  pack(neutral + 2 * PACKED, one);
  for (let lane: usize = 0; lane < 4; lane++) store<u32>(others + (lane << 2), cached);
  pack(cached, twoD);
  gather(lanesOfTwoD, others, 0);
}

/** Makes four points, T included, the bases of the products that follow: 1,000 M and 940 S. */
export function prepare(p: usize): void {
  memory.copy(base, p, 640);
  for (let j = 0; j < PIECES; j++) {
    toCached(single, base, lanesOfTwoD);
    keep(j, 1, single);
    double(twice, base, true);
    enter(j, 2, twice);
    addCached(multiple, twice, single, true);
    enter(j, 3, multiple);
    double(multiple, multiple, true);
    enter(j, 6, multiple);
    addCached(multiple, multiple, single, true);
    enter(j, 7, multiple);
    double(twice, twice, true);
    enter(j, 4, twice);
    addCached(multiple, twice, single, true);
    enter(j, 5, multiple);
    double(base, twice, true);
    enter(j, 8, base);
    if (j == PIECES - 1) break;
    for (let i = 3; i < PIECE; i++) double(base, base, i == PIECE - 1); // from 8 = 2^3
  }
}

/** Enters a multiple of each piece j into the tables. */
function enter(j: i32, times: i32, p: usize): void {
  toCached(cached, p, lanesOfTwoD);
  keep(j, times, cached);
}
function keep(j: i32, times: i32, q: usize): void {
  for (let lane = 0; lane < 4; lane++) store<u32>(others + (<usize>lane << 2), entry(lane, j, times));
  scatter(others, 0, q + SUM);
  scatter(others, PACKED, q + DIFFERENCE);
  scatter(others, 2 * PACKED, q + Z2);
  scatter(others, 3 * PACKED, q + T2D);
}

@inline function entry(lane: i32, j: i32, times: i32): usize {
  return tables + <usize>lane * TABLE + <usize>(j * MULTIPLES + times - 1) * ENTRY;
}

/** Chooses what a lane adds; -q exchanges Y' + X' with Y' - X', and negates 2dT'. */
@inline function choose(lane: i32, at: usize, minus: bool): void {
  const slot = <usize>lane << 2;
  store<u32>(sums + slot, minus ? at + PACKED : at);
  store<u32>(differences + slot, minus ? at : at + PACKED);
  store<u32>(others + slot, at + 2 * PACKED);
  store<i32>(signs + slot, minus ? -1 : 0);
}

/** r = r + what was chosen in each lane. */
function addChosen(r: usize, withT: bool): void {
  gather(cached + SUM, sums, 0);
  gather(cached + DIFFERENCE, differences, 0);
  gather(cached + Z2, others, 0);
  gather(cached + T2D, others, PACKED);
  negateWhere(cached + T2D, signs);
  addCached(r, r, cached, withT);
}

/** r = [l] P for each base, without T, l the order of the group: 0 for its members. About 309 M and 124 S. */
export function multiplyByOrder(r: usize): void {
  setIdentity(r);
  for (let i = PIECE - 1; i >= 0; i--) {
    let left = 0;
    for (let j = 0; j < PIECES; j++) left += i32(load<i8>(orderDigits + <usize>(PIECE * j + i)) != 0);
    if (i < PIECE - 1) double(r, r, left > 0);
    for (let j = 0; left > 0; j++) {
      const digit = <i32>load<i8>(orderDigits + <usize>(PIECE * j + i));
      if (digit == 0) continue;
      left--;
      for (let lane = 0; lane < 4; lane++) choose(lane, entry(lane, j, abs(digit)), digit < 0);
      addChosen(r, left > 0);
    }
  }
}

const digits = memory.data(4 * 64);

/**
 * r = k P, T included, for each base and the scalar at its address (u32) in `scalars`. The eight pieces
 * side by side, so that 28 doublings serve all of them: the digit at 8 j + i multiplies 16^i B_j. 596 M and 112 S.
 */
export function multiplyPrepared(r: usize, scalars: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) nibbleDigits(digits + (lane << 6), load<u32>(scalars + (lane << 2)));
  setIdentity(r);
  for (let i = PIECES - 1; i >= 0; i--) {
    if (i < PIECES - 1) {
      for (let bit = 1; bit <= 4; bit++) double(r, r, bit == 4);
    }
    for (let j = 0; j < PIECES; j++) {
      for (let lane = 0; lane < 4; lane++) {
        const digit = <i32>load<i8>(digits + (<usize>lane << 6) + <usize>(8 * j + i));
        choose(lane, digit == 0 ? neutral : entry(lane, j, abs(digit)), digit < 0);
      }
      addChosen(r, j < PIECES - 1 || i == 0);
    }
  }
}

const bytesOfDigits = memory.data(4 * 64);

/**
 * r = r + k B, T included, for the comb (`makeComb`) and the scalar at their addresses (u32) in `combs` and `scalars`.
 * 32 additions of 7 M.
 */
export function addMultiples(r: usize, combs: usize, scalars: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) byteDigits(bytesOfDigits + (lane << 6), load<u32>(scalars + (lane << 2)));
  for (let i = 0; i < ROWS; i++) {
    for (let lane = 0; lane < 4; lane++) {
      const digit = <i32>load<i16>(bytesOfDigits + (<usize>lane << 6) + (<usize>i << 1));
      const at = <usize>load<u32>(combs + (<usize>lane << 2)) + (<usize>i * COLUMNS + <usize>(abs(digit) - 1)) * PACKED_AFFINE;
      choose(lane, digit == 0 ? neutralAffine : at, digit < 0);
    }
    gather(cached + SUM, sums, 0);
    gather(cached + DIFFERENCE, differences, 0);
    gather(cached + T2D, others, 0);
    negateWhere(cached + T2D, signs);
    addAffine(r, r, cached);
  }
}
