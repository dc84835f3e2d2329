import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { signaturePrefix } from '../../src/crypto/ballot-contexts.js';
import { deriveCredential, publicCredential } from '../../src/crypto/credential.js';
import { makeBallot } from '../../src/crypto/ballot-maker.js';
import { sha256Base64 } from '../../src/crypto/digest.js';
import { modulo, randomScalar } from '../../src/crypto/group.js';
import { proofJson, proveKnowledge } from '../../src/crypto/proof-of-knowledge.js';
import { drawnAgain } from '../support/drawn-again.js';
import { openPortal, type Portal } from '../support/portal.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';
import { writesNothing } from '../support/standing.js';
import { passed, voterOf } from '../support/voters.js';
import type { Answer, BallotJson } from '../unit/crypto/forger.js';

const NOW = '2022-12-05T10:00:00.000Z';

let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
let victim: TestElector;
let thief: TestElector;
/** The victim's ballot, which is in the box: who reads the box wants the same vote, to see it in the result (DH-2). */
let cast: string;

beforeAll(async () => {
  portal = await openPortal({
    DEMONSTRATION: 'empty',
    ISOLOIR_CLOCK: NOW,
    BATCH_WAIT_MS: '20',
    THIN_BATCH_WAIT_MS: '20',
  });
  election = await sealElection(portal.foundation, { electors: 3, lists: 3, now: NOW });
  scrutin = election.scrutins[0] as TestScrutin;
  [victim, thief] = election.electors as [TestElector, TestElector];
  cast = election.ballotFor(victim, scrutin, 1).text;
  expect((await sent(victim, cast)).status).toBe(200);
});
afterAll(() => portal.close());

async function sent({ electorId }: TestElector, ballot: string) {
  const voter = await voterOf(portal, electorId, passed(election, electorId));
  return voter.vote(scrutin.scrutinId, ballot);
}

/** A ballot that is changed, and then signed with the thief's own credential, rightly: only its proofs can tell. */
function signedByThief(change: (answer: Answer, ballot: BallotJson) => void): string {
  const { group, election: of } = scrutin.poll;
  const ballot = JSON.parse(cast) as BallotJson;
  const secret = deriveCredential(group, of.uuid, thief.code);
  ballot.credential = publicCredential(group, secret);
  change(ballot.answers[0], ballot);
  const { election_uuid, election_hash, credential, answers } = ballot;
  const unsigned = { election_uuid, election_hash, credential, answers };
  const hash = sha256Base64(JSON.stringify(unsigned));
  const proof = proofJson(proveKnowledge(group, signaturePrefix(hash), secret, randomBytes));
  return JSON.stringify({ ...unsigned, signature: { hash, proof } });
}

/** Other ciphertexts of the same choices, with the responses of the proofs moved along (Cortier and Smyth). */
function rerandomise(answer: Answer): void {
  const { group, key } = scrutin.poll;
  const q = group.order;
  const shift = (proof: { challenge: string; response: string }, by: bigint) => {
    proof.response = modulo(BigInt(proof.response) - by * BigInt(proof.challenge), q).toString();
  };
  let total = 0n;
  for (const [k, choice] of answer.choices.entries()) {
    const by = randomScalar(group, randomBytes);
    total += by;
    choice.alpha = group.print(group.mul(group.parse(choice.alpha, ''), group.g.exp(by)));
    choice.beta = group.print(group.mul(group.parse(choice.beta, ''), key.exp(by)));
    for (const proof of answer.individual_proofs[k] ?? []) shift(proof, by);
  }
  for (const proof of answer.overall_proof) shift(proof, total);
}

describe('the ballot of somebody else, taken from the box', () => {
  const individual = 'ballot.answers[0].individual_proofs[0]';
  const forgeries: [string, () => string, [number, string, string?]][] = [
    ['sent as it is', () => cast, [409, 'vote.credential-used']],
    [
      'under one’s own credential',
      () => signedByThief(() => undefined),
      [400, 'request.invalid', individual],
    ],
    ['re-randomised', () => signedByThief(rerandomise), [400, 'request.invalid', individual]],
    [
      'with its choices in another order',
      () =>
        signedByThief(({ choices, individual_proofs }) => {
          choices.reverse();
          individual_proofs.reverse();
        }),
      [400, 'request.invalid', individual],
    ],
    [
      're-randomised and signed by nobody',
      () => {
        const ballot = JSON.parse(cast) as BallotJson;
        rerandomise(ballot.answers[0]);
        return JSON.stringify(ballot);
      },
      [409, 'vote.credential-used'],
    ],
  ];

  it.each(forgeries)('is refused %s, and nothing is written', async (_, forge, expected) => {
    const forgery = forge();
    const { status, body } = await writesNothing(portal, () => sent(thief, forgery));
    const said = [status, body.code, ...(body.fields?.map(({ field }) => field) ?? [])];
    expect(said).toEqual(expected);
  });

  it('is refused where it repeats randomness of itself or of the box, and nothing is written', async () => {
    const shared = randomBytes(48);
    const made = (elector: TestElector, times: number, bytes?: Uint8Array) => {
      const { poll } = scrutin;
      const credential = deriveCredential(poll.group, poll.election.uuid, elector.code);
      return makeBallot(poll, credential, [[1, 0, 0, 0]], drawnAgain(times, bytes)).text;
    };
    const within = await writesNothing(portal, () => sent(thief, made(thief, 2)));
    expect([within.status, within.body.fields?.map(({ field }) => field)]).toEqual([
      400,
      ['ballot.answers[0].choices[1].alpha'],
    ]);
    const friend = election.electors[2] as TestElector;
    expect((await sent(friend, made(friend, 1, shared))).status).toBe(200);
    const agreed = await writesNothing(portal, () => sent(thief, made(thief, 1, shared)));
    expect([agreed.status, agreed.body.code]).toEqual([409, 'vote.repeated-randomness']);
  });

  it('leaves the thief a vote of their own: what was refused above was the ballot', async () => {
    expect((await sent(thief, election.ballotFor(thief, scrutin, 0).text)).status).toBe(200);
  });
});
