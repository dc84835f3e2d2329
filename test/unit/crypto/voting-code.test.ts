import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { belenios2048BigInt } from '../../../src/crypto/belenios-2048.js';
import { deriveCredential, publicCredential } from '../../../src/crypto/credential.js';
import { ed25519Noble } from '../../../src/crypto/ed25519-noble.js';
import { deriveGateKey, signGate, verifyGate } from '../../../src/crypto/gate-key.js';
import { makeVotingCode, readVotingCode, type VotingCode } from '../../../src/crypto/voting-code.js';
import { sampleArchive } from './sample-texts.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

interface Vector {
  readonly random: string;
  readonly code: VotingCode;
  readonly election: string;
  readonly gateSeed: string;
  readonly gatePublicKey: string;
  readonly nonce: string;
  readonly gateSignature: string;
  readonly uuid: string;
  readonly ed25519: { readonly private: string; readonly public: string };
  readonly belenios2048: { readonly private: string; readonly public: string };
}

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const vectors = JSON.parse(file('test/vectors/voting-codes.json')) as Vector[];

const isRefused = (typed: string) => 'problem' in readVotingCode(typed);

describe('a voting code', () => {
  it('is four groups of five symbols and reads back', () => {
    for (let i = 0; i < 1000; i++) {
      const code = makeVotingCode(randomBytes);
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
      expect(readVotingCode(code)).toEqual({ code });
    }
  });

  it('forgives case, spaces, hyphens, O for 0, I and L for 1 (V3)', () => {
    const code = vectors[2]?.code ?? '';
    for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' – ')}\t`]) {
      expect(readVotingCode(typed)).toEqual({ code });
    }
    const zeros = vectors[0]?.code ?? '';
    expect(readVotingCode(zeros.replaceAll('0', 'o'))).toEqual({ code: zeros });
    let ones = makeVotingCode(randomBytes);
    while (!ones.includes('1')) ones = makeVotingCode(randomBytes);
    for (const typed of ['I', 'l', 'i', 'L']) {
      expect(readVotingCode(ones.replaceAll('1', typed))).toEqual({ code: ones });
    }
  });

  it('says what is wrong', () => {
    const code = vectors[2]?.code ?? '';
    expect(readVotingCode(code.slice(1))).toEqual({ problem: 'length' });
    expect(readVotingCode(`${code}0`)).toEqual({ problem: 'length' });
    expect(readVotingCode('')).toEqual({ problem: 'length' });
    expect(readVotingCode(`U${code.slice(1)}`)).toEqual({ problem: 'symbol' });
    expect(readVotingCode(code.replace('Y', 'Z'))).toEqual({ problem: 'check' });
  });

  it('catches every wrong symbol and every exchange of two symbols (V2)', () => {
    const missed: string[] = [];
    const expectRefusal = (typed: string) => {
      if (!isRefused(typed)) missed.push(typed);
    };
    for (let n = 0; n < 200; n++) {
      const code = makeVotingCode(randomBytes).replaceAll('-', '');
      for (let i = 0; i < code.length; i++) {
        const at = code.charAt(i);
        for (const other of ALPHABET) {
          if (other !== at) expectRefusal(code.slice(0, i) + other + code.slice(i + 1));
        }
        for (let j = i + 1; j < code.length; j++) {
          const to = code.charAt(j);
          if (to !== at) expectRefusal(code.slice(0, i) + to + code.slice(i + 1, j) + at + code.slice(j + 1));
        }
      }
    }
    expect(missed).toEqual([]);
  });

  it('has weights that are distinct and not zero: the proof of V2 for all codes', () => {
    const weights = Array.from({ length: 20 }, (_, i) => Number(32n ** BigInt(19 - i) % 1021n));
    expect(new Set(weights).size).toBe(20);
    expect(weights).not.toContain(0);
    for (let factor = 2; factor * factor <= 1021; factor++) expect(1021 % factor).not.toBe(0);
  });

  it('refuses check symbols that stand for 1021, 1022 and 1023', () => {
    expect(readVotingCode('00000-00000-00000-00000')).toHaveProperty('code');
    expect(readVotingCode('00000-00000-00000-000ZX')).toEqual({ problem: 'check' });
  });
});

describe('what a code gives', () => {
  it.each(vectors)('is what the vectors say: $code', (vector) => {
    const { code, election, uuid, nonce } = vector;
    expect(makeVotingCode(() => Buffer.from(vector.random, 'hex'))).toBe(code);
    expect(readVotingCode(code)).toEqual({ code });
    const gate = deriveGateKey(election, code);
    expect(Buffer.from(gate.seed).toString('hex')).toBe(vector.gateSeed);
    expect(gate.publicKey).toBe(vector.gatePublicKey);
    expect(signGate(gate, election, nonce)).toBe(vector.gateSignature);
    for (const [group, expected] of [
      [ed25519Noble, vector.ed25519],
      [belenios2048BigInt, vector.belenios2048],
    ] as const) {
      const s = deriveCredential(group, uuid, code);
      expect({ private: s.toString(), public: publicCredential(group, s) }).toEqual(expected);
    }
  });

  it('is written in docs/protocol.md as it is', () => {
    const [, json = ''] = /```json\n([^`]*)```/.exec(file('docs/protocol.md')) ?? [];
    expect(vectors[0]).toMatchObject(JSON.parse(json) as object);
  });

  it('is another in another election, for the gate and for the credential', () => {
    const code = makeVotingCode(randomBytes);
    expect(deriveGateKey('a', code).publicKey).not.toBe(deriveGateKey('b', code).publicKey);
    const [a, b] = ['QyEwhVPEQ2o7wa', 'bnmV8UM8aZ67Jn'].map((uuid) =>
      deriveCredential(ed25519Noble, uuid, code),
    );
    expect(a).not.toBe(b);
  });
});

