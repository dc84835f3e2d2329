import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  notAudited,
  parseAuditedTallies,
  printAuditedTallies,
  tallyHash,
  type AuditedTally,
} from '../../../src/crypto/audited-tallies.js';
import { Malformed } from '../../../src/crypto/malformed.js';

const TALLY = '[[{"alpha":"é","beta":"b"}]]';
const one: AuditedTally = {
  ...{ scrutinId: 'a', title: 'CSA « ministériel »', election: 'φ', ballots: 3, tally: tallyHash(TALLY) },
};
const other = { ...one, scrutinId: 'b', ballots: 0 };
const text = printAuditedTallies('vote.example/transparence', [one, other]);

describe('the file of audited tallies', () => {
  it('is read as it was written', () => {
    expect(parseAuditedTallies(text)).toStrictEqual([one, other]);
    expect(parseAuditedTallies(printAuditedTallies('log', []))).toStrictEqual([]);
    expect(tallyHash(TALLY)).toBe(createHash('sha256').update(TALLY).digest('hex'));
  });

  it.each([
    ['no JSON', text.slice(1)],
    ['another file of ours', JSON.stringify({ share: '12345' })],
    ['another version', text.replace('/v1', '/v2')],
    ['a scrutin twice', printAuditedTallies('log', [one, one])],
    ['no hash', text.replace(one.tally, 'ABC')],
    ['no count', text.replace('"ballots": 3', '"ballots": "3"')],
    ['one field more', text.replace('"title"', '"a": 1, "title"')],
  ])('is refused with %s', (_, bad) => {
    expect(() => parseAuditedTallies(bad)).toThrow(Malformed);
  });

  it('lets that tally of that box of that election be decrypted, and no other', () => {
    const fingerprint = 'φ';
    const asked = { scrutinId: 'a', ballots: 3, tally: TALLY };
    expect(notAudited([other, one], { fingerprint }, asked)).toBeUndefined();
    expect(notAudited([other], { fingerprint }, asked)).toBe('not-in-file');
    expect(notAudited([one], { fingerprint: 'ψ' }, asked)).toBe('other-election');
    expect(notAudited([one], { fingerprint }, { ...asked, ballots: 2 })).toBe('other-count');
    expect(notAudited([one], { fingerprint }, { ...asked, tally: `${TALLY} ` })).toBe('other-tally');
  });
});
