/** A growing RFC 6962 tree: its frontier alone (`CompactTree`), or every hash in memory (`MerkleTree`). */
import {
  completeSubtrees,
  consistencyPath,
  equalHashes,
  foldRight,
  inclusionPath,
  nodeHash,
  readPath,
  type Hash,
  type NodeId,
} from './merkle.js';

/**
 * The right edge of a tree: at most 53 hashes, whatever its size, from which it goes on growing. Appending a leaf
 * costs two hashes on average, the root at most 53. Appended leaves are leaf hashes (`leafHash`).
 */
export class CompactTree {
  private constructor(
    private leaves: number,
    private readonly edge: Hash[],
    private readonly keep: (node: NodeId, hash: Hash) => void,
  ) {}

  /** A tree without leaves. `keep` is told each hash that will never change, leaves first: tiles are made of them. */
  static empty(keep: (node: NodeId, hash: Hash) => void = () => undefined): CompactTree {
    return new CompactTree(0, [], keep);
  }

  /**
   * The tree that `frontier()` described at `size` leaves. Throws `RangeError` when the number of hashes is not that
   * of the size; compare `root()` with a signed root to know that they are the right ones.
   */
  static resume(
    size: number,
    frontier: readonly Hash[],
    keep: (node: NodeId, hash: Hash) => void = () => undefined,
  ): CompactTree {
    const expected = completeSubtrees({ from: 0, to: size }).length;
    if (
      !Number.isSafeInteger(size) ||
      frontier.length !== expected ||
      frontier.some((h) => h.length !== 32)
    ) {
      throw new RangeError(`not the frontier of a tree of ${size}`);
    }
    return new CompactTree(size, [...frontier], keep);
  }

  get size(): number {
    return this.leaves;
  }

  append(leaf: Hash): void {
    let node: NodeId = { level: 0, index: this.leaves };
    let hash = leaf;
    this.keep(node, hash);
    while (node.index % 2 === 1) {
      node = { level: node.level + 1, index: (node.index - 1) / 2 };
      hash = nodeHash(this.edge.pop() as Hash, hash);
      this.keep(node, hash);
    }
    this.edge.push(hash);
    this.leaves += 1;
  }

  root(): Hash {
    return foldRight(this.edge);
  }

  /** The hashes of the complete subtrees that make the tree, left to right: what `resume` needs. */
  frontier(): Hash[] {
    return [...this.edge];
  }
}

/** A tree with all its hashes in memory (64 bytes a leaf and more), which proves any leaf and any older size. */
export class MerkleTree {
  private readonly levels: Hash[][] = [];
  private readonly compact = CompactTree.empty(({ level }, hash) => (this.levels[level] ??= []).push(hash));

  get size(): number {
    return this.compact.size;
  }

  append(leaf: Hash): void {
    this.compact.append(leaf);
  }

  /** The root of the first `size` leaves, by default of all. */
  root(size = this.size): Hash {
    this.requireWithin(size);
    return foldRight(completeSubtrees({ from: 0, to: size }).map((node) => this.read(node)));
  }

  /** The proof that leaf `index` is in the first `size` leaves (RFC 6962 2.1.1). */
  inclusionProof(index: number, size = this.size): Hash[] {
    this.requireWithin(size);
    return readPath(inclusionPath(index, size), (node) => this.read(node));
  }

  /** The proof that the first `size` leaves begin with the first `old` ones (RFC 6962 2.1.2). */
  consistencyProof(old: number, size = this.size): Hash[] {
    this.requireWithin(size);
    return readPath(consistencyPath(old, size), (node) => this.read(node));
  }

  /** The index of the first leaf with this hash, or -1. Looks at every leaf. */
  indexOf(leaf: Hash): number {
    return (this.levels[0] ?? []).findIndex((hash) => equalHashes(hash, leaf));
  }

  private read({ level, index }: NodeId): Hash {
    const hash = this.levels[level]?.[index];
    if (hash === undefined) throw new RangeError(`no complete subtree at level ${level}, index ${index}`);
    return hash;
  }

  private requireWithin(size: number): void {
    if (size > this.size) throw new RangeError(`the tree has ${this.size} leaves, not ${size}`);
  }
}
