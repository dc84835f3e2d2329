import { describe, expect, it } from '@jest/globals';
import { makeBasicKey } from '../../../src/crypto/basic-key.js';
import { readBallot } from '../../../src/crypto/ballot.js';
import { makeBallot, type Marks } from '../../../src/crypto/ballot-maker.js';
import {
  combineDecryptions,
  decryptTally,
  parseDecryption,
  printDecryption,
  type OwnedDecryption,
} from '../../../src/crypto/decryption.js';
import { discreteLog } from '../../../src/crypto/discrete-log.js';
import { openPoll, parseElection, printElection } from '../../../src/crypto/election.js';
import { checkKeyHolders } from '../../../src/crypto/key-holders-check.js';
import {
  electionKey,
  parseKeyHolders,
  printKeyHolders,
  type KeyHolders,
} from '../../../src/crypto/key-holders.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { parseTally, printTally, RunningTally, tallyShape } from '../../../src/crypto/tally.js';
import { completed, random } from './ceremony.js';

const group = await serverGroup('Ed25519');
const presidency = completed({ group, id: 'presidency', size: 2, threshold: 1 });
const delegates = completed({ group, id: 'delegates', size: 4, threshold: 2 });
const basic = makeBasicKey(group, random, 'expert');
const holders: KeyHolders = [presidency.group, delegates.group, basic.publicKey];
const shares = [...presidency.shares, ...delegates.shares, basic.privateKey];
const question = { question: 'Q', answers: ['A', 'B', 'Vote blanc'], blank: false, min: 1, max: 1 };
const election = parseElection(
  printElection({
    uuid: 'ABCDEFGHJKLMNP',
    name: 'N',
    description: 'D',
    group: 'Ed25519',
    publicKey: group.print(electionKey(group, holders)),
    questions: [question],
  }),
);
const poll = openPoll(group, election);
const votes: Marks[] = [
  [1, 0, 0],
  [1, 0, 0],
  [0, 0, 1],
];
const ballots = votes.map((marks, i) => makeBallot(poll, BigInt(i + 2), [marks], random).text);
const read = (text: string) => readBallot(poll, text, (element, path) => group.parse(element, path)).answers;

function tallyOf(texts: readonly string[]): RunningTally {
  const tally = new RunningTally(group, election);
  for (const text of texts) tally.add(read(text));
  return tally;
}

const tally = tallyOf(ballots).sum();
const decrypt = (owner: number): OwnedDecryption => ({
  owner,
  decryption: decryptTally(group, election, tally, shares[owner - 1] as bigint, random),
});
const combine = (decryptions: OwnedDecryption[]) =>
  combineDecryptions(group, election, holders, tally, decryptions, ballots.length);

describe('a tally', () => {
  it('is the same whatever the order, and read back from its text', () => {
    const text = printTally(group, tally);
    expect(printTally(group, tallyOf([...ballots].reverse()).sum())).toBe(text);
    expect(printTally(group, parseTally(group, tallyShape(election), text))).toBe(text);
    expect(tallyOf(ballots)).toMatchObject({ count: 3, weight: 3n });
  });

  it('grows ballot by ballot to what is computed at once', () => {
    const running = new RunningTally(group, election);
    ballots.forEach((text, i) => {
      running.add(read(text));
      const again = tallyOf(ballots.slice(0, i + 1)).sum();
      expect(printTally(group, running.sum())).toBe(printTally(group, again));
    });
  });

  it('counts a ballot as often as it weighs', () => {
    const heavy = new RunningTally(group, election);
    heavy.add(read(ballots[0] as string), 3n);
    const thrice = tallyOf(Array.from({ length: 3 }, () => ballots[0] as string));
    expect(printTally(group, heavy.sum())).toBe(printTally(group, thrice.sum()));
    expect(heavy).toMatchObject({ count: 1, weight: 3n });
  });

  it('of another shape is refused', () => {
    expect(() => parseTally(group, [2], printTally(group, tally))).toThrow(Malformed);
    expect(() => {
      new RunningTally(group, election).add([]);
    }).toThrow(RangeError);
  });

  it('of no ballot decrypts to nothing', () => {
    const none = new RunningTally(group, election).sum();
    const owned = [1, 3, 4, 7].map((owner) => ({
      owner,
      decryption: decryptTally(group, election, none, shares[owner - 1] as bigint, random),
    }));
    const outcome = combineDecryptions(group, election, holders, none, owned, 0);
    expect(outcome).toEqual({ kind: 'result', result: [[0, 0, 0]], rejected: [] });
  });
});

