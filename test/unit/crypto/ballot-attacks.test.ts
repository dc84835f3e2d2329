/** Published attacks on verifiable voting, tried on our ballots. Each forger signs with a credential of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { individualPrefix, ballotContext, signaturePrefix } from '../../../src/crypto/ballot-contexts.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import { publicCredential } from '../../../src/crypto/credential.js';
import { sha256Base64 } from '../../../src/crypto/digest.js';
import { openPoll, parseElection, printElection, type Poll } from '../../../src/crypto/election.js';
import { hashToScalar, modulo, randomScalar, type RandomBytes } from '../../../src/crypto/group.js';
import { proveOneOf, range, verifyOneOf } from '../../../src/crypto/or-proof.js';
import { proofJson, proveKnowledge } from '../../../src/crypto/proof-of-knowledge.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';

const group = await serverGroup('Ed25519');
const q = group.order;
const key = group.g.exp(randomScalar(group, randomBytes));

interface Answer {
  choices: { alpha: string; beta: string }[];
  individual_proofs: { challenge: string; response: string }[][];
  overall_proof: { challenge: string; response: string }[];
}
interface BallotJson {
  election_uuid: string;
  election_hash: string;
  credential: string;
  answers: [Answer];
}

function election(uuid: string, max = 1): Poll {
  const header = { description: '', name: 'Essai', group: group.name, publicKey: group.print(key), uuid };
  const questions = [{ question: '?', answers: ['A', 'B', 'C'], blank: false, min: 1, max }];
  return openPoll(group, parseElection(printElection({ ...header, questions })));
}

const poll = election('bmwrT8uHomwjwS');
const victim = randomScalar(group, randomBytes);
const attacker = randomScalar(group, randomBytes);
const marks: Marks = [0, 1, 0];
const cast = makeBallot(poll, victim, [marks], randomBytes).text;

/** A ballot changed, then signed as its maker would: only the proofs can tell. */
function forged(text: string, signer: bigint, change: (ballot: BallotJson, answer: Answer) => void): string {
  const ballot = JSON.parse(text) as BallotJson;
  ballot.credential = publicCredential(group, signer);
  change(ballot, ballot.answers[0]);
  const { election_uuid, election_hash, credential, answers } = ballot;
  const unsigned = { election_uuid, election_hash, credential, answers };
  const hash = sha256Base64(JSON.stringify(unsigned));
  const proof = proofJson(proveKnowledge(group, signaturePrefix(hash), signer, randomBytes));
  return JSON.stringify({ ...unsigned, signature: { hash, proof } });
}

function refusal(text: string, at = poll): string {
  const verdict = checkBallot(at, text);
  return verdict.valid ? 'accepted' : verdict.path;
}

const individual = '$.answers[0].individual_proofs[0]';
const nothing = () => undefined;

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
      '$.answers[0].overall_proof',
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
