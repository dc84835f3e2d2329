/** The jobs of a call, four bases at a time, each in a lane of its own: any four, since lanes stay in step. */
import { combs, decodedAt, firstJob, HAS_BASE, HAS_GENERATOR, HAS_KEY, JOB, jobsAt, nextJob, pointsAt, productsAt, statesAt } from './buffers';
import { SIZE } from './field';
import { gather, pack, PACKED, scatter, unpack } from './lanes';
import { powerForRoot } from './lanes-field';
import { addMultiples, multiplyByOrder, multiplyPrepared, prepare } from './lanes-multiply';
import { isIdentity, POINT, setIdentity } from './point';
import { beginDecoding, endDecoding, NOT_CANONICAL, NOT_IN_GROUP } from './point-bytes';
import { sum } from './results';

const four = memory.data(640, 16), root = memory.data(160, 16);
const one = memory.data(144), neutral = memory.data(144);

/** For each lane: four packed elements and where they are; why its base is refused; its job. */
const packed = memory.data(4 * 160), packedAt = memory.data(16);
const refused = memory.data(16), jobs = memory.data(16);

/** For each lane, the addresses of a scalar and of a comb; a scalar for a lane that has none. */
const scalars = memory.data(16), combsOf = memory.data(16), zero = memory.data(32);

/** Decodes and checks every base, and computes its jobs. */
export function runFourByFour(key: usize, pointCount: i32, sumCount: i32): void {
  for (let lane: usize = 0; lane < 4; lane++) store<u32>(packedAt + (lane << 2), packed + lane * 160);
  setIdentity(neutral);
  for (let i = 0; i < pointCount; i += 4) {
    const count = min(4, pointCount - i);
    decodeFour(i, count);
    prepareFour(i, count);
    multiplyByOrder(four);
    packFour();
    for (let lane = 0; lane < count; lane++) {
      const at = refused + (<usize>lane << 2);
      if (load<i32>(at) == 0 && !isIdentity(unpackLane(one, lane))) store<i32>(at, NOT_IN_GROUP);
      store<i32>(statesAt + 4 * <usize>(i + lane), load<i32>(at));
    }
    computeFour(i, count, key);
  }
  for (let i = 0; i < sumCount; i += 4) {
    const first = pointCount + i, count = min(4, sumCount - i);
    for (let lane = 0; lane < count; lane++) {
      store<i32>(refused + (<usize>lane << 2), sum(decodedAt + POINT * <usize>(first + lane), i + lane));
    }
    prepareFour(first, count);
    computeFour(first, count, key);
  }
}

/** Decodes so many points from that one on. The one long power of each in a lane, all else in turn. */
function decodeFour(first: i32, count: i32): void {
  for (let lane = 0; lane < count; lane++) {
    const i = <usize>(first + lane);
    const canonical = beginDecoding(decodedAt + POINT * i, pointsAt + 32 * i, one);
    store<i32>(refused + (<usize>lane << 2), canonical ? 0 : NOT_CANONICAL);
    pack(load<u32>(packedAt + (<usize>lane << 2)), one);
  }
  gather(four, packedAt, 0);
  powerForRoot(root, four);
  scatter(packedAt, 0, root);
  for (let lane = 0; lane < count; lane++) {
    const i = <usize>(first + lane), at = refused + (<usize>lane << 2);
    if (load<i32>(at) != 0) continue;
    unpack(one, load<u32>(packedAt + (<usize>lane << 2)));
    store<i32>(at, endDecoding(decodedAt + POINT * i, pointsAt + 32 * i, one));
  }
}

/** Prepares so many bases from that one on; in the place of what is refused or not there, the neutral element. */
function prepareFour(first: i32, count: i32): void {
  for (let lane = 0; lane < 4; lane++) {
    const holds = lane < count && load<i32>(refused + (<usize>lane << 2)) == 0;
    const p = holds ? decodedAt + POINT * <usize>(first + lane) : neutral;
    const out = packed + <usize>lane * 160;
    for (let i: usize = 0; i < 4; i++) pack(out + i * PACKED, p + i * SIZE); // X, Y, Z, T
  }
  for (let i: usize = 0; i < 4; i++) gather(four + i * 160, packedAt, i * PACKED);
  prepare(four);
}

/** Packs the four points that a product left, and reads one of them back, without T. */
function packFour(): void {
  for (let i: usize = 0; i < 3; i++) scatter(packedAt, i * PACKED, four + i * 160);
}
function unpackLane(p: usize, lane: i32): usize {
  for (let i: usize = 0; i < 3; i++) unpack(p + i * SIZE, packed + <usize>lane * 160 + i * PACKED);
  return p;
}

/** Computes the jobs of the four prepared bases, one of each at a time. */
function computeFour(first: i32, count: i32, key: usize): void {
  for (let lane = 0; lane < 4; lane++) {
    store<i32>(jobs + (<usize>lane << 2), lane < count ? firstJob(first + lane) : -1);
  }
  while (chooseBases()) {
    multiplyPrepared(four, scalars);
    if (chooseCombs(key, false)) addMultiples(four, combsOf, scalars);
    if (chooseCombs(key, true)) addMultiples(four, combsOf, scalars);
    packFour();
    for (let lane = 0; lane < count; lane++) {
      const at = jobs + (<usize>lane << 2);
      const job = load<i32>(at);
      if (job < 0) continue;
      const r = productsAt + POINT * <usize>job;
      if (load<i32>(refused + (<usize>lane << 2)) == 0) unpackLane(r, lane);
      else setIdentity(r);
      store<i32>(at, nextJob(job));
    }
  }
}

/** The scalar of each lane's base. Whether any lane has a job left. */
function chooseBases(): bool {
  let left = false;
  for (let lane: usize = 0; lane < 16; lane += 4) {
    const job = load<i32>(jobs + lane), at = jobsAt + JOB * <usize>job;
    if (job >= 0) left = true;
    store<u32>(scalars + lane, job >= 0 && (load<u32>(at, 4) & HAS_BASE) != 0 ? at + 8 : zero);
  }
  return left;
}

/** The first comb of each lane's job, or the second, with its scalar. Whether any lane has one. */
function chooseCombs(key: usize, second: bool): bool {
  let some = false;
  for (let lane: usize = 0; lane < 16; lane += 4) {
    const job = load<i32>(jobs + lane), at = jobsAt + JOB * <usize>job;
    const flags = job < 0 ? 0 : load<u32>(at, 4) & (HAS_GENERATOR | HAS_KEY);
    const ofKey = second || flags == HAS_KEY;
    const has = second ? flags == (HAS_GENERATOR | HAS_KEY) : flags != 0;
    if (has) some = true;
    store<u32>(combsOf + lane, ofKey ? key : combs);
    store<u32>(scalars + lane, !has ? zero : ofKey ? at + 72 : at + 40);
  }
  return some;
}