describe('a basic key', () => {
  it('is proved by its holder, and written and read back with its name', () => {
    expect(checkKeyHolders(group, holders)).toEqual([]);
    const text = printKeyHolders(group, [basic.publicKey]);
    expect(text).toContain('"name":"expert"');
    expect(printKeyHolders(group, parseKeyHolders(group, text))).toBe(text);
    const other = { ...basic.publicKey, publicKey: makeBasicKey(group, random).publicKey.publicKey };
    expect(checkKeyHolders(group, [...holders, other])).toMatchObject([{ holder: 8, step: 'key' }]);
  });
});

describe('decryption', () => {
  it('gives one result with any quorum: one of two, two of four, and the expert', () => {
    const all = [1, 2, 3, 4, 5, 6, 7].map(decrypt);
    for (const first of [1, 2]) {
      for (const [a, b] of [
        [3, 4],
        [3, 5],
        [3, 6],
        [4, 5],
        [4, 6],
        [5, 6],
      ]) {
        const quorum = all.filter(({ owner }) => [first, a, b, 7].includes(owner));
        expect(combine(quorum.reverse())).toEqual({ kind: 'result', result: [[2, 0, 1]], rejected: [] });
      }
    }
    expect(combine(all)).toMatchObject({ kind: 'result', result: [[2, 0, 1]] });
  });

  it.each([
    [
      [],
      [
        { part: 0, valid: 0, needed: 1 },
        { part: 1, valid: 0, needed: 2 },
        { part: 2, valid: 0, needed: 1 },
      ],
    ],
    [[3, 4, 5, 6, 7], [{ part: 0, valid: 0, needed: 1 }]],
    [[1, 2, 6, 7], [{ part: 1, valid: 1, needed: 2 }]],
    [[1, 3, 4], [{ part: 2, valid: 0, needed: 1 }]],
  ])('gives nothing with holders %j', (owners, lacking) => {
    expect(combine(owners.map(decrypt))).toEqual({ kind: 'no-quorum', lacking, rejected: [] });
  });

  it('names and leaves out what is not valid, when enough is', () => {
    const forged = { owner: 4, decryption: decrypt(5).decryption };
    const unknown = { owner: 8, decryption: decrypt(5).decryption };
    const outcome = combine([decrypt(1), decrypt(3), forged, unknown, ...[6, 6, 7].map(decrypt)]);
    expect(outcome).toEqual({
      kind: 'result',
      result: [[2, 0, 1]],
      rejected: [
        { holder: 4, step: 'decryption', reason: 'factor [0][0] is not proved' },
        { holder: 8, step: 'decryption', reason: 'is not a key holder' },
        { holder: 6, step: 'decryption', reason: 'decrypted twice' },
      ],
    });
    expect(combine([decrypt(1), decrypt(3), forged])).toMatchObject({ kind: 'no-quorum' });
  });

  it('is written and read back to the byte', () => {
    const text = printDecryption(group, decrypt(1).decryption);
    expect(printDecryption(group, parseDecryption(group, [3], text))).toBe(text);
    expect(() => parseDecryption(group, [3], text.replace('"response":"', '"response":"0'))).toThrow(
      Malformed,
    );
    expect(() => parseDecryption(group, [4], text)).toThrow('not one item for each choice');
  });

  it('stops when votes are more than they can be', () => {
    const decryptions = [1, 3, 4, 7].map(decrypt);
    expect(() => combineDecryptions(group, election, holders, tally, decryptions, 1)).toThrow(RangeError);
  });
});

describe('the discrete logarithm', () => {
  it.each(['Ed25519', 'BELENIOS-2048'] as const)(
    'finds every small number on %s, and no larger one',
    async (name) => {
      const g = await serverGroup(name);
      for (const max of [0, 1, 2, 3, 10, 24, 25]) {
        const log = discreteLog(g, max);
        for (let n = 0; n <= max; n += 1) expect(log(g.g.exp(BigInt(n)))).toBe(n);
        expect(log(g.g.exp(BigInt(max + 1)))).toBeUndefined();
        expect(log(g.g.exp(g.order - 1n))).toBeUndefined();
      }
    },
  );

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53])('is not looked for up to %p', (max) => {
    expect(() => discreteLog(group, max)).toThrow(RangeError);
  });

  it.each(['Ed25519', 'BELENIOS-2048'] as const)('finds 2,000,000 in under a second on %s', async (name) => {
    const g = await serverGroup(name);
    const x = g.g.exp(1_999_999n);
    const start = performance.now();
    expect(discreteLog(g, 2_000_000)(x)).toBe(1_999_999);
    const elapsed = performance.now() - start;
    expect(elapsed).toBeLessThan(1_000);
  });
});
