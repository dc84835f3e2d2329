/** Published attacks that copy or move a ballot, tried on ours. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { publicCredential } from '../../../src/crypto/credential.js';
import { modulo, randomScalar } from '../../../src/crypto/group.js';
import {
  attacker,
  cast,
  election,
  forged,
  group,
  individual,
  key,
  nothing,
  refusal,
  victim,
  type Answer,
} from './forger.js';

const q = group.order;

describe('the forger of these tests', () => {
  it('signs well: a ballot signed again by its own elector is valid', () => {
    expect(refusal(forged(cast, victim, nothing))).toBe('accepted');
  });
});

describe('copying a ballot (Cortier and Smyth)', () => {
  it('fails verbatim under another credential', () => {
    expect(refusal(forged(cast, attacker, nothing))).toBe(individual);
  });

  it('fails with the credential put in without a signature', () => {
    const text = cast.replace(publicCredential(group, victim), publicCredential(group, attacker));
    expect(refusal(text)).toBe('$.signature.hash');
  });

  it('fails re-randomised, with the responses moved along', () => {
    const text = forged(cast, victim, (_ballot, answer) => {
      let total = 0n;
      const shift = (proof: { challenge: string; response: string }, t: bigint) => {
        proof.response = modulo(BigInt(proof.response) - t * BigInt(proof.challenge), q).toString();
      };
      for (const [k, choice] of answer.choices.entries()) {
        const t = randomScalar(group, randomBytes);
        total += t;
        choice.alpha = group.print(group.mul(group.parse(choice.alpha, ''), group.g.exp(t)));
        choice.beta = group.print(group.mul(group.parse(choice.beta, ''), group.exp(key, t)));
        for (const proof of answer.individual_proofs[k] ?? []) shift(proof, t);
      }
      for (const proof of answer.overall_proof) shift(proof, total);
    });
    expect(refusal(text)).toBe(individual);
  });

  it('fails with the answers in another order', () => {
    const text = forged(cast, victim, (_ballot, answer) => {
      answer.choices.reverse();
      answer.individual_proofs.reverse();
    });
    expect(refusal(text)).toBe('$.answers[0].overall_proof');
  });

  const swaps: [string, (answer: Answer) => void, string][] = [
    ['the halves of a proof exchanged', (answer) => answer.individual_proofs[0]?.reverse(), individual],
    ['the proofs of two choices exchanged', (answer) => answer.individual_proofs.reverse(), individual],
    [
      'the halves of a ciphertext exchanged',
      ({ choices }) => {
        choices[0] = { alpha: choices[0]?.beta ?? '', beta: choices[0]?.alpha ?? '' };
      },
      individual,
    ],
    [
      'a choice repeated in the place of another',
      ({ choices, individual_proofs }) => {
        choices[2] = choices[0] ?? { alpha: '', beta: '' };
        individual_proofs[2] = individual_proofs[0] ?? [];
      },
      '$.answers[0].choices[2].alpha',
    ],
    [
      'the overall proof put for an individual one',
      (answer) => {
        answer.individual_proofs[0] = [...answer.overall_proof, ...answer.overall_proof];
      },
      individual,
    ],
  ];
  it.each(swaps)('fails with %s', (_name, change, path) => {
    expect(
      refusal(
        forged(cast, victim, (_ballot, answer) => {
          change(answer);
        }),
      ),
    ).toBe(path);
  });
});

describe('moving a ballot to another election (Debant and Hirschi)', () => {
  const other = election('rnrJ6vviMvuENZ');

  it('fails as it is, and with the uuid alone', () => {
    expect(refusal(cast, other)).toBe('$.election_uuid');
    const moved = forged(cast, victim, (ballot) => {
      ballot.election_uuid = other.election.uuid;
    });
    expect(refusal(moved, other)).toBe('$.election_hash');
  });

  it('fails with uuid and hash rewritten, by the elector herself', () => {
    const moved = forged(cast, victim, (ballot) => {
      ballot.election_uuid = other.election.uuid;
      ballot.election_hash = other.election.fingerprint;
    });
    expect(refusal(moved, other)).toBe(individual);
  });

  it('fails into an election of the same uuid with another text', () => {
    expect(refusal(cast, election('bmwrT8uHomwjwS', 2))).toBe('$.election_hash');
  });
});
