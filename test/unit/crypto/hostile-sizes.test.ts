/** Texts made to cost their reader more than their writer. */
import { describe, expect, it } from '@jest/globals';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { belenios2048OpenSsl } from '../../../src/crypto/belenios-2048-openssl.js';
import { parseDecryption } from '../../../src/crypto/decryption.js';
import { openPoll, parseElection } from '../../../src/crypto/election.js';
import type { Group } from '../../../src/crypto/group.js';
import { parseKeyHolders } from '../../../src/crypto/key-holders.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { parseTally } from '../../../src/crypto/tally.js';
import { sampleArchive } from './sample-texts.js';

/** A group that counts the elements that it is asked to read. */
function counting(group: Group): { counted: Group; reads: () => number } {
  let reads = 0;
  const parse: Group['parse'] = (text, path) => ((reads += 1), group.parse(text, path));
  return { counted: { ...group, parse, read: parse }, reads: () => reads };
}

const member = belenios2048OpenSsl.print(belenios2048OpenSsl.g.exp(7n));
const choice = `{"alpha":"${member}","beta":"${member}"}`;

describe('a list that is too long', () => {
  const { election, ballots } = sampleArchive('belenios2048-basic');

  it('of choices is refused before its elements are read', () => {
    const { counted, reads } = counting(belenios2048OpenSsl);
    const poll = openPoll(counted, parseElection(election));
    const opened = reads();
    const long = (ballots[0] ?? '').replace('"choices":[', `"choices":[${`${choice},`.repeat(500)}`);
    const unsigned = long.slice(0, long.lastIndexOf(',"signature":'));
    const hash = Buffer.from(counted.sha256(`${unsigned}}`))
      .toString('base64')
      .replace('=', '');
    const verdict = checkBallot(poll, long.replace(/"hash":"[^"]*"/, `"hash":"${hash}"`));
    expect(verdict).toMatchObject({ valid: false, path: '$.answers[0].choices' });
    expect(reads() - opened).toBeLessThanOrEqual(1); // the credential
  });

  it('of a tally, a decryption or coefficients is refused before its elements are read', () => {
    const { counted, reads } = counting(belenios2048OpenSsl);
    const many = Array.from({ length: 500 }, () => choice).join(',');
    expect(() => parseTally(counted, [3], `[[${many}]]`)).toThrow(Malformed);
    const factors = Array.from({ length: 500 }, () => `"${member}"`).join(',');
    const decryption = `{"decryption_factors":[[${factors}]],"decryption_proofs":[]}`;
    expect(() => parseDecryption(counted, [3], decryption)).toThrow(Malformed);
    const proof = '{"challenge":"0","response":"0"}';
    const message = JSON.stringify(`{"coefexps":[${factors}]}`);
    const coefexps = `[{"message":${message},"signature":${proof}}]`;
    const certs = `[${Array.from({ length: 500 }, () => '{}').join(',')}]`;
    const holders = (some: string) =>
      `[["Pedersen",{"threshold":1,"certs":${some},"coefexps":${coefexps},"signatures":[],"verification_keys":[]}]]`;
    expect(() => parseKeyHolders(counted, holders(certs))).toThrow(
      'trustees[0].certs: not as many as members',
    );
    expect(reads()).toBe(0);
  });

  it('of questions is refused, and not for want of a stack', () => {
    const question = '{"answers":["a"],"min":0,"max":0,"question":""}';
    const questions = Array.from({ length: 150_000 }, () => question).join(',');
    const long = election.replace(/"questions":\[.*\],"uuid"/, `"questions":[${questions}],"uuid"`);
    expect(() => openPoll(belenios2048OpenSsl, parseElection(long))).toThrow(Malformed);
  });
});

describe('a megabyte of nothing', () => {
  it.each([
    ['digits', `"${'9'.repeat(1_000_000)}"`],
    ['brackets', '['.repeat(1_000_000)],
    ['a number', '1'.repeat(1_000_000)],
    ['one name', `{"${'a'.repeat(1_000_000)}":0}`],
    ['names', `{${Array.from({ length: 40_000 }, (_, i) => `"n${i}":0`).join(',')}}`],
  ])('of %s is refused without work that grows faster than it', async (_, text) => {
    const group = await serverGroup('Ed25519');
    const poll = openPoll(group, parseElection(sampleArchive('ed25519-basic').election));
    const start = performance.now();
    const verdict = checkBallot(poll, text);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(JSON.stringify(verdict).length).toBeLessThan(200);
  });
});
