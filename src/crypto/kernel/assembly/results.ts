/** Sums of points, and what a call gives back. */
import { decodedAt, partialsAt, productsAt, resultsAt, statesAt, sumsAt } from './buffers';
import { copy, multiply, set, SIZE } from './field';
import { invert } from './field-powers';
import { addPoints, copyPoint, POINT, setIdentity, Z } from './point';
import { encode, NOT_IN_GROUP } from './point-bytes';

const scratch = memory.data(144), product = memory.data(36), inverse = memory.data(36);

/** The sum of a range of points; not 0, and the neutral element, when one of them was refused. */
export function sum(r: usize, index: i32): i32 {
  const range = sumsAt + 8 * <usize>index;
  const end = load<u32>(range, 4);
  setIdentity(r);
  for (let i = load<u32>(range); i < end; i++) {
    if (load<i32>(statesAt + 4 * <usize>i) != 0) {
      setIdentity(r);
      return NOT_IN_GROUP;
    }
    addPoints(r, r, decodedAt + POINT * <usize>i, scratch);
  }
  return 0;
}

/** Encodes all products, and the sums after them, after the inversion of the product of all Z (Montgomery 1987): 5 M each and 265 in all. */
export function encodeAll(pointCount: i32, sumCount: i32, jobCount: i32): void {
  const count = jobCount + sumCount;
  for (let i = 0; i < sumCount; i++) {
    copyPoint(productsAt + POINT * <usize>(jobCount + i), decodedAt + POINT * <usize>(pointCount + i));
  }
  set(product, 1);
  for (let i = 0; i < count; i++) {
    copy(partialsAt + SIZE * <usize>i, product);
    multiply(product, product, productsAt + POINT * <usize>i + Z);
  }
  invert(inverse, product);
  for (let i = count - 1; i >= 0; i--) {
    const p = productsAt + POINT * <usize>i;
    multiply(product, inverse, partialsAt + SIZE * <usize>i);
    multiply(inverse, inverse, p + Z);
    encode(resultsAt + 64 * <usize>i, p, product);
  }
}