describe('the gate', () => {
  const gate = deriveGateKey('cse-2026', makeVotingCode(randomBytes));
  const signature = signGate(gate, 'cse-2026', 'nonce');

  it('opens to a signature of its nonce', () => {
    expect(verifyGate(gate.publicKey, 'cse-2026', 'nonce', signature)).toBe(true);
  });

  it('stays shut for anything else, and never throws', () => {
    const { publicKey } = gate;
    const other = deriveGateKey('cse-2026', makeVotingCode(randomBytes)).publicKey;
    expect(verifyGate(other, 'cse-2026', 'nonce', signature)).toBe(false);
    expect(verifyGate(publicKey, 'cse-2027', 'nonce', signature)).toBe(false);
    expect(verifyGate(publicKey, 'cse-2026', 'other', signature)).toBe(false);
    expect(verifyGate(publicKey, 'cse-2026', 'nonce', signature.toUpperCase())).toBe(false);
    expect(verifyGate(publicKey, 'cse-2026', 'nonce', '')).toBe(false);
    expect(verifyGate(`02${'0'.repeat(62)}`, 'cse-2026', 'nonce', signature)).toBe(false);
    expect(verifyGate('f'.repeat(64), 'cse-2026', 'nonce', signature)).toBe(false);
    expect(verifyGate(`01${'0'.repeat(62)}`, 'cse-2026', 'nonce', `01${'0'.repeat(126)}`)).toBe(false);
  });
});

describe('credentials of belenios-tool 3', () => {
  it('give the public credentials of their election', () => {
    const codes = JSON.parse(file('test/vectors/ed25519-basic/private-credentials.json')) as Record<
      string,
      string
    >;
    const { election, credentials } = sampleArchive('ed25519-basic');
    const { uuid } = JSON.parse(election) as { uuid: string };
    const derived = Object.values(codes).map((code) => {
      return publicCredential(ed25519Noble, deriveCredential(ed25519Noble, uuid, code));
    });
    expect(derived.toSorted()).toEqual([...credentials].toSorted());
  });
});
