/** Scalars, 32 bytes little-endian below the order of the group, cut into signed digits. */

/** Positions of a scalar: 252 bits and a half, and a carry. */
const POSITIONS: i32 = 256;

/**
 * Signed digits of width 4 ("wNAF"; Hankerson, Menezes and Vanstone 2004, algorithm 3.35): each is 0 or odd in [-7, 7], at most one of any four consecutive ones is not 0,
 * and the sum of digit[i] 2^i is k. For k below 2^253 the last digit that is not 0 is at 253 at most. One i8 each.
 */
export function wideDigits(digits: usize, k: usize): void {
  memory.fill(digits, 0, POSITIONS);
  let carry: i32 = 0;
  for (let at: i32 = 0; at < POSITIONS; ) {
    const window = bits(k, at) + carry;
    if ((window & 1) == 0) {
      at++; // the carry, if there is one, waits: bit + 1 = 2
      continue;
    }
    const low = window & 15;
    const digit = low >= 8 ? low - 16 : low;
    carry = digit < 0 ? 1 : 0;
    store<i8>(digits + at, <i8>digit);
    at += 4;
  }
}

/** Four bits of k from bit `at`; those above 255 are 0. */
function bits(k: usize, at: i32): i32 {
  const byte = at >> 3;
  const pair = <i32>load<u8>(k + byte) | (byte < 31 ? <i32>load<u8>(k + byte, 1) << 8 : 0);
  return (pair >> (at & 7)) & 15;
}

/** Digits in base 256, each in [-128, 127], 32 i16: the last takes the carry, since k is below 2^253. */
export function byteDigits(digits: usize, k: usize): void {
  let carry: i32 = 0;
  for (let i: usize = 0; i < 32; i++) {
    const digit = <i32>load<u8>(k + i) + carry;
    carry = digit >= 128 ? 1 : 0;
    store<i16>(digits + (i << 1), <i16>(digit - (carry << 8)));
  }
}

/** Digits in base 16, each in [-8, 7], 64 i8: the last takes the carry, since k is below 2^253. */
export function nibbleDigits(digits: usize, k: usize): void {
  let carry: i32 = 0;
  for (let i: usize = 0; i < 64; i++) {
    const digit = <i32>((load<u8>(k + (i >> 1)) >> <u8>((i & 1) << 2)) & 15) + carry;
    carry = digit >= 8 ? 1 : 0;
    store<i8>(digits + i, <i8>(digit - (carry << 4)));
  }
}
