/**
 * A key holder who knows its key and bends the proof: Belenios' challenge of a decryption hashes g^w and α^w, but
 * neither α nor the factor f, so the second commitment can be anything and f be found afterwards.
 */
import { describe, expect, it } from '@jest/globals';
import {
  combineDecryptions,
  decryptionFlaw,
  decryptTally,
  parseDecryption,
  printDecryption,
  printResult,
  type OwnedDecryption,
} from '../../../src/crypto/decryption.js';
import { makeBallot } from '../../../src/crypto/ballot-maker.js';
import { readBallot } from '../../../src/crypto/ballot.js';
import { hashToScalar, modulo, randomScalar, type Element } from '../../../src/crypto/group.js';
import { holderKeys, type HolderKey } from '../../../src/crypto/key-holders.js';
import type { Proof } from '../../../src/crypto/proof-of-knowledge.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { RunningTally } from '../../../src/crypto/tally.js';
import { verifyElection } from '../../../src/crypto/verify-election.js';
import { random } from './ceremony.js';
import { archiveOf, makeElection, tallied } from './made-election.js';

const group = await serverGroup('Ed25519');
const q = group.order;
const { pieces, poll, key } = makeElection(group);
const running = new RunningTally(group, poll.election);
for (const text of pieces.ballots) {
  running.add(readBallot(poll, text, (element, path) => group.parse(element, path)).answers);
}
const tally = running.sum();
const honest = (owner: number): OwnedDecryption => ({
  owner,
  decryption: decryptTally(group, poll.election, tally, key.shares[owner - 1] as bigint, random),
});

function inverse(a: bigint): bigint {
  let [result, base] = [1n, a];
  for (let k = q - 2n; k > 0n; k >>= 1n) {
    if (k & 1n) result = (result * base) % q;
    base = (base * base) % q;
  }
  return result;
}

/** A decryption whose first factor is wrong and whose proofs hold. */
function bent(owner: number): OwnedDecryption {
  const { decryption } = honest(owner);
  const x = key.shares[owner - 1] as bigint;
  const alpha = tally[0]?.[0]?.alpha as Element;
  const w = randomScalar(group, random);
  const second = group.mul(group.exp(alpha, w), group.g.element);
  const prefix = `decrypt|${poll.election.fingerprint}|${group.print(group.g.exp(x))}|`;
  const challenge = hashToScalar(group, prefix, [group.g.exp(w), second]);
  const response = modulo(w - x * challenge, q);
  const factor = group.exp(group.div(second, group.exp(alpha, response)), inverse(challenge));
  const [factors = [], proofs = []] = [decryption.factors[0], decryption.proofs[0]];
  return {
    owner,
    decryption: {
      factors: [[factor, ...factors.slice(1)]],
      proofs: [[{ challenge, response }, ...proofs.slice(1)]],
    },
  };
}

describe('a decryption whose factor is wrong and whose proof holds', () => {
  const cheat = bent(3);
  const combine = (...decryptions: OwnedDecryption[]) =>
    combineDecryptions(group, poll.election, key.holders, tally, decryptions, running.count);
  const result = [[3, 1, 1]];

  it('exists', () => {
    const { publicKey } = holderKeys(key.holders)[2] as HolderKey;
    expect(decryptionFlaw(group, poll.election, tally, publicKey, cheat.decryption)).toBeUndefined();
    const [wrong, right] = [cheat, honest(3)].map(({ decryption }) => decryption.factors[0]?.[0] as Element);
    expect(group.equal(wrong as Element, right as Element)).toBe(false);
  });

  it('is named and left out, when a quorum remains without it', () => {
    const rejected = [{ holder: 3, step: 'decryption', reason: 'does not agree with holders 4, 6' }];
    expect(combine(honest(1), cheat, honest(4), honest(6))).toEqual({ kind: 'result', result, rejected });
    const secretary = { holder: 2, step: 'decryption', reason: 'does not agree with holder 1' };
    expect(combine(honest(1), bent(2), honest(4), honest(6))).toEqual({
      ...{ kind: 'result', result },
      rejected: [secretary],
    });
  });

  it('gives no result without a quorum beside it', () => {
    expect(() => combine(honest(1), cheat, honest(4))).toThrow(RangeError);
  });

  it('is found in an archive, also where the result does not rest on it', async () => {
    const texts = (owned: OwnedDecryption[]) =>
      owned.map(({ owner, decryption }) => ({ owner, text: printDecryption(group, decryption) }));
    const failed = async (...owned: OwnedDecryption[]) => {
      const archive = archiveOf({ ...pieces, decryptions: texts(owned) });
      const { checks } = await verifyElection(archive, { groupOf: serverGroup });
      return checks.filter(({ verdict }) => verdict !== 'passed').map(({ name }) => name);
    };
    expect(await failed(honest(1), honest(3), honest(4), honest(6))).toEqual([]);
    expect(await failed(honest(1), honest(4), honest(5), bent(6))).toEqual([
      'partial-decryptions-are-proved',
    ]);
    expect(await failed(honest(1), cheat, honest(4))).toEqual(['result-is-what-was-decrypted']);
  });
});

describe('an elector who conspires with a holder', () => {
  // The holder commits to g^w and g^b first; the elector then takes the ρ for which the factor is off by g^k.
  const [w, b] = [randomScalar(group, random), randomScalar(group, random)];
  const x = key.shares[0] as bigint;
  const prefix = `decrypt|${poll.election.fingerprint}|${group.print(group.g.exp(x))}|`;
  const challenge = hashToScalar(group, prefix, [group.g.exp(w), group.g.exp(b)]);

  /** The archive of one ballot, for the first list, whose count is said to be `votes`. */
  function stuffed(votes: number): Uint8Array {
    const k = BigInt(votes - 1);
    const rho = modulo((b + k * challenge) * inverse(w), q);
    let drawn = 0;
    const chosen = (length: number) =>
      drawn++ === 0 ? Buffer.from(rho.toString(16).padStart(2 * length, '0'), 'hex') : random(length);
    const ballots = [makeBallot(poll, 11n, [[1, 0, 0]], chosen).text];
    const honest = tallied(poll, key, ballots, [1, 3, 4]);
    const { factors, proofs } = parseDecryption(group, [3], honest.decryptions[0]?.text ?? '');
    const [[first, ...others], [, ...kept]] = [factors[0] as Element[], proofs[0] as Proof[]];
    const decryption = {
      factors: [[group.mul(first as Element, group.g.exp(modulo(-k, q))), ...others]],
      proofs: [[{ challenge, response: modulo(w - x * challenge, q) }, ...kept]],
    };
    const decryptions = honest.decryptions.with(0, { owner: 1, text: printDecryption(group, decryption) });
    const result = printResult([[votes, 0, 0]]);
    return archiveOf({ ...pieces, ballots, ...honest, decryptions, result });
  }

  it('can make every proof hold, but not have more votes counted than there are ballots', async () => {
    expect(await verifyElection(stuffed(1), { groupOf: serverGroup })).toMatchObject({ sound: true });
    const { checks } = await verifyElection(stuffed(41), { groupOf: serverGroup });
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([
      {
        name: 'result-is-what-was-decrypted',
        findings: [{ place: 'event[7].result[0]', reason: 'is not what that many ballots can hold' }],
      },
    ]);
  });
});
