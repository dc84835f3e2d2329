import { bytesToHex } from '@noble/hashes/utils.js';
import { Malformed } from './malformed.js';

/** The groups of the Belenios specification that we keep, by the name that an election file gives them. */
export type GroupName = 'Ed25519' | 'BELENIOS-2048';

/** A source of uniform random bytes: the caller's choice, so that tests can replay it. */
export type RandomBytes = (length: number) => Uint8Array;

declare const opaque: unique symbol;

/**
 * An element of a group. What it really is belongs to the back-end that made it; elements of two back-ends must not
 * meet: print with one, parse with the other.
 */
export interface Element {
  readonly [opaque]: 'element';
}

/** An element that is raised to many powers: the back-end may keep a table for it. */
export interface FixedBase<E = Element> {
  readonly element: E;
  /** element^k, for k in [0, q). In constant time where the back-end can: k may be a secret. */
  exp(k: bigint): E;
  /**
   * element^r · x^c, for r and c in [0, q): what a verifier recomputes from a proof (challenge c, response r).
   * Variable time: public values only. Throws `Malformed` when x came from `read` and lies outside the group.
   */
  commit(r: bigint, x: E, c: bigint): E;
}

/**
 * A group of prime order q, written multiplicatively. Back-ends differ in speed and in what an element is inside;
 * they agree on every text and every result. Exponents are integers in [0, q).
 */
export interface Group<E = Element> {
  /** As Belenios prints it in `election.json`. */
  readonly name: GroupName;
  /** Which library does the arithmetic, for benches and logs. */
  readonly backEnd: string;
  /** q, the prime order. */
  readonly order: bigint;
  readonly identity: E;
  /** The generator. */
  readonly g: FixedBase<E>;

  /**
   * The element that `text` is the one canonical form of: decimal for BELENIOS-2048, 64 lowercase hex digits of the
   * big-endian integer of the RFC 8032 encoding for Ed25519. Accepts the identity (see `parsePublic`).
   * Throws `Malformed` at `path` for any other text, and for what is outside the prime-order group.
   */
  parse(text: string, path: string): E;
  /**
   * Like `parse`, but membership in the prime-order group may be left to the first `exp` or `commit` on the element,
   * which then throws `Malformed`. Only for code that is sure to make one before it believes anything.
   */
  read(text: string, path: string): E;
  /** The element of a text that was found to be a member before: membership is not tested again. */
  again(text: string, path: string): E;
  /** The canonical text: `parse(print(x))` is x. */
  print(x: E): string;

  equal(a: E, b: E): boolean;
  /** a · b */
  mul(a: E, b: E): E;
  /** a · b⁻¹ */
  div(a: E, b: E): E;
  /** x^k, for k in [0, q). In constant time where the back-end can: k may be a secret. */
  exp(x: E, k: bigint): E;
  /** A base to be used often: the election key, a trustee's key. Making it may cost as much as ten powers. */
  fixedBase(x: E): FixedBase<E>;

  /** SHA-256 of a text in UTF-8: here because servers have a faster one than browsers. */
  sha256(text: string): Uint8Array;
}

/** Hides what elements are inside, once the back-end is written: callers cannot look into one. */
export function opaqueGroup<E>(group: Group<E>): Group {
  return group as unknown as Group;
}

/** The product of elements, the identity when there is none. */
export function product<E>(group: Group<E>, elements: Iterable<E>): E {
  let total: E | undefined;
  for (const element of elements) total = total === undefined ? element : group.mul(total, element);
  return total ?? group.identity;
}

/** Parses an element that the protocol does not let be the identity: a key, a credential, half of a ciphertext. */
export function parsePublic<E>(group: Group<E>, text: string, path: string): E {
  const element = group.parse(text, path);
  if (group.equal(element, group.identity)) throw new Malformed(path, 'identity of the group');
  return element;
}

/**
 * H(prefix; e₁, …, eₙ) = int(SHA-256(prefix ‖ e₁ ‖ "," ‖ … ‖ eₙ)) mod q, elements as printed
 * (Belenios specification, « Group parameters »: the hash to the integers modulo q).
 */
export function hashToScalar<E>(group: Group<E>, prefix: string, elements: readonly E[]): bigint {
  const printed = elements.map((element) => group.print(element)).join(',');
  return bytesToInteger(group.sha256(prefix + printed)) % group.order;
}

/** The integer of `text`, decimal without sign or leading zero, in [0, q). Throws `Malformed` at `path` otherwise. */
export function parseScalar(group: Pick<Group, 'order'>, text: unknown, path: string): bigint {
  if (typeof text !== 'string' || text.length > 620 || !/^(?:0|[1-9][0-9]*)$/.test(text)) {
    throw new Malformed(path, 'not a canonical decimal');
  }
  const value = BigInt(text);
  if (value >= group.order) throw new Malformed(path, 'not below the order of the group');
  return value;
}

/** A uniform scalar in [0, q): sixteen bytes more than q has, so that the bias is below 2⁻¹²⁸. */
export function randomScalar(group: Pick<Group, 'order'>, random: RandomBytes): bigint {
  return bytesToInteger(draw(random, 48)) % group.order;
}

/** Random bytes, as many as were asked for: from none, a secret would be zero, and nothing would show it. */
export function draw(random: RandomBytes, length: number): Uint8Array {
  const bytes = random(length);
  if (bytes.length !== length) throw new RangeError(`${bytes.length} random bytes instead of ${length}`);
  return bytes;
}

/** a mod q, in [0, q), also for a negative a. */
export function modulo(a: bigint, q: bigint): bigint {
  const rest = a % q;
  return rest < 0n ? rest + q : rest;
}

/** The integer that bytes write in base 256, most significant first. */
export function bytesToInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${bytesToHex(bytes)}`);
}
