import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseBallot } from '../../../src/crypto/ballot.js';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import { belenios2048BigInt } from '../../../src/crypto/belenios-2048.js';
import { ed25519Noble } from '../../../src/crypto/ed25519-noble.js';
import { ed25519Sodium } from '../../../src/crypto/ed25519-sodium.js';
import {
  openPoll,
  parseElection,
  printElection,
  type Poll,
  type Question,
} from '../../../src/crypto/election.js';
import { randomScalar, type Group } from '../../../src/crypto/group.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup, wasmSodium } from '../../../src/crypto/server-groups.js';
import { sampleArchive } from './sample-texts.js';
import type { samples } from './samples.js';

const sodium = await serverGroup('Ed25519');
const openSsl = await serverGroup('BELENIOS-2048');
const wasm = ed25519Sodium(await wasmSodium());

function poll(group: Group, questions: readonly Question[]): Poll {
  const publicKey = group.print(group.g.exp(randomScalar(group, randomBytes)));
  const header = { uuid: 'bmwrT8uHomwjwS', name: 'Essai', description: '', group: group.name, publicKey };
  return openPoll(group, parseElection(printElection({ ...header, questions })));
}

const lists = ['A', 'B', 'C'];
const question = (blank: boolean, min = 1, max = 1): Question => ({
  question: '?',
  answers: lists,
  blank,
  min,
  max,
});

describe('ballots of belenios-tool', () => {
  const sound: [keyof typeof samples, Group][] = [
    ['ed25519-basic', sodium],
    ['ed25519-basic', wasm],
    ['ed25519-threshold', sodium],
    ['belenios2048-basic', openSsl],
    ['two-thresholds', openSsl],
    ['clean', openSsl],
  ];
  it.each(sound)('%s: every one is valid', (name, group) => {
    const { election, ballots } = sampleArchive(name);
    const opened = openPoll(group, parseElection(election));
    expect(ballots.length).toBeGreaterThan(4);
    for (const text of ballots) {
      const { credential } = JSON.parse(text) as { credential: string };
      expect(checkBallot(opened, text)).toMatchObject({ valid: true, credential });
    }
  });

  it('are judged alike by the slow back-ends', () => {
    const sampled: [keyof typeof samples, Group][] = [
      ['ed25519-basic', ed25519Noble],
      ['belenios2048-basic', belenios2048BigInt],
    ];
    for (const [name, group] of sampled) {
      const { election, ballots } = sampleArchive(name);
      const opened = openPoll(group, parseElection(election));
      expect(checkBallot(opened, ballots[0] ?? '').valid).toBe(true);
    }
  });

  it('are refused for what was done to them', () => {
    const flaws = (name: keyof typeof samples) => {
      const { election, ballots } = sampleArchive(name);
      const opened = openPoll(openSsl, parseElection(election));
      return ballots.map((text) => checkBallot(opened, text)).flatMap((v) => (v.valid ? [] : [v.path]));
    };
    expect(flaws('bad-individual-proof')).toEqual(['$.answers[0].individual_proofs[1]']);
    expect(flaws('bad-signature')).toEqual(['$.signature.proof']);
  });
});

describe.each<Group>([sodium, ed25519Noble, wasm, openSsl, belenios2048BigInt])(
  'a ballot made with $backEnd',
  (group) => {
    const fast = group.name === 'Ed25519' ? sodium : openSsl;
    const votes: [string, Question, Marks][] = [
      ['one of three', question(false), [0, 1, 0]],
      ['the blank vote', question(true), [1, 0, 0, 0]],
      ['one of three, not blank', question(true), [0, 0, 0, 1]],
      ['two of at most two', question(false, 0, 2), [1, 0, 1]],
      ['none of at most two', question(false, 0, 2), [0, 0, 0]],
      ['blank of at most two', question(true, 0, 2), [1, 0, 0, 0]],
      ['none of at most two, not blank', question(true, 0, 2), [0, 0, 0, 0]],
    ];
    it.each(votes)('%s: is canonical and valid', (_name, asked, marks) => {
      const made = poll(group, [asked]);
      const credential = randomScalar(group, randomBytes);
      const { text, reference } = makeBallot(made, credential, [marks], randomBytes);
      const judge = openPoll(fast, made.election);
      const publicCredential = group.print(group.g.exp(credential));
      expect(checkBallot(judge, text)).toEqual({ valid: true, reference, credential: publicCredential });
      expect(parseBallot(judge, text).text).toBe(text);
      expect(reference).toMatch(/^[A-Za-z0-9+/]{43}$/);
    });
  },
);

describe('a maker of ballots', () => {
  const two = poll(sodium, [question(false), question(true, 0, 3)]);
  const refused: [readonly Marks[], string][] = [
    [[[0, 1, 0]], 'votes'],
    [[[0, 1, 0], [0, 1, 0, 0], []], 'votes'],
    [
      [
        [0, 1, 1],
        [0, 1, 0, 0],
      ],
      'votes[0]',
    ],
    [
      [
        [0, 0, 0],
        [0, 1, 0, 0],
      ],
      'votes[0]',
    ],
    [
      [
        [0, 1],
        [0, 1, 0, 0],
      ],
      'votes[0]',
    ],
    [
      [
        [0, 1, 0],
        [1, 1, 0, 0],
      ],
      'votes[1]',
    ],
  ];
  it.each(refused)('refuses %p, which the election does not allow', (votes, path) => {
    expect(() => makeBallot(two, 5n, votes, randomBytes)).toThrow(Malformed);
    expect(() => makeBallot(two, 5n, votes, randomBytes)).toThrow(path);
  });

  it('answers every question', () => {
    const { text } = makeBallot(
      two,
      5n,
      [
        [1, 0, 0],
        [0, 1, 1, 1],
      ],
      randomBytes,
    );
    expect(checkBallot(two, text).valid).toBe(true);
  });
});
