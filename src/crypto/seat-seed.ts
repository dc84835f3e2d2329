/** What seats are drawn from (docs/protocol.md, S2): fixed by the box and the key, known to nobody below a quorum. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { OwnedDecryption, PartialDecryption } from './decryption.js';
import { product, type Element, type Group } from './group.js';
import { holderKeys, type KeyHolders } from './key-holders.js';
import { lagrange } from './pedersen.js';

/**
 * The seed of a box, in hex, from valid decryptions that suffice for every part of the key: whichever they are, it is the
 * same. It hashes the factors of the first holders of each part, as many as the part needs; those of a holder who did not
 * decrypt lie on the polynomial of the others'. Throws `RangeError` when a part has too few.
 */
export function seatSeed(
  group: Group,
  holders: KeyHolders,
  decryptions: readonly OwnedDecryption[],
  boxRoot: string,
): string {
  const keys = holderKeys(holders).map(({ part, index }, i) => ({ part, index, owner: i + 1 }));
  const given = new Map(decryptions.map(({ owner, decryption }) => [owner, decryption]));
  const factors = holders.flatMap((content, part) => {
    const needed = content.kind === 'Single' ? 1 : content.threshold;
    const members = keys.filter((key) => key.part === part);
    const quorum = members.flatMap(({ index, owner }) => {
      const decryption = given.get(owner);
      return decryption ? [{ index, decryption }] : [];
    });
    if (quorum.length < needed) throw new RangeError(`part ${part + 1} of the key has no quorum`);
    return members.slice(0, needed).map(({ index }) => factorsAt(group, quorum.slice(0, needed), index));
  });
  const lines = factors.map((line) => line.map((factor) => group.print(factor)).join());
  return bytesToHex(sha256(utf8ToBytes(['isoloir/seat-seed/v1', boxRoot, ...lines].join('\n'))));
}

interface Member {
  readonly index: number;
  readonly decryption: PartialDecryption;
}

/** The factors of the holder at this place of a part, its own or those that a quorum of the part gives there. */
function factorsAt(group: Group, quorum: readonly Member[], index: number): Element[] {
  const own = quorum.find((member) => member.index === index);
  if (own) return own.decryption.factors.flat();
  const indices = quorum.map((member) => member.index);
  const weighed = quorum.map(({ index: at, decryption }) => {
    const weight = lagrange(group, at, indices, index);
    return decryption.factors.flat().map((factor) => group.exp(factor, weight));
  });
  return (weighed[0] ?? []).map((_, k) =>
    product(
      group,
      weighed.map((line) => line[k] as Element),
    ),
  );
}
