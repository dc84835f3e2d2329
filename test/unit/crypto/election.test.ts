import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { belenios2048BigInt } from '../../../src/crypto/belenios-2048.js';
import { openPoll, parseElection, printElection } from '../../../src/crypto/election.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { spoiltStructure, spoiltText } from './mutations.js';
import { sampleArchive } from './sample-texts.js';

const group = await serverGroup('Ed25519');
const { election: raw, ballots } = sampleArchive('ed25519-basic');

/** The path that reading names, or nothing. */
function refusal(text: string): string | undefined {
  try {
    parseElection(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return error.path;
  }
}

describe('an election of belenios-tool', () => {
  it('reads, with the fingerprint that its ballots name, and prints back', () => {
    const election = parseElection(raw);
    const { election_hash } = JSON.parse(ballots[0] ?? '') as { election_hash: string };
    expect(election.fingerprint).toBe(election_hash);
    expect(election.questions).toHaveLength(1);
    expect(printElection(election)).toBe(raw.replace(/,"administrator".*\}$/, '}'));
  });

  it('may name its administrator and credential authority', () => {
    expect(refusal(raw.replace(/\}$/, ',"administrator":"A","credential_authority":"B"}'))).toBeUndefined();
    expect(refusal(raw.replace(/\}$/, ',"administrator":7}'))).toBe('$.administrator');
    expect(refusal(raw.replace(/\}$/, ',"credential_authority":7}'))).toBe('$.credential_authority');
  });
});

describe('reading an election', () => {
  const cases: [string, (text: string) => string, string][] = [
    ['a newline at the end', (text) => `${text}\n`, '$'],
    ['another version', (text) => text.replace('"version":1', '"version":2'), '$.version'],
    [
      'another order',
      (text) => text.replace('{"version":1,', '{').replace(/\}$/, ',"version":1}'),
      '$.version',
    ],
    ['another group', (text) => text.replace('"Ed25519"', '"Ed448"'), '$.group'],
    ['a uuid that is not base58', (text) => text.replace(/"uuid":"./, '"uuid":"0'), '$.uuid'],
    ['a short uuid', (text) => text.replace(/"uuid":"./, '"uuid":"'), '$.uuid'],
    [
      'no question',
      (text) => text.replace(/"questions":\[.*\],"uuid"/, '"questions":[],"uuid"'),
      '$.questions',
    ],
    ['no answer', (text) => text.replace(/"answers":\[[^\]]*\]/, '"answers":[]'), '$.questions[0].answers'],
    [
      'an answer that is a number',
      (text) => text.replace(/"answers":\[/, '"answers":[7,'),
      '$.questions[0].answers[0]',
    ],
    ['more than all answers', (text) => text.replace('"max":1', '"max":7'), '$.questions[0].max'],
    ['a minimum over the maximum', (text) => text.replace('"min":1', '"min":2'), '$.questions[0].min'],
    [
      'a blank that is not a boolean',
      (text) => text.replace('"blank":true', '"blank":1'),
      '$.questions[0].blank',
    ],
  ];
  it.each(cases)('refuses %s', (_name, change, path) => {
    expect(change(raw)).not.toBe(raw);
    expect(refusal(change(raw))).toBe(path);
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.oneof(spoiltText(raw), spoiltStructure(raw, ['Ed25519', 'BELENIOS-2048'])), (text) => {
        const path = refusal(text);
        return path === undefined || path.startsWith('$');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('opening a poll', () => {
  const key = /"public_key":"(\w+)"/.exec(raw)?.[1] ?? '';
  const withKey = (text: string) => parseElection(raw.replace(key, text));

  it('refuses a back-end of another group', () => {
    expect(() => openPoll(belenios2048BigInt, parseElection(raw))).toThrow(
      new Malformed('$.group', 'not BELENIOS-2048'),
    );
  });

  it.each([`${'0'.repeat(63)}1`, '0'.repeat(64), key.toUpperCase(), ''])('refuses the key %p', (text) => {
    expect(() => openPoll(group, withKey(text))).toThrow('$.public_key');
  });
});
