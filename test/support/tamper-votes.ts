/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- fields are changed at will */
import { sha256Base64 } from '../../src/crypto/digest.js';
import { randomBytes } from 'node:crypto';
import { makeBallot } from '../../src/crypto/ballot-maker.js';
import { deriveCredential } from '../../src/crypto/credential.js';
import { forged } from '../unit/crypto/forger.js';
import type { Surgery, Tampering } from './bundle-surgery.js';
import type { Finished } from './finished-election.js';
import { drawnAgain } from './drawn-again.js';

/** What who holds the key of the log could try with votes and the register: every root is signed anew. */
export const tamperedVotes: readonly Tampering[] = [
  [
    'a vote is cast before the opening',
    'calendar-is-obeyed',
    (b) => b.change('VotesCast', (d) => (d.at = '2022-12-01T06:00:00.000Z')),
  ],
  [
    'a vote is cast after the grace',
    'calendar-is-obeyed',
    (b) => b.change('VotesCast', (d) => (d.at = '2022-12-02T09:00:00.000Z'), 1),
  ],
  [
    'the box opens with other hours',
    'calendar-is-obeyed',
    (b) => b.change('BoxOpened', (d) => (d.closesAt = '2022-12-03T08:00:00.000Z')),
  ],
  [
    'the freeze comes before the end',
    'calendar-is-obeyed',
    (b) => b.change('BoxFrozen', (d) => (d.at = '2022-12-02T07:00:00.000Z')),
  ],
  [
    'an extension closes earlier',
    'calendar-is-obeyed',
    (b) => b.change('BoxExtended', (d) => (d.closesAt = '2022-12-01T12:00:00.000Z')),
  ],
  [
    'a signature is added without a ballot',
    'as-many-ballots-as-signatures',
    (b) => b.change('VotesCast', (d) => d.signatures.push('f'.repeat(64))),
  ],
  [
    'a signature is exchanged for a stranger’s',
    'signatures-are-within-the-roll',
    (b) => b.change('VotesCast', (d) => (d.signatures[0] = '0'.repeat(64))),
  ],
  [
    'somebody signs twice',
    'nobody-signs-twice',
    (b) => {
      const [tag] = b.data(b.find('VotesCast', 0)).signatures;
      b.change('VotesCast', (d) => (d.signatures = [...d.signatures.slice(1), tag].sort()), 1);
    },
  ],
  [
    'a ballot is replaced by one of another scrutin',
    'every-ballot-is-well-formed',
    (b) => {
      const [stolen] = b.data(b.find('VotesCast', 2)).ballots;
      b.change('VotesCast', (d) => (d.ballots = sorted([stolen, ...d.ballots.slice(1)])));
    },
  ],
  [
    'a ballot is copied',
    'no-ballot-is-replayed',
    (b) => {
      b.change('VotesCast', (d) => (d.ballots = [d.ballots[0], ...d.ballots.slice(0, -1)]));
    },
  ],
  [
    'an elector uses the same randomness for two choices',
    'every-ballot-is-well-formed',
    (b, election) => {
      voteAnew(b, election, 1, drawnAgain(2));
    },
  ],
  [
    'two electors share the randomness of one choice',
    'no-ballot-is-replayed',
    (b, election) => {
      const shared = randomBytes(48);
      voteAnew(b, election, 1, drawnAgain(1, shared));
      voteAnew(b, election, 2, drawnAgain(1, shared));
    },
  ],
  [
    'a right to vote is used twice',
    'one-ballot-per-credential',
    (b) => {
      const [again] = b.data(b.find('VotesCast', 0)).ballots;
      b.change('VotesCast', (d) => (d.ballots = sorted([again, ...d.ballots.slice(1)])), 1);
    },
  ],
  [
    'a ballot has another signature',
    'every-ballot-is-signed',
    (b) => {
      b.change(
        'VotesCast',
        (d) =>
          (d.ballots[0] = d.ballots[0].replace(/"response":"\d\d\d\d(?=\d*"\}\}\}$)/, '"response":"1234')),
      );
    },
  ],
  [
    'a ballot has another proof',
    'every-ballot-is-signed',
    (b) => {
      b.change(
        'VotesCast',
        (d) => (d.ballots[0] = d.ballots[0].replace(/"challenge":"\d\d\d\d/, '"challenge":"1234')),
      );
    },
  ],
  [
    'somebody signs a ballot whose proof does not hold',
    'every-ballot-has-valid-proofs',
    (b, election) => {
      const [, elector] = election.electors;
      const [scrutin] = election.scrutins;
      if (!elector || !scrutin) throw new Error('no elector');
      const own = `"credential":"${election.credentialOf(elector, scrutin)}"`;
      const signer = deriveCredential(election.group, scrutin.poll.election.uuid, elector.code);
      b.change('VotesCast', (d) => {
        const at = d.ballots.findIndex((text: string) => text.includes(own));
        d.ballots[at] = forged(d.ballots[at], signer, (_, { individual_proofs: [first] }) => {
          const [proof] = first ?? [];
          if (proof) proof.response = proof.response.replace(/.$/, (digit) => (digit === '7' ? '8' : '7'));
        });
        d.ballots = sorted(d.ballots);
      });
    },
  ],
  [
    'a ballot is made by a stranger',
    'every-ballot-has-a-listed-credential',
    (b, election) => {
      const [elector] = election.electors;
      const [scrutin] = election.scrutins;
      if (!elector || !scrutin) throw new Error('no elector');
      const stranger = { ...elector, code: '00000-00000-00000-00000' as typeof elector.code };
      const ballot = election.ballotFor(stranger, scrutin, 0).text;
      b.change('VotesCast', (d) => (d.ballots = sorted([ballot, ...d.ballots.slice(1)])));
    },
  ],
  [
    'a ballot of which its elector has the proof is taken out',
    'ballots-asked-for-are-in-a-box',
    (b) => b.change('VotesCast', (d) => (d.ballots = d.ballots.slice(1))),
  ],
  ['a batch is dropped', 'streams-follow-the-grammar', (b) => b.drop('VotesCast')],
  ['the last batch is dropped', 'frozen-box-is-what-was-cast', (b) => b.drop('VotesCast', 1)],
  [
    'a batch is cast while suspended',
    'streams-follow-the-grammar',
    (b) => {
      const at = b.find('BoxResumed');
      const { stream, revision } = b.event(at);
      b.lines.splice(at, 1);
      for (const { event } of b.lines)
        if (event?.stream === stream && event.revision > revision) event.revision -= 1;
    },
  ],
  [
    'the freeze says fewer ballots',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.ballots -= 1)),
  ],
  [
    'the freeze says another root of the box',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.boxRoot = '0'.repeat(64))),
  ],
  [
    'the freeze says another register',
    'frozen-box-is-what-was-cast',
    (b) => b.change('BoxFrozen', (d) => (d.registerRoot = '0'.repeat(64))),
  ],
  [
    'the freeze says no re-issue',
    'reassorts-are-reconciled',
    (b) => b.change('BoxFrozen', (d) => (d.reassorts = 0)),
  ],
  [
    'the freeze says more re-issues',
    'reassorts-are-reconciled',
    (b) => b.change('BoxFrozen', (d) => (d.reassorts = 5)),
  ],
  [
    'a code is re-issued that nobody asked for',
    'streams-follow-the-grammar',
    (b) => b.drop('CodeReassortRequested'),
  ],
  [
    'a code is re-issued before the vote',
    'calendar-is-obeyed',
    (b) => b.change('VotingCodeReassorted', (d) => (d.at = '2022-11-30T08:00:00.000Z')),
  ],
];

/** Puts a valid ballot of other randomness in the place of that of an elector of the first batch. */
function voteAnew(
  b: Surgery,
  election: Finished,
  number: number,
  random: (length: number) => Uint8Array,
): void {
  const elector = election.electors[number];
  const [scrutin] = election.scrutins;
  if (!elector || !scrutin) throw new Error('no elector');
  const { poll } = scrutin;
  const own = `"credential":"${election.credentialOf(elector, scrutin)}"`;
  const credential = deriveCredential(election.group, poll.election.uuid, elector.code);
  const { text } = makeBallot(poll, credential, [[1, 0, 0]], random);
  b.change('VotesCast', (d) => {
    d.ballots = sorted(d.ballots.map((ballot: string) => (ballot.includes(own) ? text : ballot)));
  });
}

function sorted(ballots: string[]): string[] {
  return ballots.sort((a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1));
}
