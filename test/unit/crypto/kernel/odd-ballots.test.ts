/** Ballots that no browser makes, and that an elector may: randomness and credentials chosen where formulas could break. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { checkBallot } from '../../../../src/crypto/ballot-checks.js';
import { signaturePrefix } from '../../../../src/crypto/ballot-contexts.js';
import { makeBallot, type Marks } from '../../../../src/crypto/ballot-maker.js';
import { ed25519Noble } from '../../../../src/crypto/ed25519-noble.js';
import { printEd25519, readEd25519 } from '../../../../src/crypto/ed25519-text.js';
import { openPoll, parseElection, printElection, type Poll } from '../../../../src/crypto/election.js';
import type { Element, Group } from '../../../../src/crypto/group.js';
import { kernelModule } from '../../../../src/crypto/kernel-file.js';
import { kernelAccepts } from '../../../../src/crypto/kernel/kernel-checks.js';
import { Kernel } from '../../../../src/crypto/kernel/kernel.js';
import { bytesToInteger } from '../../../../src/crypto/group.js';
import { group, type BallotJson } from '../forger.js';

const kernels = [
  await Kernel.start(await kernelModule(true), 2),
  await Kernel.start(await kernelModule(false), 2),
];
const q = group.order;

/** Whether libsodium, @noble/curves and both kernels accept a text, as one. */
function judged(election: string, text: string): boolean {
  const [poll, ...others] = [group, ed25519Noble].map((one) => openPoll(one, parseElection(election)));
  const verdict = checkBallot(poll as Poll, text);
  for (const other of others) expect(checkBallot(other, text)).toEqual(verdict);
  for (const kernel of kernels)
    expect(kernelAccepts(kernel, poll as Poll, [text])).toEqual([
      verdict.valid ? verdict.credential : undefined,
    ]);
  return verdict.valid;
}

function electionOf(secretKey: bigint, answers: number, max: number): string {
  const publicKey = group.print(group.g.exp(secretKey));
  const questions = [
    { question: '?', answers: Array.from({ length: answers }, (_, i) => `${i}`), blank: false, min: 0, max },
  ];
  const header = { description: '', name: 'Essai', group: group.name, publicKey, uuid: 'bmwrT8uHomwjwS' };
  return printElection({ ...header, questions });
}

/** These scalars first, then any. */
function drawing(scalars: readonly bigint[]): (length: number) => Uint8Array {
  const left = scalars.map((k) => Uint8Array.from(Buffer.from(k.toString(16).padStart(96, '0'), 'hex')));
  return (length) => left.shift() ?? randomBytes(length);
}

describe('a ballot of odd randomness', () => {
  it('is accepted where the sum of its choices is the neutral element', () => {
    const election = electionOf(7n, 3, 2);
    const poll = openPoll(group, parseElection(election));
    for (const marks of [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
    ] satisfies Marks[]) {
      const { text } = makeBallot(poll, 5n, [marks], drawing([1n, 2n, q - 3n])); // so that α is neutral, and β is g^m
      expect(judged(election, text)).toBe(true);
    }
  });

  it('is judged alike whatever was drawn, under keys whose logarithm is small', () => {
    const odd = fc.constantFrom(
      0n,
      1n,
      2n,
      3n,
      8n,
      128n,
      q - 1n,
      q - 2n,
      q - 8n,
      (q - 1n) / 2n,
      (q + 1n) / 2n,
    );
    const drawn = fc.array(odd, { maxLength: 30 });
    const known = fc.constantFrom(1n, 2n, q - 1n, (q + 1n) / 2n);
    let accepted = 0;
    fc.assert(
      fc.property(known, known, drawn, fc.nat(3), (secretKey, signer, scalars, chosen) => {
        const election = electionOf(secretKey, 3, 3);
        const poll = openPoll(group, parseElection(election));
        const marks = [0, 1, 2].map((i) => (i < chosen ? 1 : 0)) satisfies Marks;
        if (judged(election, makeBallot(poll, signer, [marks], drawing(scalars)).text)) accepted += 1;
      }),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('a ballot signed under a credential outside the group', () => {
  const { Point } = ed25519;
  const eighth = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'); // of order eight
  const pointOf = (text: string) => Point.fromBytes(readEd25519(text, 'x'));
  const election = electionOf(7n, 2, 1);
  const poll = openPoll(group, parseElection(election));
  const signer = 1234567n;

  /** libsodium, for which the credential of this signer has a part of order eight. */
  const mixed: Group = {
    ...group,
    g: {
      ...group.g,
      exp: (k) =>
        k === signer ? group.mul(group.g.exp(k), eighth.toBytes() as unknown as Element) : group.g.exp(k),
    },
  };

  it('is refused although its signature holds on the whole curve', () => {
    for (let tries = 0; tries < 500; tries++) {
      const { text } = makeBallot({ ...poll, group: mixed }, signer, [[1, 0]], randomBytes);
      const { credential, signature } = JSON.parse(text) as BallotJson & {
        signature: { hash: string; proof: { challenge: string; response: string } };
      };
      const challenge = BigInt(signature.proof.challenge);
      if (challenge % 8n !== 0n) continue; // the part of order eight vanishes where it is multiplied by eight
      const { x, y } = Point.BASE.multiplyUnsafe(BigInt(signature.proof.response))
        .add(pointOf(credential).multiplyUnsafe(challenge))
        .toAffine();
      const commitment = printEd25519(Point.fromAffine({ x, y }).toBytes());
      const hash = group.sha256(signaturePrefix(signature.hash) + commitment);
      expect(bytesToInteger(hash) % q).toBe(challenge);
      expect(judged(election, text)).toBe(false);
      return;
    }
    throw new Error('no challenge was a multiple of eight');
  });
});
