import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { archiveRecord, type ArchiveRecord } from '../../../src/crypto/archive.js';
import { parseEvent, printEvent } from '../../../src/crypto/archive-events.js';
import { printSigned } from '../../../src/crypto/ballot.js';
import { signaturePrefix } from '../../../src/crypto/ballot-contexts.js';
import { base64 } from '../../../src/crypto/digest.js';
import { proveKnowledge } from '../../../src/crypto/proof-of-knowledge.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { verifyElection } from '../../../src/crypto/verify-election.js';
import type { CheckName } from '../../../src/crypto/verify-report.js';
import { random } from './ceremony.js';
import {
  archiveOf,
  makeElection,
  tallied,
  vote,
  writeEvents,
  type Pieces,
  weightedArchive,
} from './made-election.js';
import { soundSamples, tamperedSamples } from './samples.js';

const group = await serverGroup('Ed25519');
const { pieces, poll, key } = makeElection(group);
const verify = (bytes: Uint8Array) => verifyElection(bytes, { groupOf: serverGroup });

/** The names of the claims that do not hold, and of those that could not be checked. */
async function refused(bytes: Uint8Array) {
  const { checks, sound } = await verify(bytes);
  const named = (verdict: string) =>
    checks.filter((check) => check.verdict === verdict).map(({ name }) => name);
  expect(sound).toBe(checks.every(({ verdict }) => verdict === 'passed'));
  return { failed: named('failed'), unchecked: named('unchecked') };
}

