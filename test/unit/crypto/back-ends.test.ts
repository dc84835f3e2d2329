import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BELENIOS_2048, belenios2048BigInt } from '../../../src/crypto/belenios-2048.js';
import { belenios2048OpenSsl } from '../../../src/crypto/belenios-2048-openssl.js';
import { ed25519Noble } from '../../../src/crypto/ed25519-noble.js';
import { ed25519Sodium } from '../../../src/crypto/ed25519-sodium.js';
import { randomScalar, type Element, type FixedBase, type Group } from '../../../src/crypto/group.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { nativeSodium, serverGroup, wasmSodium } from '../../../src/crypto/server-groups.js';
import { makeVotingCode } from '../../../src/crypto/voting-code.js';

const native = ed25519Sodium(await nativeSodium());
const wasm = ed25519Sodium(await wasmSodium());

/** Every operation of the interface on the same numbers, as text. */
function transcript(
  { group, table }: { group: Group; table: FixedBase },
  [a, b, c, d]: readonly [bigint, bigint, bigint, bigint],
): string[] {
  const x = group.g.exp(a);
  const y = group.exp(x, b);
  const again = group.parse(group.print(y), 'y');
  const results: Element[] = [x, y, again, table.exp(c), table.commit(c, x, d), group.g.commit(d, again, c)];
  results.push(group.mul(x, y), group.div(x, y), group.div(y, y), group.mul(group.identity, x));
  return results.map((element) => group.print(element));
}

/** Scalars of all sizes, the edges more often than chance would. */
function scalar(group: Group) {
  const edge = fc.constantFrom(0n, 1n, 2n, group.order - 1n, group.order - 2n);
  const any = fc.bigInt({ min: 0n, max: group.order - 1n });
  return fc.oneof({ weight: 1, arbitrary: edge }, { weight: 9, arbitrary: any });
}

function agree(groups: readonly Group[], numRuns: number) {
  const one = scalar(groups[0] as Group);
  const tables = groups.map((group) => ({ group, table: group.fixedBase(group.g.exp(20261122n)) })); // made once: dear
  fc.assert(
    fc.property(fc.tuple(one, one, one, one), (scalars) => {
      const [first, ...others] = tables.map((each) => transcript(each, scalars));
      for (const other of others) expect(other).toEqual(first);
    }),
    { numRuns },
  );
}

/** What `parse` says of a text: the text itself, or nothing; any error but `Malformed` is a fault. */
function judged(group: Group, text: string): string | undefined {
  try {
    return group.print(group.parse(text, 'x'));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    expect(error.path).toBe('x');
    return undefined;
  }
}

/** `read` and then one power must refuse what `parse` refuses, and nothing more. */
function judgedLate(group: Group, text: string): string | undefined {
  try {
    const element = group.read(text, 'x');
    group.g.commit(1n, element, 0n);
    group.exp(element, 5n);
    return group.print(element);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return undefined;
  }
}

