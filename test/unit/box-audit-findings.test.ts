/** What « Vérifier l’urne » says of a finding: in French, with the number of the ballot; the rest as it is. */
import { describe, expect, it } from '@jest/globals';
import { inWords } from '../../src/browser/pages/box-audit/findings.js';
import { serverGroup } from '../../src/crypto/server-groups.js';
import { verifyElection } from '../../src/crypto/verify-election.js';
import { archiveOf, makeElection, vote, type Pieces } from './crypto/made-election.js';

const group = await serverGroup('Ed25519');
const { pieces, poll } = makeElection(group);

async function said(changed: Partial<Pieces>): Promise<string[]> {
  const options = { groupOf: () => Promise.resolve(group) };
  const { checks, ballots } = await verifyElection(archiveOf({ ...pieces, ...changed }), options);
  return checks.flatMap(({ findings }) => findings.map((finding) => inWords(finding, ballots)));
}

describe('what is wrong with a box', () => {
  it('is said of a ballot that is there twice', async () => {
    const [first = ''] = pieces.ballots;
    expect(await said({ ballots: [...pieces.ballots, first] })).toEqual(
      expect.arrayContaining([
        'le bulletin 6 du fichier (event[6]) : même droit de vote que le bulletin 1 du fichier (event[1])',
        'le bulletin 6 du fichier (event[6]) : il copie le bulletin 1 du fichier (event[1])',
        'event[8] : il n’annonce pas les 6 bulletins du fichier',
      ]),
    );
  });

  it('is said of a stranger’s ballot, and of one changed after its signature', async () => {
    const stranger = vote(poll, 99n, 0);
    expect(await said({ ballots: [...pieces.ballots.slice(0, 4), stranger] })).toContain(
      'le bulletin 5 du fichier (event[5]) : son droit de vote n’est pas sur la liste',
    );
    const changed = (pieces.ballots[2] ?? '').replace(/"response":"\d/, '"response":"');
    expect(await said({ ballots: pieces.ballots.map((text, i) => (i === 2 ? changed : text)) })).toContain(
      'le bulletin 3 du fichier (event[3].ballot.signature.hash) : il a été changé après sa signature',
    );
  });

  it('is said of key holders, by their number', async () => {
    const [, third, ...others] = pieces.decryptions;
    expect(await said({ decryptions: [third, ...others].flatMap((part) => part ?? []) })).toContain(
      'trustees[0] : 0 ont déchiffré, il en faut 1',
    );
    const wrong = { owner: 4, text: third?.text ?? '' }; // with the share of another
    expect((await said({ decryptions: [wrong, ...others] }))[0]).toMatch(
      /^le détenteur 4 \(key holder 4\) : /,
    );
  });

  it('stays as it is where only a cryptographer reads it', async () => {
    const found = await said({ election: '{"version":1}' });
    expect(found.some((sentence) => sentence.includes(' : détail technique, en anglais : '))).toBe(true);
  });
});
