/** Published attacks that forge a proof, clash, or slip in what the tally cannot bear, tried on our ballots. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ballotContext, individualPrefix } from '../../../src/crypto/ballot-contexts.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import { publicCredential } from '../../../src/crypto/credential.js';
import type { Poll } from '../../../src/crypto/election.js';
import { hashToScalar, modulo, randomScalar, type RandomBytes } from '../../../src/crypto/group.js';
import { proveOneOf, range, verifyOneOf } from '../../../src/crypto/or-proof.js';
import { proofJson } from '../../../src/crypto/proof-of-knowledge.js';
import {
  attacker,
  cast,
  election,
  forged,
  group,
  individual,
  key,
  marks,
  nothing,
  poll,
  refusal,
  victim,
  type BallotJson,
} from './forger.js';

const q = group.order;

describe('weak Fiat-Shamir (Bernhard, Pereira and Warinschi)', () => {
  // Commitments first, ciphertext after: A_i = g^a_i, B_0 = y^a_0, B_1 = y^a_1 g^b. With c_0 = 0 and c_1 = H the
  // equations hold for (g^x, y^x g^m), m = 1 + b / H: neither 0 nor 1. It works when H leaves the statement out.
  const [a0, a1, b, x] = Array.from({ length: 4 }, () => randomScalar(group, randomBytes)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const commitments = [
    group.g.exp(a0),
    group.exp(key, a0),
    group.g.exp(a1),
    group.mul(group.exp(key, a1), group.g.exp(b)),
  ];
  const context = ballotContext(poll, publicCredential(group, victim));
  const weak = `prove|${context}|`;
  const challenge = hashToScalar(group, weak, commitments);
  const m = modulo(1n + b * inverse(challenge), q);
  const ciphertext = { alpha: group.g.exp(x), beta: group.mul(group.exp(key, x), group.g.exp(m)) };
  const text = `${group.print(ciphertext.alpha)},${group.print(ciphertext.beta)}`;
  const proofs = [
    { challenge: 0n, response: a0 },
    { challenge, response: modulo(a1 - challenge * x, q) },
  ];

  it('would let a forged ciphertext through if the statement were not hashed', () => {
    expect(verifyOneOf(poll, weak, range(ciphertext, 0, 1), proofs)).toBe(true);
  });

  it('does not, because it is', () => {
    expect(verifyOneOf(poll, individualPrefix(context, { text }), range(ciphertext, 0, 1), proofs)).toBe(
      false,
    );
    const ballot = forged(cast, victim, (_ballot, answer) => {
      const [alpha = '', beta = ''] = text.split(',');
      answer.choices[0] = { alpha, beta };
      answer.individual_proofs[0] = proofs.map(proofJson);
    });
    expect(refusal(ballot)).toBe(individual);
  });

  function inverse(value: bigint): bigint {
    let [result, base] = [1n, value];
    for (let k = q - 2n; k > 0n; k >>= 1n) {
      if (k & 1n) result = (result * base) % q;
      base = (base * base) % q;
    }
    return result;
  }
});

describe('clash and guessing', () => {
  /** The same « random » bytes each time it is made. */
  function stuck(): RandomBytes {
    let count = 0;
    return (length) => {
      const block = (i: number) => createHash('sha512').update(`stuck ${count} ${i}`).digest();
      count += 1;
      return Buffer.concat([block(0), block(1)]).subarray(0, length);
    };
  }

  it('two browsers with one stuck generator still give two references', () => {
    const [one, two] = [victim, attacker].map((s) => makeBallot(poll, s, [marks], stuck()));
    expect(one?.reference).not.toBe(two?.reference);
    expect(makeBallot(poll, victim, [marks], stuck())).toEqual(one);
  });

  it('one choice gives other ciphertexts each time', () => {
    const seen = Array.from(
      { length: 30 },
      () => JSON.parse(makeBallot(poll, victim, [marks], randomBytes).text) as BallotJson,
    );
    const halves = seen.flatMap(({ answers: [{ choices }] }) =>
      choices.flatMap(({ alpha, beta }) => [alpha, beta]),
    );
    expect(new Set(halves).size).toBe(30 * 6);
  });
});

describe('voting too much', () => {
  it('fails: the blank vote and its proofs, where one of them does not hold', () => {
    const blank = election('bmwrT8uHomwjwS', 1, true);
    const { text } = makeBallot(blank, victim, [[1, 0, 0, 0]], randomBytes);
    expect(refusal(forged(text, victim, nothing), blank)).toBe('accepted');
    for (const name of ['blank_proof', 'overall_proof'] as const) {
      const spoilt = forged(text, victim, (_ballot, answer) => answer[name]?.reverse());
      expect(refusal(spoilt, blank)).toBe(`$.answers[0].${name}`);
    }
  });

  it('fails: two marks proved for an election that allows two', () => {
    const generous = election('bmwrT8uHomwjwS', 2);
    const pretended: Poll = {
      ...generous,
      election: { ...generous.election, fingerprint: poll.election.fingerprint },
    };
    const { text } = makeBallot(pretended, victim, [[1, 1, 0]], randomBytes);
    expect(refusal(text)).toBe('$.answers[0].overall_proof');
    const shortened = [0, 1].map((kept) =>
      forged(text, victim, (_ballot, answer) => {
        answer.overall_proof = answer.overall_proof.filter((_, i) => i === kept);
      }),
    );
    expect(shortened.map((ballot) => refusal(ballot))).toEqual(Array(2).fill('$.answers[0].overall_proof'));
  });

  it('cannot be proved: a mark of 2 and one of -1', () => {
    const two = { rho: 5n, message: 2 };
    const marked = [2, -1, 0] as unknown as Marks;
    expect(() => makeBallot(poll, victim, [marked], randomBytes)).toThrow('votes[0]');
    expect(() => proveOneOf(poll, '', range(two, 0, 1), randomBytes)).toThrow('no statement is true');
  });
});

describe('elements outside the prime-order group', () => {
  const small = ['7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec', '0'.repeat(64)];

  it.each(small)('fail when added to half of a ciphertext: %s', (point) => {
    for (const half of ['alpha', 'beta'] as const) {
      const text = forged(cast, victim, (_ballot, answer) => {
        const choice = answer.choices[1] ?? { alpha: '', beta: '' };
        choice[half] = group.print(group.mul(group.parse(choice[half], ''), group.read(point, '')));
      });
      expect(refusal(text)).toBe(`$.answers[0].choices[1].${half}`);
    }
  });

  it('fail as a ciphertext of identities, which would block the tally', () => {
    const text = forged(cast, victim, (_ballot, answer) => {
      const identity = group.print(group.identity);
      answer.choices[0] = { alpha: identity, beta: identity };
    });
    expect(refusal(text)).toBe('$.answers[0].choices[0].alpha');
  });

  it('fail as a credential', () => {
    const text = forged(cast, 0n, nothing);
    expect(refusal(text)).toBe('$.credential');
  });
});