describe('the back-ends of Ed25519', () => {
  it('agree on 1,000 random cases', () => {
    agree([ed25519Noble, native, wasm], 1000);
  });

  it('judge 1,000 random texts alike', () => {
    for (let i = 0; i < 1000; i++) {
      const text = randomBytes(32).toString('hex');
      const verdict = judged(ed25519Noble, text);
      for (const group of [native, wasm]) {
        expect(judged(group, text)).toBe(verdict);
        expect(judgedLate(group, text)).toBe(verdict);
      }
    }
  });

  /** Big-endian hex, as Belenios prints: the eight points of small order, and encodings that RFC 8032 refuses. */
  const refused = new Map([
    ['order 2', '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec'],
    ['order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
    ['order 4, odd x', '8000000000000000000000000000000000000000000000000000000000000000'],
    ['order 8', '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7'],
    ['order 8, odd x', 'fa03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7'],
    ['order 8, other', '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027c2c28f95e826'],
    ['identity with a sign', '8000000000000000000000000000000000000000000000000000000000000001'],
    ['y = p', '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed'],
    ['y = p + 1', '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee'],
    ['y = 2^255 - 1', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
    ['off the curve', '0000000000000000000000000000000000000000000000000000000000000002'],
    ['upper case', '9CFF09D69056F984ADBFBCD37B4ABF960AB6B4DBB76CE352B52B405CE3BF895B'],
    ['a space', ' cff09d69056f984adbfbcd37b4abf960ab6b4dbb76ce352b52b405ce3bf895b'],
    ['63 digits', 'cff09d69056f984adbfbcd37b4abf960ab6b4dbb76ce352b52b405ce3bf895b'],
    ['nothing', ''],
  ]);

  it.each([...refused])('refuse %s', (_name, text) => {
    for (const group of [ed25519Noble, native, wasm]) {
      expect(judged(group, text)).toBeUndefined();
      expect(judgedLate(group, text)).toBeUndefined();
    }
  });

  it('refuse a member moved by a point of small order', () => {
    const point = '9cff09d69056f984adbfbcd37b4abf960ab6b4dbb76ce352b52b405ce3bf895b';
    const small = '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec';
    const moved = native.print(native.mul(native.read(point, 'x'), native.read(small, 'x'))); // add checks the curve only
    for (const group of [ed25519Noble, native, wasm]) {
      expect(judged(group, moved)).toBeUndefined();
      expect(judgedLate(group, moved)).toBeUndefined();
    }
  });

  it('know the identity', () => {
    const text = '0000000000000000000000000000000000000000000000000000000000000001';
    for (const group of [ed25519Noble, native, wasm]) {
      expect(judged(group, text)).toBe(text);
      expect(judgedLate(group, text)).toBe(text);
    }
  });
});

describe('the back-ends of BELENIOS-2048', () => {
  const groups = [belenios2048BigInt, belenios2048OpenSsl];

  it('agree on 50 random cases', () => {
    agree(groups, 50);
  });

  it.each([
    '0',
    '1',
    '2',
    '-1',
    '+2',
    '02',
    ' 2',
    '2 ',
    '1e3',
    '0x2',
    '',
    '2.0',
    '９',
    BELENIOS_2048.p.toString(),
    '9'.repeat(617),
  ])('judge %p alike', (text) => {
    const verdict = judged(belenios2048BigInt, text);
    expect(judged(belenios2048OpenSsl, text)).toBe(verdict);
    expect(verdict).toBe(text === '1' ? '1' : undefined);
  });

  it('keep tables of some keys and forget the others, with the same results', () => {
    const x = belenios2048BigInt.g.exp(3n);
    const keys = Array.from({ length: 12 }, (_, i) => belenios2048BigInt.g.exp(BigInt(1000 + i)));
    const bases = keys.map((key) => belenios2048BigInt.fixedBase(key));
    for (let k = 1n; k < 40n; k++) {
      const base = bases[Number(k % 12n)] as FixedBase;
      for (let use = 0; use < 10; use++) base.commit(k, x, 0n);
      expect(base.commit(k, x, 0n)).toBe(belenios2048BigInt.exp(base.element, k));
    }
  });

  it('refuse the order-two element, a non-member and a member written over the modulus', () => {
    const modulus = BELENIOS_2048.p;
    const member = BigInt(belenios2048BigInt.print(belenios2048BigInt.g.exp(7n)));
    for (const group of groups) {
      expect(judged(group, member.toString())).toBe(member.toString());
      expect(judged(group, (modulus - 1n).toString())).toBeUndefined();
      expect(judged(group, (modulus - member).toString())).toBeUndefined();
      expect(judged(group, (modulus + member).toString())).toBeUndefined();
      expect(judged(group, modulus.toString())).toBeUndefined();
    }
  });
});

describe('random scalars', () => {
  it('follow the bytes given and stay below the order', () => {
    const ones = (length: number) => new Uint8Array(length).fill(255);
    for (const group of [native, belenios2048BigInt]) {
      expect(randomScalar(group, ones)).toBe((2n ** 384n - 1n) % group.order);
      expect(randomScalar(group, randomBytes)).not.toBe(randomScalar(group, randomBytes));
    }
  });
});

describe('a source of randomness that gives too little', () => {
  it.each([0, 47, 49])('(%d bytes of 48) is refused', (length) => {
    expect(() => randomScalar(native, () => new Uint8Array(length))).toThrow(RangeError);
    expect(() => makeVotingCode(() => new Uint8Array(length))).toThrow(RangeError);
  });
});

describe('a server', () => {
  it('uses the native back-ends', async () => {
    expect((await serverGroup('Ed25519')).backEnd).toBe('sodium-native');
    expect((await serverGroup('BELENIOS-2048')).backEnd).toBe('OpenSSL');
    expect(await serverGroup('Ed25519')).toBe(await serverGroup('Ed25519'));
  });
});
