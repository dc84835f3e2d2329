import { describe, expect, it } from '@jest/globals';
import { decryptTally, type OwnedDecryption } from '../../../src/crypto/decryption.js';
import type { Element } from '../../../src/crypto/group.js';
import { electionKey, type KeyHolders } from '../../../src/crypto/key-holders.js';
import { seatSeed } from '../../../src/crypto/seat-seed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import type { EncryptedTally } from '../../../src/crypto/tally.js';
import { random } from './ceremony.js';
import { makeKey } from './made-election.js';

const groups = await Promise.all((['Ed25519', 'BELENIOS-2048'] as const).map((name) => serverGroup(name)));
const ROOT = 'ab'.repeat(32);

describe.each(groups)('S2: the seed of a draw in $name', (group) => {
  const { holders, shares } = makeKey(group); // one of two, and two of four
  const key = electionKey(group, holders);
  const encrypt = (votes: number, r: bigint) => ({
    alpha: group.g.exp(r),
    beta: group.mul(group.exp(key, r), group.g.exp(BigInt(votes))),
  });
  const tally: EncryptedTally = [[encrypt(4, 31n), encrypt(4, 41n), encrypt(1, 59n)]];
  const decrypt = (owner: number, of = tally): OwnedDecryption => ({
    owner,
    decryption: decryptTally(group, { fingerprint: 'ELECTION' }, of, shares[owner - 1] as bigint, random),
  });
  const parts = [1, 2, 3, 4, 5, 6].map((owner) => decrypt(owner));
  const seed = (owners: readonly number[], root = ROOT, of: KeyHolders = holders) =>
    seatSeed(
      group,
      of,
      owners.map((owner) => parts[owner - 1] as OwnedDecryption),
      root,
    );

  it('is one, whichever quorum has decrypted, in whatever order', () => {
    const quorums = [1, 2].flatMap((one) =>
      [3, 4, 5, 6].flatMap((two) =>
        [3, 4, 5, 6].filter((three) => three !== two).map((three) => [two, one, three]),
      ),
    );
    expect(quorums).toHaveLength(24);
    const found = new Set([...quorums, [1, 2, 3, 4, 5, 6], [6, 2, 5, 3]].map((owners) => seed(owners)));
    expect([...found]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('needs a quorum of each part', () => {
    for (const few of [[], [1], [1, 2, 3], [3, 4, 5, 6]]) expect(() => seed(few)).toThrow(RangeError);
  });

  it('changes with the box, with what was encrypted and with every factor', () => {
    const other = tally.map((question) => [...question.slice(0, 2), encrypt(1, 60n)]);
    const twisted = parts.map(({ owner, decryption }) => ({
      owner,
      decryption: {
        ...decryption,
        factors: decryption.factors.map((line) =>
          line.map((factor, i) => (i === 0 && owner === 4 ? group.mul(factor, group.g.element) : factor)),
        ),
      },
    }));
    const all = [
      seed([1, 3, 4]),
      seed([1, 3, 4], 'cd'.repeat(32)),
      seatSeed(
        group,
        holders,
        [1, 3, 4].map((owner) => decrypt(owner, other)),
        ROOT,
      ),
      seatSeed(
        group,
        holders,
        [1, 3, 4].map((owner) => twisted[owner - 1] as OwnedDecryption),
        ROOT,
      ),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('does not follow from the tally and its votes, as the product of all factors does', () => {
    // Who guesses the votes knows α to the whole key. The parts of it, and each share, stay unknown: nothing that the
    // seed hashes is what a guess gives.
    const [question] = tally as [(typeof tally)[number]];
    const guessed = question.map(({ beta }, i) => group.div(beta, group.g.exp(BigInt([4, 4, 1][i] ?? 0))));
    const hashed = [1, 3, 4].flatMap((owner) =>
      (parts[owner - 1] as OwnedDecryption).decryption.factors.flat(),
    );
    const texts = new Set(hashed.map((factor: Element) => group.print(factor)));
    expect(guessed.some((factor) => texts.has(group.print(factor)))).toBe(false);
    expect(texts.size).toBe(9);
  });
});
