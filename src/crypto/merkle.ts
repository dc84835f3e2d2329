/**
 * Merkle trees of RFC 6962: hashes, and the proofs of inclusion and consistency checked against a root.
 *
 * Everything here is a function of 32-byte hashes and of sizes; nothing stores a tree. Sizes and indices are safe
 * integers, never 32-bit operations, so that a tree of more than 2^32 leaves is an ordinary tree.
 */
import { sha256 } from '@noble/hashes/sha2.js';

/** A SHA-256 digest, 32 bytes. */
export type Hash = Uint8Array;

/** Where a stored hash stands: the root of leaves `[index * 2^level, (index + 1) * 2^level)`, always complete. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** Leaves `[from, to)`, a range whose hash RFC 6962 2.1 defines when it is a subtree of the tree. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** The root of the tree without leaves: SHA-256 of nothing (RFC 6962 2.1). */
export const emptyRoot: Hash = sha256(new Uint8Array());

/** `SHA-256(0x00 || data)`, RFC 6962 2.1. */
export function leafHash(data: Uint8Array): Hash {
  const bytes = new Uint8Array(1 + data.length);
  bytes.set(data, 1);
  return sha256(bytes);
}

/**
 * `SHA-256(0x01 || left || right)`, RFC 6962 2.1. Its prefix is what keeps a node from passing for a leaf. Throws
 * `RangeError` unless both are hashes: bytes beyond the 32nd would be lost.
 */
export function nodeHash(left: Hash, right: Hash): Hash {
  if (!isHash(left) || !isHash(right)) throw new RangeError('not a hash of 32 bytes');
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/**
 * The complete subtrees that make a range, left to right: the fewest aligned ones. Their hashes, folded from the
 * right by `foldRight`, are the range's own hash.
 */
export function completeSubtrees({ from, to }: LeafRange): NodeId[] {
  const nodes: NodeId[] = [];
  for (let start = from; start < to;) {
    let level = 0;
    let width = 1;
    while (start % (width * 2) === 0 && start + width * 2 <= to) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: start / width });
    start += width;
  }
  return nodes;
}

/** One hash of several complete subtrees, given left to right; `emptyRoot` when there is none. */
export function foldRight(hashes: readonly Hash[]): Hash {
  return hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/**
 * The ranges whose hashes prove that leaf `index` is in a tree of `size` leaves, nearest the leaf first: `PATH` of
 * RFC 6962 2.1.1. Throws `RangeError` when there is no such leaf.
 */
export function inclusionPath(index: number, size: number): LeafRange[] {
  requireSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  }
  const path: LeafRange[] = [];
  for (let from = 0, to = size; to - from > 1;) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return path.reverse();
}

/**
 * The ranges whose hashes prove that a tree of `size` leaves begins with the tree of its first `old` leaves:
 * `PROOF` of RFC 6962 2.1.2. Empty when the sizes are equal or the old tree is empty (it proves nothing then).
 */
export function consistencyPath(old: number, size: number): LeafRange[] {
  requireSize(old);
  requireSize(size);
  if (old > size) throw new RangeError(`a tree of ${size} has no older tree of ${old}`);
  const path: LeafRange[] = [];
  if (old === 0 || old === size) return path;
  let from = 0;
  let to = size;
  while (to !== old) {
    const middle = from + splitPoint(to - from);
    if (old <= middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  if (from > 0) path.push({ from, to }); // otherwise the subtree is the old tree, which the verifier knows
  return path.reverse();
}

/** The hashes of a path, from stored complete subtrees: what `MerkleTree`, tiles or a table answer for a node. */
export function readPath(path: readonly LeafRange[], read: (node: NodeId) => Hash): Hash[] {
  return path.map((range) => foldRight(completeSubtrees(range).map(read)));
}

/** Whether `proof` shows that `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves under `root`. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isSize(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  const path = inclusionPath(index, size);
  if (path.length !== proof.length || ![leaf, ...proof].every(isHash)) return false;
  const computed = proof.reduce(
    (hash, other, i) => ((path[i] as LeafRange).from > index ? nodeHash(hash, other) : nodeHash(other, hash)),
    leaf,
  );
  return equalHashes(computed, root);
}

/** Whether `proof` shows that the tree of `size` leaves under `root` begins with the `old` leaves under `oldRoot`. */
export function verifyConsistency(
  old: number,
  size: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  root: Hash,
): boolean {
  if (!isSize(old) || !isSize(size) || old > size || ![oldRoot, ...proof].every(isHash)) return false;
  if (old === 0) return proof.length === 0 && equalHashes(oldRoot, emptyRoot);
  if (old === size) return proof.length === 0 && equalHashes(oldRoot, root);
  const path = consistencyPath(old, size);
  if (path.length !== proof.length) return false;
  // A path without a range that ends the old tree starts from the old tree itself.
  const whole = (path[0] as LeafRange).to !== old;
  let oldHash = whole ? oldRoot : (proof[0] as Hash);
  let hash = oldHash;
  for (let i = whole ? 0 : 1; i < path.length; i += 1) {
    const other = proof[i] as Hash;
    if ((path[i] as LeafRange).from >= old) {
      hash = nodeHash(hash, other);
    } else {
      oldHash = nodeHash(other, oldHash);
      hash = nodeHash(other, hash);
    }
  }
  return equalHashes(oldHash, oldRoot) && equalHashes(hash, root);
}

/** Whether two hashes are the same 32 bytes. Nothing here is secret, so the time it takes may depend on them. */
export function equalHashes(a: Hash, b: Hash): boolean {
  return isHash(a) && isHash(b) && a.every((byte, i) => byte === b[i]);
}

/** The largest power of two smaller than `size` (RFC 6962 2.1 calls it k). */
function splitPoint(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

function requireSize(size: number): void {
  if (!isSize(size)) throw new RangeError(`not a tree size: ${size}`);
}

function isHash(hash: Hash): boolean {
  return hash.length === 32;
}
