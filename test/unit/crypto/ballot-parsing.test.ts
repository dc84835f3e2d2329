import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBallot } from '../../../src/crypto/ballot.js';
import { checkBallot } from '../../../src/crypto/ballot-checks.js';
import { BELENIOS_2048 } from '../../../src/crypto/belenios-2048.js';
import { base64, sha256Base64 } from '../../../src/crypto/digest.js';
import { openPoll, parseElection, type Poll } from '../../../src/crypto/election.js';
import { Malformed } from '../../../src/crypto/malformed.js';
import { serverGroup } from '../../../src/crypto/server-groups.js';
import { spoiltStructure, spoiltText } from './mutations.js';
import { sampleArchive } from './sample-texts.js';

async function opened(name: 'ed25519-basic' | 'belenios2048-basic'): Promise<{ poll: Poll; ballot: string }> {
  const { election, ballots } = sampleArchive(name);
  const parsed = parseElection(election);
  return { poll: openPoll(await serverGroup(parsed.group), parsed), ballot: ballots[0] ?? '' };
}

/** The path of the field that parsing names, or the text of the ballot. */
function judged(poll: Poll, text: string): string {
  try {
    const ballot = parseBallot(poll, text);
    return ballot.text;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return error.path;
  }
}

/** The ballot with something changed and its hash made right again, so that only the change can be what is wrong. */
function changed(ballot: string, change: (text: string) => string): string {
  const [unsigned = '', signature = ''] = ballot.split(',"signature":');
  const text = `${change(`${unsigned}}`).slice(0, -1)},"signature":${signature}`;
  const hash = sha256Base64(`${text.slice(0, text.lastIndexOf(',"signature":'))}}`);
  return text.replace(/"hash":"[^"]*"/, `"hash":"${hash}"`);
}

const ed25519 = await opened('ed25519-basic');
const belenios = await opened('belenios2048-basic');

