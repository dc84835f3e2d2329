/** Elements of the field as the 32 bytes of RFC 8032, and what is read off their one value in [0, p). */
import { FOLD, MASK, sweep } from './field';

const canonical = memory.data(32);

/** Writes the one value of a in [0, p) as 32 bytes, little-endian. a is reduced. */
export function toBytes(out: usize, a: usize): void {
  // |a| is below 2^260 (1 + 2^-10), so a + 64 p = a + 2^261 - 1216 is positive; carried to limbs in [0, 2^29).
  let c: i64 = 0;
  const l = limbs;
  for (let i = 0; i < 9; i++) {
    c += <i64>load<i32>(a + (<usize>i << 2)) + (i == 0 ? -FOLD : 0) + (i == 8 ? <i64>1 << 29 : 0);
    store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
    c = i < 8 ? c >> 29 : c >> 23;
  }
  // c is the number of 2^255 above: each is 19. Twice, since the first may carry once more; then below 2^255.
  for (let round = 0; round < 2; round++) {
    c *= 19;
    for (let i = 0; i < 9; i++) {
      c += load<i64>(l + (<usize>i << 3));
      store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
      c = i < 8 ? c >> 29 : c >> 23;
    }
  }
  // in [0, 2^255): subtract p when not below it, that is when adding 19 reaches 2^255
  c = 19;
  for (let i = 0; i < 9; i++) c = (c + load<i64>(l + (<usize>i << 3))) >> (i < 8 ? 29 : 23);
  c *= 19;
  for (let i = 0; i < 9; i++) {
    c += load<i64>(l + (<usize>i << 3));
    store<i64>(l + (<usize>i << 3), i < 8 ? c & MASK : c & ((1 << 23) - 1));
    c >>= 29;
  }
  let bits: u64 = 0;
  let held = 0;
  let at = out;
  for (let i = 0; i < 9; i++) {
    bits |= load<u64>(l + (<usize>i << 3)) << held;
    held += 29;
    while (held >= 8 && at < out + 32) {
      store<u8>(at++, <u8>bits);
      bits >>= 8;
      held -= 8;
    }
  }
  if (at < out + 32) store<u8>(at, <u8>bits);
}

const limbs = memory.data(72);

/** r = the low 255 bits of 32 bytes, little-endian, reduced. */
export function fromBytes(r: usize, bytes: usize): void {
  sweep(
    r,
    window(bytes, 0), window(bytes, 29), window(bytes, 58), window(bytes, 87), window(bytes, 116),
    window(bytes, 145), window(bytes, 174), window(bytes, 203), window(bytes, 232) & ((1 << 23) - 1), // without the sign of x
  );
}

/** 29 bits of a 32-byte integer, from bit `at`; of the last ones, what there is. */
function window(bytes: usize, at: i32): i64 {
  const byte = at >> 3;
  if (byte <= 24) return <i64>(load<u64>(bytes + byte) >> (at & 7)) & MASK;
  return <i64>(load<u64>(bytes + 24) >> (at - 192)) & MASK;
}

/** Whether a is 0 modulo p. a is reduced. */
export function isZero(a: usize): bool {
  toBytes(canonical, a);
  return (load<u64>(canonical) | load<u64>(canonical, 8) | load<u64>(canonical, 16) | load<u64>(canonical, 24)) == 0;
}

/** Whether the one value of a in [0, p) is odd, which RFC 8032 calls its sign. a is reduced. */
export function isOdd(a: usize): bool {
  toBytes(canonical, a);
  return (load<u8>(canonical) & 1) != 0;
}
