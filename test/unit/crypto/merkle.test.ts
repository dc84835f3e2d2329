import { describe, expect, it } from '@jest/globals';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  consistencyPath,
  emptyRoot,
  inclusionPath,
  leafHash,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from '../../../src/crypto/merkle.js';
import { CompactTree, MerkleTree } from '../../../src/crypto/merkle-tree.js';

// Inputs, roots and proofs of the reference tree of the certificate-transparency project, at the RFC's publication.
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const inclusions: [index: number, size: number, proof: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const consistencies: [old: number, size: number, proof: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const tree = new MerkleTree();
for (let i = 0; i < 100; i += 1) tree.append(leafHash(hexToBytes(inputs[i] ?? `${10000000 + i}`)));
const leaf = (i: number) => leafHash(hexToBytes(inputs[i] ?? `${10000000 + i}`));

/** RFC 6962 2.1 word for word: the definition, with no thought for speed. */
function definition(from: number, to: number): Hash {
  if (to === from) return emptyRoot;
  if (to - from === 1) return leaf(from);
  let k = 1;
  while (k * 2 < to - from) k *= 2;
  return nodeHash(definition(from, from + k), definition(from + k, to));
}

function flipped(hash: Hash): Hash {
  const copy = hash.slice();
  copy[7] = (copy[7] as number) ^ 1;
  return copy;
}

function withFlipped(proof: Hash[], place: number): Hash[] {
  return proof.with(place, flipped(proof[place] as Hash));
}

describe('an RFC 6962 tree', () => {
  it('has the published roots', () => {
    expect(roots.map((_, size) => bytesToHex(tree.root(size)))).toEqual(roots);
  });

  it('gives the published proofs', () => {
    for (const [index, size, proof] of inclusions) {
      expect(tree.inclusionProof(index, size).map(bytesToHex)).toEqual(proof);
    }
    for (const [old, size, proof] of consistencies) {
      expect(tree.consistencyProof(old, size).map(bytesToHex)).toEqual(proof);
    }
  });

  it('has the root that the definition gives, for every size from 0 to 100', () => {
    const compact = CompactTree.empty();
    for (let size = 0; size <= 100; size += 1) {
      const root = definition(0, size);
      expect(tree.root(size)).toEqual(root);
      expect(compact.size).toBe(size);
      expect(compact.root()).toEqual(root);
      expect(CompactTree.resume(size, compact.frontier()).root()).toEqual(root);
      compact.append(leaf(size));
    }
  });

  it('proves every leaf of every size, and no other leaf, place, size or root', () => {
    const wrong: string[] = [];
    for (let size = 1; size <= 100; size += 1) {
      const root = tree.root(size);
      for (let index = 0; index < size; index += 1) {
        const proof = tree.inclusionProof(index, size);
        const place = index % Math.max(1, proof.length);
        const refused = [
          verifyInclusion(flipped(leaf(index)), index, size, proof, root),
          verifyInclusion(leaf(index), index, size, proof, flipped(root)),
          verifyInclusion(leaf(index), index, size, [...proof, root], root),
          size > 1 && verifyInclusion(leaf(index), (index + 1) % size, size, proof, root),
          size > 1 && verifyInclusion(leaf(index), index, size, proof.slice(1), root),
          size > 1 && verifyInclusion(leaf(index), index, size, withFlipped(proof, place), root),
        ];
        const accepted = verifyInclusion(leaf(index), index, size, proof, root);
        if (!accepted || refused.includes(true)) wrong.push(`${index} of ${size}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('proves every pair of sizes, and no other pair or root', () => {
    const wrong: string[] = [];
    for (let size = 0; size <= 100; size += 1) {
      const root = tree.root(size);
      for (let old = 0; old <= size; old += 1) {
        const oldRoot = tree.root(old);
        const proof = tree.consistencyProof(old, size);
        const within = old > 0 && old < size;
        const place = (old + size) % Math.max(1, proof.length);
        const refused = [
          verifyConsistency(old, size, proof, flipped(oldRoot), root),
          verifyConsistency(old, size, [...proof, root], oldRoot, root),
          old > 0 && verifyConsistency(old, size, proof, oldRoot, flipped(root)), // an empty tree says nothing
          within && verifyConsistency(old, size, proof.slice(1), oldRoot, root),
          within && verifyConsistency(size, old, proof, root, oldRoot),
          within && verifyConsistency(old, size, withFlipped(proof, place), oldRoot, root),
        ];
        const accepted = verifyConsistency(old, size, proof, oldRoot, root);
        if (!accepted || refused.includes(true)) wrong.push(`${old} to ${size}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('refuses what is not a size or an index', () => {
    expect(() => inclusionPath(3, 3)).toThrow(RangeError);
    expect(() => inclusionPath(-1, 3)).toThrow(RangeError);
    expect(() => inclusionPath(0.5, 3)).toThrow(RangeError);
    expect(() => consistencyPath(4, 3)).toThrow(RangeError);
    expect(() => consistencyPath(0, 2 ** 53)).toThrow(RangeError);
    expect(() => tree.root(101)).toThrow(RangeError);
    expect(() => CompactTree.resume(3, [emptyRoot])).toThrow(RangeError);
    expect(verifyInclusion(leaf(0), -1, 1, [], leaf(0))).toBe(false);
    expect(verifyInclusion(leaf(0), 0, Number.NaN, [], leaf(0))).toBe(false);
    expect(verifyConsistency(-1, 1, [], leaf(0), leaf(0))).toBe(false);
    expect(verifyConsistency(1, 2, [leaf(1).slice(1)], leaf(0), tree.root(2))).toBe(false);
  });

  it('refuses what is longer or shorter than a hash, also where it begins like one', () => {
    const [a, b] = [leafHash(new Uint8Array([1])), leafHash(new Uint8Array([2]))];
    const root = nodeHash(a, b);
    for (const other of [new Uint8Array([...a, 7]), new Uint8Array(120), a.subarray(1), new Uint8Array()]) {
      expect(verifyInclusion(other, 0, 2, [b], root)).toBe(false);
      expect(verifyInclusion(b, 1, 2, [other], root)).toBe(false);
      expect(verifyConsistency(1, 2, [b], other, root)).toBe(false);
      expect(() => nodeHash(other, b)).toThrow(RangeError);
      expect(() => nodeHash(b, other)).toThrow(RangeError);
    }
  });

  it('counts beyond 2^32 leaves', () => {
    expect(inclusionPath(2 ** 40 + 1, 2 ** 40 + 2)).toEqual([
      { from: 2 ** 40, to: 2 ** 40 + 1 },
      { from: 0, to: 2 ** 40 },
    ]);
    expect(consistencyPath(2 ** 40, 2 ** 40 + 1)).toEqual([{ from: 2 ** 40, to: 2 ** 40 + 1 }]);
  });

  it('tells which hashes are final, each once, and finds a leaf', () => {
    const seen = new Set<string>();
    const compact = CompactTree.empty(({ level, index }) => seen.add(`${level}/${index}`));
    for (let i = 0; i < 6; i += 1) compact.append(leaf(i));
    expect([...seen]).toEqual(['0/0', '0/1', '1/0', '0/2', '0/3', '1/1', '2/0', '0/4', '0/5', '1/2']);
    expect(tree.indexOf(leaf(5))).toBe(5);
    expect(tree.indexOf(emptyRoot)).toBe(-1);
  });
});
