/**
 * In and out of lanes. A packed element is one value by itself, forty bytes: its twenty limbs of `lanes-field.ts`, i16,
 * in order. Four of them, at any four addresses, make an element of four lanes.
 */
import { SIZE } from './field';
import { toBytes } from './field-bytes';

/** Bytes of a packed element. */
export const PACKED: usize = 40;

/** r = the packed elements at the four addresses (u32) that stand at `at`, each and `offset` bytes on. */
export function gather(r: usize, at: usize, offset: usize): void {
  const p0 = <usize>load<u32>(at) + offset, p1 = <usize>load<u32>(at, 4) + offset;
  const p2 = <usize>load<u32>(at, 8) + offset, p3 = <usize>load<u32>(at, 12) + offset;
  transpose(r, r + 16, r + 32, r + 48, p0, p1, p2, p3);
  transpose(r + 64, r + 80, r + 96, r + 112, p0 + 16, p1 + 16, p2 + 16, p3 + 16);
  // two vectors once more, since ten are no multiple of four
  transpose(r + 96, r + 112, r + 128, r + 144, p0 + 24, p1 + 24, p2 + 24, p3 + 24);
}

/** Packs the four values of `a` at four addresses: the inverse of `gather`. */
export function scatter(at: usize, offset: usize, a: usize): void {
  const p0 = <usize>load<u32>(at) + offset, p1 = <usize>load<u32>(at, 4) + offset;
  const p2 = <usize>load<u32>(at, 8) + offset, p3 = <usize>load<u32>(at, 12) + offset;
  transpose(p0, p1, p2, p3, a, a + 16, a + 32, a + 48);
  transpose(p0 + 16, p1 + 16, p2 + 16, p3 + 16, a + 64, a + 80, a + 96, a + 112);
  transpose(p0 + 24, p1 + 24, p2 + 24, p3 + 24, a + 96, a + 112, a + 128, a + 144);
}

/** Writes the columns of the matrix, four by four of 32 bits, whose rows are at a, b, c and d. */
@inline
function transpose(r: usize, s: usize, t: usize, u: usize, a: usize, b: usize, c: usize, d: usize): void {
  const va = v128.load(a), vb = v128.load(b), vc = v128.load(c), vd = v128.load(d);
  const ab = v128.shuffle<i32>(va, vb, 0, 4, 1, 5), cd = v128.shuffle<i32>(vc, vd, 0, 4, 1, 5);
  v128.store(r, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(s, v128.shuffle<i64>(ab, cd, 1, 3));
  const abHigh = v128.shuffle<i32>(va, vb, 2, 6, 3, 7), cdHigh = v128.shuffle<i32>(vc, vd, 2, 6, 3, 7);
  v128.store(t, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(u, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

const bytes = memory.data(40);

/** Packs a reduced element of `field.ts`. Each carry rounds; the last limb has the eight bits from 247 on, and a carry. */
export function pack(out: usize, a: usize): void {
  toBytes(bytes, a);
  let carry: i32 = 0;
  for (let i: i32 = 0; i < 20; i++) {
    const bit = 13 * i;
    const limb = <i32>((load<u32>(bytes + (bit >> 3)) >> (bit & 7)) & 8191) + carry;
    carry = (limb + 4096) >> 13;
    store<i16>(out + (<usize>i << 1), <i16>(limb - (carry << 13)));
  }
}

/** r = a packed element, whose limbs are reduced, as a reduced element of `field.ts`. Each carry rounds. */
export function unpack(r: usize, packed: usize): void {
  let held: i64 = 0;
  let bits = 0;
  let at = r;
  for (let i: usize = 0; i < 20; i++) {
    held += <i64>load<i16>(packed + (i << 1)) << bits;
    bits += 13;
    if (bits < 29) continue;
    const carry = (held + (1 << 28)) >> 29;
    store<i32>(at, <i32>(held - (carry << 29)));
    held = carry;
    bits -= 29;
    at += 4;
  }
  store<i32>(at, <i32>held); // the ninth limb: 28 bits, |held| <= 2^27 + 2^16
}

/** Bytes of an affine point prepared for addition, packed: three elements in two lines of a cache. */
export const PACKED_AFFINE: usize = 128;

/** Packs an affine point prepared for addition. */
export function packAffine(out: usize, q: usize): void {
  for (let i: usize = 0; i < 3; i++) pack(out + i * PACKED, q + i * SIZE);
}
