import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { opaqueGroup, type FixedBase, type Group } from './group.js';
import { Malformed } from './malformed.js';
import { printEd25519, readEd25519 } from './ed25519-text.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

const q = Point.Fn.ORDER;
const utf8 = new TextEncoder();

function exp(x: Point, k: bigint): Point {
  return k === 0n || x.is0() ? Point.ZERO : x.multiply(k);
}

function fixedBase(element: Point): FixedBase<Point> {
  return {
    element,
    exp: (k) => exp(element, k),
    commit: (r, x, c) => element.multiplyUnsafe(r).add(x.multiplyUnsafe(c)),
  };
}

function decode(bytes: Uint8Array, path: string): Point {
  try {
    return Point.fromBytes(bytes); // RFC 8032: refuses y >= p and a signed zero
  } catch {
    throw new Malformed(path, 'not a point of the curve');
  }
}

function parse(text: string, path: string): Point {
  const point = decode(readEd25519(text, path), path);
  if (!point.isTorsionFree()) throw new Malformed(path, 'outside the prime-order group');
  return point;
}

const group: Group<Point> = {
  name: 'Ed25519',
  backEnd: '@noble/curves',
  order: q,
  identity: Point.ZERO,
  g: fixedBase(Point.BASE.precompute(8)),
  parse,
  read: parse,
  again: (text, path) => decode(readEd25519(text, path), path),
  print: (x) => printEd25519(x.toBytes()),
  equal: (a, b) => a.equals(b),
  mul: (a, b) => a.add(b),
  div: (a, b) => a.subtract(b),
  exp,
  fixedBase: (x) => fixedBase(Point.fromAffine(x.toAffine()).precompute(8)), // its own copy, so that the table goes with it
  sha256: (text) => sha256(utf8.encode(text)),
};

/** Ed25519 in plain JavaScript: the back-end of browsers, and the oracle of the others. */
export const ed25519Noble: Group = opaqueGroup(group);
