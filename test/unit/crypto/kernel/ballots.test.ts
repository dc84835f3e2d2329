/** What the kernel says of whole ballots: always what the group says, alone and in a batch. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkBallot } from '../../../../src/crypto/ballot-checks.js';
import { makeBallot, type Marks } from '../../../../src/crypto/ballot-maker.js';
import { sha256Base64 } from '../../../../src/crypto/digest.js';
import {
  openPoll,
  parseElection,
  printElection,
  type Poll,
  type Question,
} from '../../../../src/crypto/election.js';
import { randomScalar } from '../../../../src/crypto/group.js';
import { kernelModule } from '../../../../src/crypto/kernel-file.js';
import { checkBallots, kernelAccepts } from '../../../../src/crypto/kernel/kernel-checks.js';
import { Kernel } from '../../../../src/crypto/kernel/kernel.js';
import { forged, group, key, type Answer } from '../forger.js';
import { spoiltStructure, spoiltText } from '../mutations.js';
import { sampleArchive } from '../sample-texts.js';
import { samples } from '../samples.js';

const kernel = await Kernel.start(await kernelModule(true), 2);
/** With SIMD and without. */
const kernels = [kernel, await Kernel.start(await kernelModule(false), 2)];

/** Whether the kernels accept one text, after both ways to ask have agreed with the group. */
function judged(poll: Poll, text: string): boolean {
  const verdict = checkBallot(poll, text);
  for (const one of kernels) {
    expect(kernelAccepts(one, poll, [text])).toEqual([verdict.valid ? verdict.credential : undefined]);
    expect(checkBallots(one, poll, [text])).toEqual([verdict]);
  }
  return verdict.valid;
}

function pollOf(questions: readonly Question[]): Poll {
  const header = { description: '', name: 'Essai', group: group.name, publicKey: group.print(key) };
  return openPoll(group, parseElection(printElection({ ...header, uuid: 'bmwrT8uHomwjwS', questions })));
}

function question(count: number, min: number, max: number, blank: boolean): Question {
  const answers = Array.from({ length: count }, (_, i) => `Liste ${i}`);
  return { question: '?', answers, blank, min, max };
}

/** A ballot and who signed it. */
function voted(poll: Poll, votes: readonly Marks[]): { text: string; signer: bigint } {
  const signer = randomScalar(group, randomBytes);
  return { text: makeBallot(poll, signer, votes, randomBytes).text, signer };
}

const ed25519 = (Object.keys(samples) as (keyof typeof samples)[]).filter((name) =>
  sampleArchive(name).election.includes('"group":"Ed25519"'),
);

describe.each(ed25519)('the ballots of %s', (name) => {
  const { election, ballots } = sampleArchive(name);
  const poll = openPoll(group, parseElection(election));

  it('are judged as before', () => {
    for (const ballot of ballots) judged(poll, ballot);
    for (const one of kernels)
      expect(kernelAccepts(one, poll, ballots).some((credential) => credential !== undefined)).toBe(true);
  });

  it('are judged as before with any one number or element changed, hashed again', () => {
    const [ballot = ''] = ballots;
    const leaves = [...ballot.matchAll(/"(?:alpha|beta|credential|challenge|response)":"([0-9a-f]+)"/g)];
    expect(leaves.length).toBeGreaterThan(40);
    for (const { 0: pair, 1: leaf = '', index } of leaves) {
      const other = /"(?:challenge|response)"/.test(pair) ? String(BigInt(leaf) ^ 1n) : elementBeside(leaf);
      const at = index + pair.length - 1 - leaf.length;
      expect(judged(poll, hashedAgain(ballot.slice(0, at) + other + ballot.slice(at + leaf.length)))).toBe(
        false,
      );
    }
  });

  it('are judged as before with texts and structures spoilt', () => {
    const [ballot = ''] = ballots;
    const spoilt = fc.oneof(spoiltText(ballot), spoiltStructure(ballot, ['0', '1']));
    fc.assert(
      fc.property(spoilt, (text) => {
        judged(poll, text);
      }),
      { numRuns: 300 },
    );
  });
});

/** Another element of the group. */
function elementBeside(text: string): string {
  return group.print(group.mul(group.parse(text, 'x'), group.g.element));
}

