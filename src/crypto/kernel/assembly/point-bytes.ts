/** Points as the 32 bytes of RFC 8032 5.1, and as Belenios prints them. */
import { add, carry, multiply, set, SIZE, square, subtract } from './field';
import { fromBytes, isOdd, isZero, toBytes } from './field-bytes';
import { invert, powerForRoot } from './field-powers';
import { d, one, rootOfMinusOne, T, X, Y, Z } from './point';

const a = memory.data(36), b = memory.data(36), c = memory.data(36);
const e = memory.data(36), f = memory.data(36), g = memory.data(36), h = memory.data(36);

export const NOT_CANONICAL = 1;
const NOT_ON_CURVE = 2;
/** A point lies outside the group of prime order. */
export const NOT_IN_GROUP = 3;

/**
 * Decodes RFC 8032 5.1.3, strictly: 0, or why not. y not below p is refused, and x = 0 with the sign set. The root of
 * u/v, u = y^2 - 1 and v = d y^2 + 1, is x = u v^3 (u v^7)^((p - 5) / 8), times a root of -1 when v x^2 = -u.
 */
export function decode(p: usize, bytes: usize): i32 {
  if (!beginDecoding(p, bytes, h)) return NOT_CANONICAL;
  powerForRoot(c, h);
  return endDecoding(p, bytes, c);
}

/** The first part: y, and w = u v^7, whose power the second one needs. Whether y is below p. */
export function beginDecoding(p: usize, bytes: usize, w: usize): bool {
  fromBytes(p + Y, bytes);
  toBytes(encoded, p + Y);
  if (
    load<u64>(bytes) != load<u64>(encoded) ||
    load<u64>(bytes, 8) != load<u64>(encoded, 8) ||
    load<u64>(bytes, 16) != load<u64>(encoded, 16) ||
    (load<u64>(bytes, 24) & 0x7fffffffffffffff) != load<u64>(encoded, 24)
  ) {
    return false;
  }
  fraction(p);
  square(b, g);
  multiply(b, b, f); // 1 * 2
  multiply(w, b, e); // 1 * 2
  return true;
}

/** e = u, f = v (two terms each) and g = v^3, of the y of p. */
function fraction(p: usize): void {
  square(a, p + Y);
  subtract(e, a, one);
  multiply(f, a, d);
  add(f, f, one);
  square(g, f); // 2
  multiply(g, g, f); // 1 * 2
}

/** The second part: x, from w^((p - 5) / 8). 0, or why there is none. */
export function endDecoding(p: usize, bytes: usize, power: usize): i32 {
  const u = e, v = f, v3 = g, x = p + X;
  fraction(p);
  multiply(x, power, v3);
  multiply(x, x, u); // 1 * 2
  square(a, x);
  multiply(a, a, v); // 1 * 2
  subtract(b, a, u); // 3
  carry(b, b);
  if (!isZero(b)) {
    add(b, a, u);
    carry(b, b);
    if (!isZero(b)) return NOT_ON_CURVE;
    multiply(x, x, rootOfMinusOne);
  }
  if (isOdd(x) != (load<u8>(bytes, 31) >> 7 != 0)) {
    if (isZero(x)) return NOT_CANONICAL;
    negate(x);
  }
  set(p + Z, 1);
  multiply(p + T, x, p + Y);
  return 0;
}

const encoded = memory.data(32);

function negate(r: usize): void {
  for (let i: usize = 0; i < SIZE; i += 4) store<i32>(r + i, -load<i32>(r + i));
}

/**
 * Writes x/z and y/z, given 1/z, as Belenios prints an element: the 32 bytes of RFC 8032, most significant first, in 64
 * digits of lowercase hex.
 */
export function encode(out: usize, p: usize, inverse: usize): void {
  multiply(a, p + X, inverse);
  multiply(b, p + Y, inverse);
  toBytes(encoded, b);
  if (isOdd(a)) store<u8>(encoded, load<u8>(encoded, 31) | 0x80, 31);
  for (let i: usize = 0; i < 32; i++) {
    const byte = load<u8>(encoded + 31 - i);
    store<u8>(out + 2 * i, hexDigit(byte >> 4));
    store<u8>(out + 2 * i, hexDigit(byte & 15), 1);
  }
}

@inline
function hexDigit(value: u8): u8 {
  return value + (value < 10 ? 48 : 87); // '0', and 'a' less 10
}

/** The generator: y = 4/5, x even (RFC 8032 5.1). */
export function setGenerator(p: usize): void {
  set(a, 5);
  invert(b, a);
  set(a, 4);
  multiply(a, a, b);
  toBytes(generator, a);
  decode(p, generator);
}

const generator = memory.data(32);