describe('parsing a ballot', () => {
  const { poll, ballot } = ed25519;
  const { alpha, beta } = (
    JSON.parse(ballot) as { answers: [{ choices: [{ alpha: string; beta: string }] }] }
  ).answers[0].choices[0];
  const scalar = /"individual_proofs":\[\[\{"challenge":"([0-9]+)"/.exec(ballot)?.[1] ?? '';
  const q = poll.group.order;
  const at = '$.answers[0].choices[0].alpha';
  const challenge = '$.answers[0].individual_proofs[0][0].challenge';

  it('gives back the text of a canonical one', () => {
    expect(judged(poll, ballot)).toBe(ballot);
    expect(
      judged(
        poll,
        changed(ballot, (text) => text),
      ),
    ).toBe(ballot);
  });

  const cases: [string, (text: string) => string, string][] = [
    ['a space', (text) => text.replace(':', ': '), '$'],
    ['a newline at the end', (text) => `${text}\n`, '$'],
    ['an escape', (text) => text.replace('"alpha"', '"\\u0061lpha"'), '$'],
    ['a duplicate key', (text) => text.replace('"alpha"', `"alpha":"${alpha}","alpha"`), '$'],
    ['another order', (text) => text.replace(/("alpha":"\w+"),("beta":"\w+")/, '$2,$1'), at],
    ['a missing field', (text) => text.replace(/,"beta":"\w+"/, ''), '$.answers[0].choices[0].beta'],
    [
      'an extra field',
      (text) => text.replace(/("beta":"\w+")/, '$1,"gamma":"1"'),
      '$.answers[0].choices[0].gamma',
    ],
    ['an extra answer', (text) => text.replace('"answers":[', '"answers":[{},'), '$.answers'],
    ['a choice less', (text) => text.replace(/\{"alpha":"\w+","beta":"\w+"\},/, ''), '$.answers[0].choices'],
    [
      'a proof less',
      (text) => text.replace(/"overall_proof":\[\{[^}]*\},/, '"overall_proof":['),
      '$.answers[0].overall_proof',
    ],
    ['no blank proof', (text) => text.replace(/,"blank_proof":\[[^\]]*\]/, ''), '$.answers[0].blank_proof'],
    ['another uuid', (text) => text.replace(poll.election.uuid, 'bmwrT8uHomwjwS'), '$.election_uuid'],
    ['another hash', (text) => text.replace(/"election_hash":"./, '"election_hash":"_'), '$.election_hash'],
    ['upper case', (text) => text.replace(alpha, alpha.toUpperCase()), at],
    ['a short element', (text) => text.replace(alpha, alpha.slice(1)), at],
    ['an element that is a number', (text) => text.replace(`"${alpha}"`, '7'), at],
    ['the identity', (text) => text.replace(alpha, `${'0'.repeat(63)}1`), at],
    ['a point of small order', (text) => text.replace(alpha, '0'.repeat(64)), at],
    [
      'a point off the curve',
      (text) => text.replace(beta, `${'0'.repeat(63)}2`),
      '$.answers[0].choices[0].beta',
    ],
    ['y over the field', (text) => text.replace(alpha, `7${'f'.repeat(61)}ee`), at],
    [
      'an identity credential',
      (text) => text.replace(/"credential":"\w+"/, `"credential":"${'0'.repeat(63)}1"`),
      '$.credential',
    ],
    ['a leading zero', (text) => text.replace(scalar, `0${scalar}`), challenge],
    ['a sign', (text) => text.replace(scalar, `-${scalar}`), challenge],
    ['a scalar plus q', (text) => text.replace(scalar, (BigInt(scalar) + q).toString()), challenge],
    ['q', (text) => text.replace(scalar, q.toString()), challenge],
    ['a scalar that is a number', (text) => text.replace(`"${scalar}"`, '7'), challenge],
    [
      'a half that occurs twice',
      (text) => text.replace(/("alpha":"\w+")(.*?)"alpha":"\w+"/, '$1$2$1'),
      '$.answers[0].choices[1].alpha',
    ],
  ];
  it.each(cases)('refuses %s and names the field', (_name, change, path) => {
    const text = changed(ballot, change);
    expect(text).not.toBe(ballot);
    expect(judged(poll, text)).toBe(path);
    expect(checkBallot(poll, text)).toMatchObject({ valid: false, path });
  });

  it('refuses a hash that is not of the ballot, or padded', () => {
    const hash = /"hash":"([^"]*)"/.exec(ballot)?.[1] ?? '';
    expect(judged(poll, ballot.replace(hash, base64(new Uint8Array(32))))).toBe('$.signature.hash');
    expect(judged(poll, ballot.replace(hash, `${hash}=`))).toBe('$.signature.hash');
  });

  it.each(['', '{', 'null', '[]', '"', '0', '{}', '[{}]', '{"__proto__":{}}', '['.repeat(100_000), '\ud800'])(
    'refuses %# without any other error',
    (text) => {
      expect(judged(poll, text)).toMatch(/^\$/);
    },
  );
});

describe('mutated ballots', () => {
  const oddElements = ['0'.repeat(64), `${'0'.repeat(63)}1`, 'f'.repeat(64), BELENIOS_2048.p.toString(), '2'];

  function fuzz({ poll, ballot }: { poll: Poll; ballot: string }, numRuns: number) {
    const mutated = fc.oneof(
      spoiltText(ballot),
      spoiltStructure(ballot, oddElements),
      spoiltStructure(ballot, oddElements).map((text) => rehashed(text)),
    );
    fc.assert(
      fc.property(mutated, (text) => {
        const verdict = judged(poll, text);
        if (verdict === text) return checkBallot(poll, text).valid === (text === ballot);
        return verdict.startsWith('$');
      }),
      { numRuns },
    );
  }

  /** Makes the hash right for whatever the ballot now is, so that the mutation is judged and not the hash. */
  function rehashed(text: string): string {
    const end = text.lastIndexOf(',"signature":');
    if (end < 0) return text;
    return (
      text.slice(0, end) +
      text.slice(end).replace(/"hash":"[^"]*"/, `"hash":"${sha256Base64(`${text.slice(0, end)}}`)}"`)
    );
  }

  it('are refused or equal to the original: 10,000 on Ed25519', () => {
    fuzz(ed25519, 10_000);
  });

  it('are refused or equal to the original: 500 on BELENIOS-2048', () => {
    fuzz(belenios, 500);
  });
});