/** The text with the hash that its signature should name, so that reading goes on to the proofs. */
function hashedAgain(text: string): string {
  const unsigned = `${text.slice(0, text.lastIndexOf(',"signature":'))}}`;
  return text.replace(/"signature":\{"hash":"[^"]*"/, `"signature":{"hash":"${sha256Base64(unsigned)}"`);
}

describe.each([
  ['one list or the blank answer', [question(7, 1, 1, false)], [[0, 0, 1, 0, 0, 0, 0]]],
  ['a blank vote by the protocol', [question(6, 1, 1, true)], [[1, 0, 0, 0, 0, 0, 0]]],
  ['a vote where blank is possible', [question(3, 1, 2, true)], [[0, 1, 0, 1]]],
  ['none to three of three', [question(3, 0, 3, false)], [[0, 0, 0]]],
  ['none or the only one', [question(1, 0, 1, true)], [[0, 0]]],
  ['nothing to choose', [question(2, 0, 0, false)], [[0, 0]]],
  [
    'several questions',
    [question(2, 1, 2, false), question(3, 0, 1, true)],
    [
      [1, 1],
      [0, 0, 1, 0],
    ],
  ],
  [
    'more answers than the kernel has met',
    [question(150, 1, 2, false)],
    [Array.from({ length: 150 }, (_, i) => (i === 149 ? 1 : 0))],
  ],
] as [string, Question[], Marks[]][])('ballots of another form: %s', (_, questions, votes) => {
  const poll = pollOf(questions);
  const { text, signer } = voted(poll, votes);

  it('are accepted', () => {
    expect(judged(poll, text)).toBe(true);
  });

  it('are refused, signed well, with any one proof wrong', () => {
    const count = [...text.matchAll(/"challenge":/g)].length - 1; // the last is the signature's
    const tried = count > 100 ? 3 : Math.min(count, 24);
    const wrong = Array.from({ length: tried }, (_unused, i) => Math.floor((i * count) / tried));
    for (const which of wrong) {
      for (const part of ['challenge', 'response'] as const) {
        const ballot = forged(text, signer, ({ answers }) => {
          const proof = (answers as Answer[]).flatMap(proofsOf)[which] as {
            challenge: string;
            response: string;
          };
          proof[part] = String(BigInt(proof[part]) ^ 1n);
        });
        expect(judged(poll, ballot)).toBe(false);
      }
    }
  });
});

function proofsOf({ individual_proofs, overall_proof, blank_proof = [] }: Answer) {
  return [...individual_proofs.flat(), ...overall_proof, ...blank_proof];
}

describe('a batch of four', () => {
  const poll = pollOf([question(3, 1, 1, false)]);
  const good = Array.from({ length: 4 }, () => voted(poll, [[0, 1, 0]]));
  const outside = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'; // of order eight
  const spoil: Record<string, (answer: Answer) => void> = {
    'a bad proof': ({ individual_proofs: [pair] }) => {
      (pair as { response: string }[])[1] = { ...pair?.[1], response: '7' };
    },
    'a point of small order': ({ choices: [choice] }) => {
      (choice as { alpha: string }).alpha = reversed(outside);
    },
    'a point off the curve': ({ choices: [choice] }) => {
      (choice as { beta: string }).beta = `${'0'.repeat(63)}2`;
    },
    'a coordinate that is too large': ({ choices: [choice] }) => {
      (choice as { beta: string }).beta = `7${'f'.repeat(63)}`;
    },
  };

  it.each(Object.keys(spoil))('refuses the one with %s, wherever it is, and accepts the others', (kind) => {
    for (let place = 0; place < 4; place++) {
      const texts = good.map(({ text, signer }, i) =>
        i === place ? forged(text, signer, (_ballot, answer) => spoil[kind]?.(answer)) : text,
      );
      const expected = texts.map((text) => checkBallot(poll, text));
      expect(expected.map(({ valid }) => valid)).toEqual([0, 1, 2, 3].map((i) => i !== place));
      for (const one of kernels) {
        expect(checkBallots(one, poll, texts)).toEqual(expected);
        expect(kernelAccepts(one, poll, texts).map((credential) => credential !== undefined)).toEqual(
          expected.map(({ valid }) => valid),
        );
      }
    }
  });

  it('accepts none, some, or more than four at once', () => {
    const texts = [...good, ...good, ...good.slice(0, 2)].map(({ text }) => text);
    for (let count = 0; count <= texts.length; count++) {
      const some = texts.slice(0, count);
      const expected = some.map((text) => checkBallot(poll, text));
      for (const one of kernels) expect(checkBallots(one, poll, some)).toEqual(expected);
    }
  });
});

function reversed(hex: string): string {
  return Buffer.from(hex, 'hex').reverse().toString('hex');
}
