/**
 * Where things are in memory, from the end of the program's own data on: the comb of the generator, as many combs of
 * election keys as `start` was asked for, then the buffers that `reserve` lays out.
 */
import { SIZE } from './field';
import { COMB } from './multiply';
import { POINT } from './point';

/** A job: base (u32), flags (u32), and the scalars of base, generator and key. */
export const JOB: usize = 104;
export const HAS_BASE = 1;
export const HAS_GENERATOR = 2;
export const HAS_KEY = 4;

/** Points, sums and jobs in one call: of 512 bytes each, three quarters of what 32 bits can address. */
const MOST: u64 = 3 << 21;

let keys: usize = 0;
export let combs: usize = 0;
export let pointsAt: usize = 0;
export let statesAt: usize = 0;
export let sumsAt: usize = 0;
export let jobsAt: usize = 0;
export let resultsAt: usize = 0;
export let decodedAt: usize = 0;
export let productsAt: usize = 0;
export let partialsAt: usize = 0;
let firstAt: usize = 0;
let nextAt: usize = 0;

/** Makes room for the combs of the generator and of so many keys. */
export function layCombs(keySlots: i32): void {
  keys = <usize>keySlots;
  combs = (__heap_base + 63) & ~63;
  grow(combs + (keys + 1) * COMB);
}

/** Where the comb of a key is. */
export function combOf(slot: i32): usize {
  return combs + (<usize>slot + 1) * COMB;
}

/**
 * Lays out the buffers for so many points, sums and jobs; memory may grow, so that views of it must be made again. Traps when
 * they do not fit, before an address of 32 bits would wrap: a point takes less than 512 bytes, a sum and a job too.
 */
export function reserve(points: i32, sums: i32, jobs: i32): void {
  if (<u64>points + <u64>sums + <u64>jobs >= MOST) unreachable();
  const bases = <usize>(points + sums), results = <usize>(jobs + sums);
  let at = combs + (keys + 1) * COMB;
  pointsAt = at; at += 32 * <usize>points;
  statesAt = at; at += 4 * <usize>points;
  sumsAt = at; at += 8 * <usize>sums;
  jobsAt = at; at += JOB * <usize>jobs;
  resultsAt = at; at += 64 * results;
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
/** Where to read, after `run`, the result of each job, then each sum: 64 hex digits as Belenios prints them. */
export function results(): usize {
  return resultsAt;
}

/** Chains the jobs of each base, so that its tables are made once. */
export function sortByBase(bases: i32, jobCount: i32): void {
  memory.fill(firstAt, 0xff, 4 * <usize>bases);
  for (let job = jobCount - 1; job >= 0; job--) {
    const first = firstAt + 4 * <usize>load<u32>(jobsAt + JOB * <usize>job);
    store<i32>(nextAt + 4 * <usize>job, load<i32>(first));
    store<i32>(first, job);
  }
}

/** The first job of a base, or -1. */
export function firstJob(base: i32): i32 {
  return load<i32>(firstAt + 4 * <usize>base);
}
/** The job of the same base after this one, or -1. */
export function nextJob(job: i32): i32 {
  return load<i32>(nextAt + 4 * <usize>job);
}
