/**
 * Choosing among key holders who decrypted, and comparing what they gave. Belenios' proof of a decryption hashes
 * neither the ciphertext nor the factor (specification, « Decryption »), so that a holder who knows its key can prove
 * a factor that is wrong, though not one of its choice (docs/protocol.md, T5): what it gives is off by a random
 * element. Holders of one Pedersen group beyond its threshold betray it, because all their factors lie on one polynomial.
 */
import type { PartialDecryption } from './decryption.js';
import { product, type Element, type Group } from './group.js';
import type { HolderFault } from './key-holders-check.js';
import { holderKeys, type KeyHolders } from './key-holders.js';
import { lagrange } from './pedersen.js';

/** Every choice of as many owners as each part of the key needs, lowest places first. None when they do not suffice. */
export function* quorums(holders: KeyHolders, owners: Iterable<number>): Generator<number[]> {
  const present = new Set(owners);
  const keys = holderKeys(holders).map(({ part }, i) => ({ part, owner: i + 1 }));
  const parts = holders.map((content, place) => ({
    needed: content.kind === 'Single' ? 1 : content.threshold,
    owners: keys.filter(({ part, owner }) => part === place && present.has(owner)).map(({ owner }) => owner),
  }));
  yield* choicesOf(parts);
}

/** The holders whose factors are not those that the quorum's own give at their place. */
export function disagreements(
  group: Group,
  holders: KeyHolders,
  valid: ReadonlyMap<number, PartialDecryption>,
  quorum: readonly number[],
): HolderFault[] {
  const keys = holderKeys(holders);
  return [...valid.keys()].flatMap((owner): HolderFault[] => {
    const { part, index } = keys[owner - 1] ?? {};
    const others = quorum.filter((other) => keys[other - 1]?.part === part);
    if (index === undefined || others.includes(owner) || holders[part as number]?.kind === 'Single')
      return [];
    const indices = others.map((other) => keys[other - 1]?.index as number);
    const factorsOf = (other: number) => valid.get(other)?.factors ?? [];
    const agrees = factorsOf(owner).every((question, i) =>
      question.every((factor, k) => {
        const weighed = others.map((other, m) => {
          const weight = lagrange(group, indices[m] as number, indices, index);
          return group.exp(factorsOf(other)[i]?.[k] as Element, weight);
        });
        return group.equal(factor, product(group, weighed));
      }),
    );
    const reason = `does not agree with ${others.length > 1 ? 'holders' : 'holder'} ${others.join(', ')}`;
    return agrees ? [] : [{ holder: owner, step: 'decryption', reason }];
  });
}

interface Part {
  readonly needed: number;
  readonly owners: readonly number[];
}

function* choicesOf([first, ...others]: readonly Part[]): Generator<number[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const some of combinations(first.owners, first.needed)) {
    for (const rest of choicesOf(others)) yield [...some, ...rest];
  }
}

function* combinations(owners: readonly number[], count: number): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let i = 0; i + count <= owners.length; i += 1) {
    for (const rest of combinations(owners.slice(i + 1), count - 1)) yield [owners[i] as number, ...rest];
  }
}
