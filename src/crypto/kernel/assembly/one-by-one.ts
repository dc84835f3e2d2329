/** The jobs of a call, base after base. */
import { combs, decodedAt, firstJob, HAS_BASE, HAS_GENERATOR, HAS_KEY, JOB, jobsAt, nextJob, pointsAt, productsAt, statesAt } from './buffers';
import { addMultiple, inGroup, multiplyPrepared, prepare } from './multiply';
import { POINT, setIdentity } from './point';
import { decode, NOT_IN_GROUP } from './point-bytes';
import { sum } from './results';

/** Decodes and checks every base, and computes its jobs. */
export function runOneByOne(key: usize, pointCount: i32, sumCount: i32): void {
  for (let i = 0; i < pointCount + sumCount; i++) {
    const at = decodedAt + POINT * <usize>i;
    const state = i < pointCount ? decode(at, pointsAt + 32 * <usize>i) : sum(at, i - pointCount);
    if (state == 0) prepare(at);
    const refused = state != 0 ? state : i < pointCount && !inGroup() ? NOT_IN_GROUP : 0;
    if (i < pointCount) store<i32>(statesAt + 4 * <usize>i, refused);
    for (let job = firstJob(i); job >= 0; job = nextJob(job)) {
      const r = productsAt + POINT * <usize>job;
      if (refused == 0) compute(r, jobsAt + JOB * <usize>job, key);
      else setIdentity(r);
    }
  }
}

/** One job on the prepared base. */
function compute(r: usize, job: usize, key: usize): void {
  const flags = load<u32>(job, 4);
  if ((flags & HAS_BASE) != 0) multiplyPrepared(r, job + 8);
  else setIdentity(r);
  if ((flags & HAS_GENERATOR) != 0) addMultiple(r, combs, job + 40);
  if ((flags & HAS_KEY) != 0) addMultiple(r, key, job + 72);
}
