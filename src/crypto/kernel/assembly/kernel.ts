/**
 * All the curve work of one or several ballots in one call: points decoded and checked for membership, sums of them,
 * commitments recomputed, everything encoded after one inversion. Variable time: for verification only. Built twice: base
 * after base, and, where there is SIMD, four bases at a time.
 */
import { combOf, combs, layCombs, pointsAt, sortByBase } from './buffers';
import { runFourByFour } from './four-by-four';
import { startLanes } from './lanes-multiply';
import { inGroup, makeComb, prepare, startOrder } from './multiply';
import { runOneByOne } from './one-by-one';
import { startPoints } from './point';
import { decode, NOT_IN_GROUP, setGenerator } from './point-bytes';
import { encodeAll } from './results';

export { jobs, points, reserve, results, states, sums } from './buffers';

const point = memory.data(144);

/** Computes the constants and the comb of the generator, and makes room for the combs of so many keys. */
export function start(keySlots: i32): void {
  layCombs(keySlots);
  startPoints();
  startOrder();
  if (ASC_FEATURE_SIMD) startLanes();
  setGenerator(point);
  makeComb(combs, point);
}

/** Makes the comb of the key that stands where the first point goes: 0, or why the point is refused. */
export function setKey(slot: i32): i32 {
  const refused = decode(point, pointsAt);
  if (refused != 0) return refused;
  prepare(point);
  if (!inGroup()) return NOT_IN_GROUP;
  makeComb(combOf(slot), point);
  return 0;
}

/**
 * c base + g G + y Y for each job, Y the key in that slot. Sums are of points that are members, so they are not checked
 * again. Where a point is refused, whatever needs it is left out, and its result is the neutral element.
 */
export function run(slot: i32, pointCount: i32, sumCount: i32, jobCount: i32): void {
  const key = combOf(slot);
  sortByBase(pointCount + sumCount, jobCount);
  if (ASC_FEATURE_SIMD) runFourByFour(key, pointCount, sumCount);
  else runOneByOne(key, pointCount, sumCount);
  encodeAll(pointCount, sumCount, jobCount);
}
