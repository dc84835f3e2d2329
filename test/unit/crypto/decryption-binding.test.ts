import { describe, expect, it } from '@jest/globals';
import { decryptTally } from '../../../src/crypto/decryption.js';
import {
  bindDecryption,
  isBound,
  parseBinding,
  printBinding,
} from '../../../src/crypto/decryption-binding.js';
import type { Element, Group } from '../../../src/crypto/group.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import type { EncryptedTally } from '../../../src/crypto/tally.js';
import { random } from './ceremony.js';

const groups = await Promise.all((['Ed25519', 'BELENIOS-2048'] as const).map((name) => serverGroup(name)));

function made(group: Group) {
  const power = (k: number) => group.g.exp(BigInt(k));
  const tally: EncryptedTally = [[3, 5, 7].map((k) => ({ alpha: power(k), beta: power(k + 100) }))];
  const key = 123456789n;
  const election = { fingerprint: 'ELECTION' };
  const decryption = decryptTally(group, election, tally, key, random);
  const binding = bindDecryption(group, election, tally, key, decryption, random);
  return { tally, key, publicKey: group.g.exp(key), election, decryption, binding };
}

describe.each(groups)('T6: a binding proof in $name', (group) => {
  const { tally, key, publicKey, election, decryption, binding } = made(group);

  it('holds for the factors of the key, and survives its text', () => {
    expect(isBound(group, election, tally, publicKey, decryption, binding)).toBe(true);
    expect(parseBinding(group, printBinding(binding))).toStrictEqual(binding);
    expect(() => parseBinding(group, '{"challenge":"1"}')).toThrow(Malformed);
  });

  it('does not hold for another election, key, tally, factor or number of factors', () => {
    const { factors } = decryption;
    const [[first, second, third]] = factors as [[Element, Element, Element]];
    const holds = (changed: Partial<ReturnType<typeof made>>) => {
      const all = { election, tally, publicKey, decryption, ...changed };
      return isBound(group, all.election, all.tally, all.publicKey, all.decryption, binding);
    };
    const other = group.mul(first, group.g.element);
    const [question = []] = tally;
    expect(holds({ election: { fingerprint: 'OTHER' } })).toBe(false);
    expect(holds({ publicKey: group.g.exp(key + 1n) })).toBe(false);
    expect(holds({ tally: [[...question].reverse()] })).toBe(false);
    expect(holds({ tally: [question.map(({ alpha }) => ({ alpha, beta: alpha }))] })).toBe(false);
    expect(holds({ decryption: { ...decryption, factors: [[other, second, third]] } })).toBe(false);
    expect(holds({ decryption: { ...decryption, factors: [[second, first, third]] } })).toBe(false);
    expect(holds({ decryption: { ...decryption, factors: [[first, second]] } })).toBe(false);
  });

  it('refuses errors that cancel each other in a sum of factors', () => {
    const [[first, second, third]] = decryption.factors as [[Element, Element, Element]];
    const { g } = group;
    const factors = [[group.mul(first, g.element), group.div(second, g.element), third]];
    const forged = bindDecryption(group, election, tally, key, { factors }, random);
    expect(isBound(group, election, tally, publicKey, { factors }, forged)).toBe(false);
  });
});
