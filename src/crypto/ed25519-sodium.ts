import { ED25519_ORDER, printEd25519, readEd25519 } from './ed25519-text.js';
import { opaqueGroup, type FixedBase, type Group } from './group.js';
import { Malformed } from './malformed.js';

/**
 * What we use of libsodium, whichever build of it. Points and scalars are 32 bytes, little-endian (RFC 8032), and each
 * function throws on what libsodium refuses: `scalarmult_noclamp` a non-canonical or small-order point, a point outside
 * the prime-order group, a zero scalar; `add` and `sub` a point off the curve.
 */
export interface Sodium {
  readonly backEnd: string;
  multiply(k: Uint8Array, x: Uint8Array): Uint8Array;
  multiplyBase(k: Uint8Array): Uint8Array;
  add(a: Uint8Array, b: Uint8Array): Uint8Array;
  subtract(a: Uint8Array, b: Uint8Array): Uint8Array;
  isValid(x: Uint8Array): boolean;
  sha256(text: string): Uint8Array;
}

const identity = new Uint8Array(32);
identity[0] = 1;

/**
 * Ed25519 by libsodium. An element is its RFC 8032 bytes; since `scalarmult_noclamp` itself checks membership, `read`
 * leaves it to the first power, and no point is checked twice.
 */
export function ed25519Sodium(sodium: Sodium): Group {
  const exp = (x: Uint8Array, k: bigint): Uint8Array => {
    if (k === 0n) return (requireMember(sodium, x), identity);
    if (same(x, identity)) return identity;
    return refusing(() => sodium.multiply(scalarBytes(k), x));
  };
  const baseExp = (k: bigint) => (k === 0n ? identity : sodium.multiplyBase(scalarBytes(k)));
  const mul = (a: Uint8Array, b: Uint8Array) => refusing(() => sodium.add(a, b));
  const g: FixedBase<Uint8Array> = {
    element: baseExp(1n),
    exp: baseExp,
    commit: (r, x, c) => mul(baseExp(r), exp(x, c)),
  };
  const group: Group<Uint8Array> = {
    name: 'Ed25519',
    backEnd: sodium.backEnd,
    order: ED25519_ORDER,
    identity,
    g,
    parse(text, path) {
      const bytes = readEd25519(text, path);
      if (!same(bytes, identity) && !sodium.isValid(bytes))
        throw new Malformed(path, 'outside the prime-order group');
      return bytes;
    },
    read: readEd25519,
    again: readEd25519,
    print: printEd25519,
    equal: same,
    mul,
    div: (a, b) => refusing(() => sodium.subtract(a, b)),
    exp,
    fixedBase: (element) => ({
      element,
      exp: (k) => exp(element, k),
      commit: (r, x, c) => mul(exp(element, r), exp(x, c)),
    }),
    sha256: (text) => sodium.sha256(text),
  };
  return opaqueGroup(group);
}

function requireMember(sodium: Sodium, x: Uint8Array): void {
  if (!same(x, identity) && !sodium.isValid(x))
    throw new Malformed('element', 'outside the prime-order group');
}

function refusing(operation: () => Uint8Array): Uint8Array {
  try {
    return operation();
  } catch {
    throw new Malformed('element', 'outside the prime-order group');
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < 32; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

function scalarBytes(k: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, BigInt.asUintN(64, k >> BigInt(64 * i)), true);
  return new Uint8Array(view.buffer);
}