describe('a sample election', () => {
  it.each(Object.entries(soundSamples))('%s is sound', async (_, path) => {
    const report = await verify(readFileSync(path));
    expect(report.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(report.sound).toBe(true);
    expect(path).toContain(report.uuid === 'bmwrT8uHomwjwS' ? 'clean' : report.uuid);
  });

  it.each<[keyof typeof tamperedSamples, CheckName[]]>([
    // its tally says five ballots and holds the four others
    ['bad-individual-proof', ['every-ballot-has-valid-proofs', 'encrypted-tally-is-the-sum-of-the-ballots']],
    ['bad-signature', ['every-ballot-is-signed']],
    [
      'late-ballot',
      [
        'events-follow-the-grammar',
        'encrypted-tally-counts-every-ballot',
        'encrypted-tally-is-the-sum-of-the-ballots',
      ],
    ],
  ])('%s is refused because of %j', async (name, failed) => {
    expect(await refused(readFileSync(tamperedSamples[name]))).toEqual({ failed, unchecked: [] });
  });
});

describe('an election of our own', () => {
  it('is sound, and says its result', async () => {
    const report = await verify(archiveOf(pieces));
    expect(report).toMatchObject({ sound: true, uuid: 'ABCDEFGHJKLMNP', ballots: 5, result: [[3, 1, 1]] });
    expect(report.weighted).toBe(false);
  });

  it('says when a ballot counts for several votes, which Belenios allows', async () => {
    expect(await verify(weightedArchive(group))).toMatchObject({
      ...{ sound: true, ballots: 5, weighted: true, result: [[6, 1, 1]] },
    });
  });

  it('is sound without ballots', async () => {
    const empty = { ...pieces, ballots: [], ...tallied(poll, key, [], [1, 4, 5]) };
    expect(await verify(archiveOf(empty))).toMatchObject({ sound: true, result: [[0, 0, 0]] });
  });

  const first = pieces.ballots[0] as string;
  const stranger = vote(poll, 99n, 0);
  const again = vote(poll, 11n, 1);
  const stolen = resigned(first, 12n);
  const retallied = (ballots: string[]): Partial<Pieces> => ({
    ballots,
    ...tallied(poll, key, ballots, [2, 3, 6]),
  });
  const tampered: [string, Partial<Pieces>, CheckName[]][] = [
    [
      'a ballot less, and nothing recomputed',
      { ballots: pieces.ballots.slice(1) },
      ['encrypted-tally-counts-every-ballot', 'encrypted-tally-is-the-sum-of-the-ballots'],
    ],
    ['the ballots in another order', { ballots: [...pieces.ballots].reverse() }, []],
    [
      'a credential that is not listed',
      retallied([...pieces.ballots, stranger]),
      ['every-ballot-has-a-listed-credential'],
    ],
    ['two ballots of one credential', retallied([...pieces.ballots, again]), ['one-ballot-per-credential']],
    ['a tally of another count', { count: 6 }, ['encrypted-tally-counts-every-ballot']],
    ['another result', { result: '{"result":[[4,0,1]]}' }, ['result-is-what-was-decrypted']],
    ['a result of another shape', { result: '{"result":[[3,1,1],[]]}' }, ['result-is-what-was-decrypted']],
    ['a result with a space', { result: '{"result": [[3,1,1]]}' }, ['result-is-what-was-decrypted']],
    [
      'no president nor secretary',
      tallied(poll, key, pieces.ballots, [3, 4, 5]),
      ['key-holders-reach-their-quorum'],
    ],
    ['one delegate', tallied(poll, key, pieces.ballots, [1, 2, 5]), ['key-holders-reach-their-quorum']],
    [
      'a credential twice',
      { credentials: [...pieces.credentials, pieces.credentials[0] as string] },
      ['credentials-are-well-formed-and-distinct'],
    ],
    [
      'credentials that weigh more',
      { credentials: pieces.credentials.map((credential) => `${credential},2`) },
      ['encrypted-tally-counts-every-ballot', 'encrypted-tally-is-the-sum-of-the-ballots'],
    ],
    [
      'a credential outside the group',
      { credentials: [...pieces.credentials, '0'.repeat(64)] },
      ['credentials-are-well-formed-and-distinct'],
    ],
    [
      'a decryption of another holder',
      { decryptions: pieces.decryptions.map((each, i) => (i === 0 ? { ...each, owner: 1 } : each)) },
      [],
    ],
    [
      'decryptions exchanged between delegates',
      { decryptions: pieces.decryptions.map((each, i) => ({ ...each, owner: [2, 6, 3][i] as number })) },
      ['partial-decryptions-are-proved', 'key-holders-reach-their-quorum'],
    ],
    [
      'another key',
      { trustees: makeElection(group).pieces.trustees },
      [
        'election-key-is-that-of-the-key-holders',
        'partial-decryptions-are-proved',
        'key-holders-reach-their-quorum',
      ],
    ],
    ['trustees that are not', { trustees: '[]' }, ['key-holders-prove-their-keys']],
    [
      'another election',
      { election: pieces.election.replace('CSA', 'CSE') },
      ['every-ballot-is-well-formed', 'partial-decryptions-are-proved', 'key-holders-reach-their-quorum'],
    ],
    ['no election', { election: '{}' }, ['election-is-well-formed']],
    [
      "another elector's vote, signed again",
      retallied([first, stolen, ...pieces.ballots.slice(2)]),
      ['no-ballot-is-replayed', 'every-ballot-has-valid-proofs'],
    ],
  ];

  it.each(tampered)('with %s is refused for that', async (_, change, failed) => {
    expect((await refused(archiveOf({ ...pieces, ...change }))).failed).toEqual(failed);
  });

  it.each<[string, typeof writeEvents, CheckName[]]>([
    [
      'a ballot after the end of voting',
      (all, chain) => {
        chain.setup(all.election, all.trustees, JSON.stringify(all.credentials));
        chain.endBallots();
        for (const ballot of all.ballots) chain.ballot(ballot);
        chain.encryptedTally(all.tally, all.count, BigInt(all.count));
        for (const { owner, text } of all.decryptions) chain.partialDecryption(owner, text);
        chain.result(all.result);
      },
      ['events-follow-the-grammar'],
    ],
    [
      'no result',
      (all, chain) => {
        chain.setup(all.election, all.trustees, JSON.stringify(all.credentials));
        for (const ballot of all.ballots) chain.ballot(ballot);
      },
      ['events-follow-the-grammar'],
    ],
    [
      'a replayed ballot',
      (all, chain) => {
        writeEvents({ ...all, ballots: [...all.ballots, all.ballots[0] as string] }, chain);
      },
      [
        'archive-holds-what-events-name',
        'one-ballot-per-credential',
        'no-ballot-is-replayed',
        'encrypted-tally-counts-every-ballot',
        'encrypted-tally-is-the-sum-of-the-ballots',
      ],
    ],
  ])('with %s is refused for that', async (_, write, failed) => {
    expect((await refused(archiveOf(pieces, write))).failed).toEqual(failed);
  });

  it.each<[string, (records: ArchiveRecord[]) => ArchiveRecord[], CheckName[]]>([
    [
      'something at the end',
      (all) => [...all, archiveRecord('data', new Uint8Array(3))],
      ['archive-holds-what-events-name'],
    ],
    [
      'something unreferenced',
      (all) => all.toSpliced(7, 0, archiveRecord('data', new Uint8Array(3))),
      ['archive-holds-what-events-name'],
    ],
    [
      'the order of Setup changed',
      ([a, b, ...all]) => [b, a, ...all] as ArchiveRecord[],
      ['archive-holds-what-events-name'],
    ],
    [
      'a ballot missing',
      (all) => all.toSpliced(5, 1),
      [
        'archive-holds-what-events-name',
        'encrypted-tally-counts-every-ballot',
        'encrypted-tally-is-the-sum-of-the-ballots',
      ],
    ],
    [
      'an event missing',
      (all) => all.toSpliced(6, 1),
      [
        'events-form-a-chain',
        'archive-holds-what-events-name',
        'encrypted-tally-counts-every-ballot',
        'encrypted-tally-is-the-sum-of-the-ballots',
      ],
    ],
    [
      'an event without its payload',
      (all) => payloadOf(all, 6, undefined),
      [
        'events-form-a-chain',
        'archive-holds-what-events-name',
        'encrypted-tally-counts-every-ballot',
        'encrypted-tally-is-the-sum-of-the-ballots',
      ],
    ],
    [
      'a payload at the end of voting',
      (all) => payloadOf(all, 15, all[0]?.hash),
      ['events-form-a-chain', 'archive-holds-what-events-name'],
    ],
    [
      'a content that is not its name',
      (all) => all.with(2, { ...(all[2] as ArchiveRecord), bytes: (all[0] as ArchiveRecord).bytes }),
      ['contents-match-their-names', 'credentials-are-well-formed-and-distinct'],
    ],
  ])('with %s is refused for that', async (_, change, failed) => {
    expect((await refused(archiveOf(pieces, writeEvents, change))).failed).toEqual(failed);
  });

  it('says what it could not check', async () => {
    const { unchecked } = await refused(archiveOf({ ...pieces, election: '{}' }));
    expect(unchecked).toContain('result-is-what-was-decrypted');
    expect(unchecked).toContain('every-ballot-is-signed');
  });

  it('says where', async () => {
    const forged = first.replace(
      /"overall_proof":\[\{"challenge":"\d+"/,
      '"overall_proof":[{"challenge":"1"',
    );
    const { checks } = await verify(archiveOf({ ...pieces, ballots: [first, forged] }));
    expect(checks.find(({ name }) => name === 'every-ballot-is-signed')?.findings).toEqual([
      { place: 'event[2].ballot.signature.hash', reason: 'not the hash of this ballot' },
    ]);
  });
});

/** The vote of a ballot as another elector would cast it: its proofs are bound to the credential that made them. */
function resigned(ballot: string, credential: bigint): string {
  const image = group.g.exp(credential);
  const unsigned = ballot
    .slice(0, ballot.lastIndexOf(',"signature":'))
    .replace(/"credential":"[^"]*"/, `"credential":"${group.print(image)}"`);
  const hash = base64(group.sha256(`${unsigned}}`));
  return printSigned(`${unsigned}}`, hash, proveKnowledge(group, signaturePrefix(hash), credential, random));
}

/** Rewrites one event with another payload; those after it then have another parent than the one before them. */
function payloadOf(records: ArchiveRecord[], at: number, payload: string | undefined): ArchiveRecord[] {
  const { parent, height, type } = parseEvent(new TextDecoder().decode(records[at]?.bytes), 'event');
  const before = parent === undefined ? {} : { parent };
  const text = printEvent({ ...before, height, type, ...(payload === undefined ? {} : { payload }) });
  return records.with(at, archiveRecord('event', new TextEncoder().encode(text)));
}
