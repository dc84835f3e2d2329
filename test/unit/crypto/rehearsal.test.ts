import { describe, expect, it } from '@jest/globals';
import { decryptionFlaw, parseDecryption } from '../../../src/crypto/decryption.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import {
  decryptRehearsalTally,
  OtherTally,
  rehearsalFingerprint,
  rehearsalTally,
} from '../../../src/crypto/rehearsal.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { printTally } from '../../../src/crypto/tally.js';
import { random } from './ceremony.js';

const groups = await Promise.all((['Ed25519', 'BELENIOS-2048'] as const).map((name) => serverGroup(name)));
const SHARE = 123456789n;
const known = {
  boardId: '859169b3-8185-480d-aa54-97983ff20d29',
  rehearsalId: '1c3a7b8b-9dcb-465c-abb9-5dd576ab9620',
  votes: [3, 0, 12],
};

it('K9: the tally of known votes is the one that another program computed', async () => {
  const group = await serverGroup('Ed25519');
  const publicKey = 'dbd3c1a4f2053b458e38123b41e36ddeb5d13a6f63365d93e90ddc6880adff17';
  expect(group.print(group.g.exp(SHARE))).toBe(publicKey);
  expect(JSON.parse(printTally(group, rehearsalTally(group, { ...known, publicKey })))).toStrictEqual([
    [
      {
        alpha: '16560ee498c59c95b3e263c1a1d9e42e53d995f262975af997e69099c029bd82',
        beta: '8d11239293c36cfcf42d3afaf03c830f06f024d57b69fee2829a0501479e661e',
      },
      {
        alpha: '192ad312aca8b5891bcd9e02608181ac157dabdda50de3fb8b3c9dc87d915445',
        beta: '74719e12e4eb55885f4b746b7c1fa0de6e2d5f7c0568b82b398359bc07076be5',
      },
      {
        alpha: '74cd9c7cd7c670a9a1fb547c820bac7460762739529994d99b7d723e7f994215',
        beta: '132d6e510c615fd5230ab989bd8f25253ab34b2ea1ef8b32bb61210b40bfec5d',
      },
    ],
  ]);
});

describe.each(groups)('K9: a rehearsal in $name', (group) => {
  const rehearsed = { ...known, publicKey: group.print(group.g.exp(SHARE)) };
  const made = rehearsalTally(group, rehearsed);
  const tally = printTally(group, made);
  const decrypt = (given: Partial<typeof rehearsed & { tally: string }>) =>
    decryptRehearsalTally(group, { ...rehearsed, tally, ...given }, SHARE, random);

  it('is decrypted and proved', () => {
    const election = { fingerprint: rehearsalFingerprint(known.boardId, known.rehearsalId) };
    const parsed = parseDecryption(group, [3], decrypt({}));
    expect(decryptionFlaw(group, election, made, group.g.exp(SHARE), parsed)).toBeUndefined();
  });

  it('gives nobody a power that they could not compute: the exponents are public', () => {
    const [powers] = parseDecryption(group, [3], decrypt({})).factors;
    const [choices] = made;
    const again = choices?.map(({ beta }, i) =>
      group.print(group.div(beta, group.g.exp(BigInt(known.votes[i] ?? 0)))),
    );
    expect(powers?.map((power) => group.print(power))).toStrictEqual(again); // X to the exponents, here x alone is the key
  });

  it('is of this board, key, rehearsal and votes, each choice for itself', () => {
    const other = '0b3a7b8b-9dcb-465c-abb9-5dd576ab9619';
    const changed = [
      {},
      { boardId: other },
      { rehearsalId: other },
      { publicKey: group.print(group.g.exp(5n)) },
      { votes: [3, 0, 13] },
      { votes: [3, 0] },
    ].map((change) => rehearsalTally(group, { ...rehearsed, ...change }));
    const alphas = changed.flatMap(([question]) => question?.map(({ alpha }) => group.print(alpha)));
    expect(new Set(alphas).size).toBe(5 * 3 + 2);
  });

  it('is not what decrypts anything else', () => {
    const ballot = [[5, 6, 7].map((k) => ({ alpha: group.g.exp(BigInt(k)), beta: group.g.exp(BigInt(k)) }))];
    const one = made.map((question) =>
      question.map((choice, i) => (i === 1 ? (ballot[0]?.[1] ?? choice) : choice)),
    );
    expect(() => decrypt({ tally: printTally(group, ballot) })).toThrow(OtherTally);
    expect(() => decrypt({ tally: printTally(group, one) })).toThrow(OtherTally);
    expect(() => decrypt({ tally: `${tally} ` })).toThrow(OtherTally);
    expect(() => decrypt({ votes: [3, 0, 11] })).toThrow(OtherTally);
    expect(() => decrypt({ votes: [3, 0, -12] })).toThrow(Malformed);
    expect(() => decrypt({ votes: [3, 0, 0.5] })).toThrow(Malformed);
    expect(() => decrypt({ publicKey: group.print(group.identity) })).toThrow(Malformed);
  });
});
