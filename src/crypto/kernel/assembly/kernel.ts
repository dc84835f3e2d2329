/**
 * All the curve work of one or several ballots in one call: points decoded and checked for membership, sums of them,
 * commitments recomputed, everything encoded after one inversion. Variable time: for verification only.
 *
 * Memory, from the end of the program's own data: the comb of the generator, as many combs of election keys as `start`
 * was asked for, then the buffers that `reserve` lays out.
 */
import { copy, invert, multiply, set, SIZE } from './field';
import { addMultiple, COMB, inGroup, makeComb, multiplyPrepared, prepare, startOrder } from './multiply';
import { addPoints, copyPoint, decode, encode, POINT, setGenerator, setIdentity, startPoints, Z } from './point';

/** A point lies outside the group of prime order; `decode` has 1 and 2. */
const NOT_IN_GROUP = 3;

/** A job: base (u32), flags (u32), and the scalars of base, generator and key. */
const JOB: usize = 104;
const HAS_BASE = 1;
const HAS_GENERATOR = 2;
const HAS_KEY = 4;

let keys: usize = 0;
let combs: usize = 0;
let pointsAt: usize = 0;
let statesAt: usize = 0;
let sumsAt: usize = 0;
let jobsAt: usize = 0;
let resultsAt: usize = 0;
let decodedAt: usize = 0;
let productsAt: usize = 0;
let partialsAt: usize = 0;
let firstAt: usize = 0;
let nextAt: usize = 0;

const scratch = memory.data(144), point = memory.data(144), product = memory.data(36), inverse = memory.data(36);

/** Computes the constants and the comb of the generator, and makes room for the combs of so many keys. */
export function start(keySlots: i32): void {
  keys = <usize>keySlots;
  combs = (__heap_base + 15) & ~15;
  grow(combs + (keys + 1) * COMB);
  startPoints();
  startOrder();
  setGenerator(point);
  makeComb(combs, point);
}

/** Lays out the buffers for so many points, sums and jobs; memory may grow, so that views of it must be made again. */
export function reserve(points: i32, sums: i32, jobs: i32): void {
  const bases = <usize>(points + sums), results = <usize>(jobs + sums);
  let at = combs + (keys + 1) * COMB;
  pointsAt = at; at += 32 * <usize>points;
  statesAt = at; at += 4 * <usize>points;
  sumsAt = at; at += 8 * <usize>sums;
  jobsAt = at; at += JOB * <usize>jobs;
  resultsAt = at; at += 32 * results;
  decodedAt = at; at += POINT * bases;
  productsAt = at; at += POINT * results;
  partialsAt = at; at += SIZE * results;
  firstAt = at; at += 4 * bases;
  nextAt = at; at += 4 * <usize>jobs;
  grow(at);
}

function grow(end: usize): void {
  const pages = <i32>((end + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

/** Where to write points: 32 bytes each, RFC 8032. */
export function points(): usize {
  return pointsAt;
}
/** Where to read, after `run`, what each point is: 0, or why it is refused (i32). */
export function states(): usize {
  return statesAt;
}
/** Where to write sums: first point, and the one after the last (two u32). */
export function sums(): usize {
  return sumsAt;
}
/** Where to write jobs: base (a point, or a sum after all points), flags, scalars c, g, y. */
export function jobs(): usize {
  return jobsAt;
}
/** Where to read, after `run`, the result of each job, then each sum: 32 bytes as Belenios prints them. */
export function results(): usize {
  return resultsAt;
}

/** Makes the comb of the key that stands where the first point goes: 0, or why the point is refused. */
export function setKey(slot: i32): i32 {
  const refused = decode(point, pointsAt);
  if (refused != 0) return refused;
  prepare(point);
  if (!inGroup()) return NOT_IN_GROUP;
  makeComb(combs + (<usize>slot + 1) * COMB, point);
  return 0;
}

/**
 * c base + g G + y Y for each job, Y the key in that slot. Sums are of points that are members, so they are not checked
 * again. Where a point is refused, whatever needs it is left out, and its result is the neutral element.
 */
export function run(slot: i32, pointCount: i32, sumCount: i32, jobCount: i32): void {
  const key = combs + (<usize>slot + 1) * COMB;
  const bases = pointCount + sumCount;
  sortByBase(bases, jobCount);
  for (let i = 0; i < bases; i++) {
    const at = decodedAt + <usize>i * POINT;
    const state = i < pointCount ? decode(at, pointsAt + 32 * <usize>i) : sum(at, i - pointCount);
    if (state == 0) prepare(at);
    const refused = state != 0 ? state : i < pointCount && !inGroup() ? NOT_IN_GROUP : 0;
    if (i < pointCount) store<i32>(statesAt + 4 * <usize>i, refused);
    for (let job = load<i32>(firstAt + 4 * <usize>i); job >= 0; job = load<i32>(nextAt + 4 * <usize>job)) {
      const r = productsAt + POINT * <usize>job;
      if (refused == 0) compute(r, jobsAt + JOB * <usize>job, key);
      else setIdentity(r);
    }
    if (i >= pointCount) copyPoint(productsAt + POINT * <usize>(jobCount + i - pointCount), at);
  }
  encodeAll(jobCount + sumCount);
}

/** Chains the jobs of each base, so that its tables are made once. */
function sortByBase(bases: i32, jobCount: i32): void {
  memory.fill(firstAt, 0xff, 4 * <usize>bases);
  for (let job = jobCount - 1; job >= 0; job--) {
    const first = firstAt + 4 * <usize>load<u32>(jobsAt + JOB * <usize>job);
    store<i32>(nextAt + 4 * <usize>job, load<i32>(first));
    store<i32>(first, job);
  }
}

/** The sum of a range of points; not 0, and the neutral element, when one of them was refused. */
function sum(r: usize, index: i32): i32 {
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

/** One job on the prepared base. */
function compute(r: usize, job: usize, key: usize): void {
  const flags = load<u32>(job, 4);
  if ((flags & HAS_BASE) != 0) multiplyPrepared(r, job + 8);
  else setIdentity(r);
  if ((flags & HAS_GENERATOR) != 0) addMultiple(r, combs, job + 40);
  if ((flags & HAS_KEY) != 0) addMultiple(r, key, job + 72);
}

/** Encodes all products, after the inversion of the product of all Z (Montgomery 1987): 5 M each and 265 in all. */
function encodeAll(count: i32): void {
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
    encode(resultsAt + 32 * <usize>i, p, product);
  }
}
