import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAcknowledgement } from '../../src/crypto/acknowledgement.js';
import type { BoxEvent } from '../../src/events/box.events.js';
import { decode } from '../../src/events/codec.js';
import type { MovedClock } from '../../src/ledger/clock.js';
import { findBox } from '../../src/projections/boxes.projection.js';
import { turnoutOf } from '../../src/projections/turnout.projection.js';
import { openPortal, type Portal } from '../support/portal.js';
import {
  sealElection,
  type SealedElection,
  type TestElector,
  type TestScrutin,
} from '../support/sealed-election.js';
import { writesNothing } from '../support/standing.js';
import { passed, voterOf, type VoterOptions } from '../support/voters.js';

const NOW = '2022-12-05T10:00:00.000Z';
const CLOSES = '2022-12-08T16:00:00.000Z';

let portal: Portal;
let election: SealedElection;
let scrutin: TestScrutin;
let other: TestScrutin;
let next = 0;

beforeAll(async () => {
  portal = await openPortal({
    DEMONSTRATION: 'empty',
    ISOLOIR_CLOCK: NOW,
    BATCH_WAIT_MS: '20',
    THIN_BATCH_WAIT_MS: '40',
  });
  election = await sealElection(portal.foundation, {
    ...{ scrutins: 3, electors: 40, now: NOW, closesAt: CLOSES },
    onRoll: (elector, index) => elector !== 39 || index === 0,
  });
  [scrutin, other] = election.scrutins as [TestScrutin, TestScrutin];
});
afterAll(() => portal.close());

/** An elector who has not voted in a test before. */
function someElector(): TestElector {
  return election.electors[next++] as TestElector;
}

function voter(elector: TestElector, options: VoterOptions = {}) {
  return voterOf(portal, elector.electorId, { ...passed(election, elector.electorId), ...options });
}

async function boxOf({ scrutinId }: TestScrutin): Promise<BoxEvent[]> {
  const events: BoxEvent[] = [];
  for await (const { type, data } of portal.foundation.store.readStream(`box-${scrutinId}`))
    events.push(decode(type, data) as BoxEvent);
  return events;
}

async function castIn(scrutin: TestScrutin): Promise<{ signatures: string[]; ballots: string[] }> {
  const casts = (await boxOf(scrutin)).filter((event) => event.type === 'VotesCast');
  return {
    signatures: casts.flatMap(({ data }) => data.signatures),
    ballots: casts.flatMap(({ data }) => data.ballots),
  };
}

describe('a vote', () => {
  it('is in the box and in the register, and is acknowledged', async () => {
    const elector = someElector();
    const { text, reference } = election.ballotFor(elector, scrutin, 0);
    const { status, body } = await (await voter(elector)).vote(scrutin.scrutinId, text);
    expect(status).toBe(200);
    expect(body).toEqual({
      reference,
      batch: expect.any(Number),
      at: expect.stringMatching(/^2022-12-05T10:0\d:00.000Z$/),
      acknowledgement: expect.stringMatching(/^[0-9a-f]{128}$/),
    });
    const { electionId, acknowledgementKey } = election;
    const said = { electionId, scrutinId: scrutin.scrutinId, reference, batch: body.batch as number };
    expect(verifyAcknowledgement(acknowledgementKey, said, body.acknowledgement as string)).toBe(true);
    const { signatures, ballots } = await castIn(scrutin);
    expect(ballots).toContain(text);
    expect(signatures).toHaveLength(ballots.length);
  });

  it('is answered alike when it is sent again, and counted once', async () => {
    const elector = someElector();
    const { text } = election.ballotFor(elector, scrutin, 1);
    const { vote } = await voter(elector);
    const first = await vote(scrutin.scrutinId, text);
    const again = await Promise.all([vote(scrutin.scrutinId, text), vote(scrutin.scrutinId, text)]);
    expect(again.map(({ body }) => body)).toEqual([first.body, first.body]);
    expect((await castIn(scrutin)).ballots.filter((ballot) => ballot === text)).toHaveLength(1);
  });

  it('sent twice at once is counted once', async () => {
    const elector = someElector();
    const { text } = election.ballotFor(elector, scrutin, 'blank');
    const { vote } = await voter(elector);
    const answers = await Promise.all([vote(scrutin.scrutinId, text), vote(scrutin.scrutinId, text)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[1].body).toEqual(answers[0].body);
    expect((await castIn(scrutin)).ballots.filter((ballot) => ballot === text)).toHaveLength(1);
  });

  it('is final: another ballot of the same elector is refused', async () => {
    const elector = someElector();
    const { vote } = await voter(elector);
    const first = election.ballotFor(elector, scrutin, 0).text;
    expect((await vote(scrutin.scrutinId, first)).status).toBe(200);
    const second = election.ballotFor(elector, scrutin, 1).text;
    const { status, body } = await writesNothing(portal, () => vote(scrutin.scrutinId, second));
    expect([status, body.code]).toEqual([409, 'vote.already-voted']);
  });

  it('of two ballots at once counts one', async () => {
    const elector = someElector();
    const { vote } = await voter(elector);
    const ballots = [0, 1].map((choice) => election.ballotFor(elector, scrutin, choice).text);
    const answers = await Promise.all(ballots.map((ballot) => vote(scrutin.scrutinId, ballot)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const inBox = (await castIn(scrutin)).ballots.filter((ballot) => ballots.includes(ballot));
    expect(inBox).toEqual([ballots[answers.findIndex(({ status }) => status === 200)]]);
  });

  it('in one scrutin leaves the others open', async () => {
    const elector = someElector();
    const { vote } = await voter(elector);
    for (const one of election.scrutins) {
      const { text } = election.ballotFor(elector, one, 'blank');
      expect((await vote(one.scrutinId, text)).status).toBe(200);
    }
  });

  it('shows in register, turnout and box', async () => {
    const elector = someElector();
    const quiet = election.scrutins[2] as TestScrutin;
    const { text } = election.ballotFor(elector, quiet, 0);
    expect((await (await voter(elector)).vote(quiet.scrutinId, text)).status).toBe(200);
    const { foundation } = portal;
    const head = await foundation.store.head();
    for (const name of ['register', 'turnout', 'boxes', 'box_index'])
      expect(await foundation.projections.waitFor(name, head, 10_000)).toBe(true);
    const register = foundation.database.pool('register');
    const votes = (await castIn(quiet)).ballots.length;
    expect(await findBox(register, quiet.scrutinId)).toMatchObject({ phase: 'open', electors: 39, votes });
    const rows = await turnoutOf(register, [quiet.scrutinId]);
    expect(rows.reduce((sum, row) => sum + row.votes, 0)).toBe(votes);
  });
});

describe('what is refused, with nothing written', () => {
  const refused = async (
    elector: TestElector,
    ballot: unknown,
    { scrutinId = scrutin.scrutinId, ...options }: VoterOptions & { scrutinId?: string } = {},
  ) => {
    const { vote } = await voter(elector, options);
    const { status, body } = await writesNothing(portal, () => vote(scrutinId, ballot));
    return [status, body.code, body.fields?.map(({ field }) => field).join()];
  };

  it('who did not pass the gate', async () => {
    const elector = someElector();
    const { text } = election.ballotFor(elector, scrutin, 0);
    const answer = await refused(elector, text, { gate: undefined });
    expect(answer).toEqual([403, 'vote.gate-closed', undefined]);
    const key = elector.gateKey.publicKey;
    const elsewhere = await refused(elector, text, { gate: { electionId: scrutin.scrutinId, key } });
    expect(elsewhere).toEqual([403, 'vote.gate-closed', undefined]);
  });

  it('who is not on the roll', async () => {
    const elector = election.electors[39] as TestElector;
    const { text } = election.ballotFor(elector, other, 0);
    expect(await refused(elector, text, { scrutinId: other.scrutinId })).toEqual([
      403,
      'vote.not-on-roll',
      undefined,
    ]);
  });

  it('a scrutin that nobody opened', async () => {
    const elector = someElector();
    const { text } = election.ballotFor(elector, scrutin, 0);
    const scrutinId = election.electionId;
    expect(await refused(elector, text, { scrutinId })).toEqual([409, 'vote.not-open', undefined]);
  });

  it('a body without a ballot, with one of another kind, or too long a one', async () => {
    const elector = someElector();
    for (const ballot of [undefined, 3, '', {}, 'x'.repeat(200_001)])
      expect(await refused(elector, ballot)).toEqual([
        400,
        'request.invalid',
        expect.stringMatching(/^ballot(,ballot)?$/),
      ]);
  });

  it('a text that is no ballot', async () => {
    const elector = someElector();
    expect(await refused(elector, 'x')).toEqual([400, 'request.invalid', 'ballot']);
    expect(await refused(elector, '{"credential":3}')).toEqual([400, 'request.invalid', 'ballot.credential']);
  });

  it('a ballot moved to another scrutin (DH-2)', async () => {
    const elector = someElector();
    const { text } = election.ballotFor(elector, scrutin, 0);
    expect(await refused(elector, text, { scrutinId: other.scrutinId })).toEqual([
      403,
      'vote.credential-unknown',
      undefined,
    ]);
    // Also one that claims this scrutin's credential: proofs and signature are of the other.
    const credential = election.credentialOf(elector, other);
    const moved = text.replace(/"credential":"[0-9a-f]+"/, `"credential":"${credential}"`);
    expect(await refused(elector, moved, { scrutinId: other.scrutinId })).toEqual([
      400,
      'request.invalid',
      'ballot.election_uuid',
    ]);
  });

  it('a ballot with another elector’s credential', async () => {
    const [elector, victim] = [someElector(), someElector()];
    const { text } = election.ballotFor(elector, scrutin, 0);
    const credential = election.credentialOf(victim, scrutin);
    const stolen = text.replace(/"credential":"[0-9a-f]+"/, `"credential":"${credential}"`);
    expect(await refused(elector, stolen)).toEqual([400, 'request.invalid', 'ballot.signature.hash']);
  });

  it('a copy of a ballot of the box by somebody else', async () => {
    const [elector, thief] = [someElector(), someElector()];
    const { text } = election.ballotFor(elector, scrutin, 0);
    await (await voter(elector)).vote(scrutin.scrutinId, text);
    expect(await refused(thief, text)).toEqual([409, 'vote.credential-used', undefined]);
  });

  it('another ballot under a credential that was used', async () => {
    const [elector, thief] = [someElector(), someElector()];
    await (await voter(elector)).vote(scrutin.scrutinId, election.ballotFor(elector, scrutin, 0).text);
    const second = election.ballotFor(elector, scrutin, 1).text;
    expect(await refused(thief, second)).toEqual([409, 'vote.credential-used', undefined]);
  });

  it('a ballot with a proof, a point or an order that is wrong, naming the field', async () => {
    const elector = someElector();
    const ballot = election.ballotFor(elector, scrutin, 0).text;
    const point = /"alpha":"([0-9a-f]{64})"/.exec(ballot)?.[1] as string;
    const answers = [];
    for (const changed of [
      ballot.replace(point, '0'.repeat(64)),
      ballot.replace(/"challenge":"\d/, '"challenge":"'),
      ballot.replace('{"election_uuid"', '{ "election_uuid"'),
    ])
      answers.push(await refused(elector, changed));
    for (const answer of answers) {
      expect(answer.slice(0, 2)).toEqual([400, 'request.invalid']);
      expect(answer[2]).toMatch(/^ballot/);
    }
  });
});

describe('the end of voting', () => {
  it('leaves a session from before it until the end of the grace period, and no other', async () => {
    const [early, late] = [someElector(), someElector()];
    const clock = portal.foundation.clock as MovedClock;
    const ballots = [early, late].map((elector) => election.ballotFor(elector, other, 0).text);
    const voted = someElector();
    const receipt = await (
      await voter(voted)
    ).vote(other.scrutinId, election.ballotFor(voted, other, 0).text);
    expect(receipt.status).toBe(200);
    clock.moveTo('2022-12-08T16:05:00.000Z');
    const before = { signedInAt: '2022-12-08T15:59:00.000Z' };
    const after = { signedInAt: '2022-12-08T16:00:00.000Z' };
    const tooLate = await (await voter(late, after)).vote(other.scrutinId, ballots[1]);
    expect([tooLate.status, tooLate.body.code]).toEqual([409, 'vote.not-open']);
    expect((await (await voter(early, before)).vote(other.scrutinId, ballots[0])).status).toBe(200);
    clock.moveTo('2022-12-08T16:20:00.000Z');
    const over = await (await voter(late, before)).vote(other.scrutinId, ballots[1]);
    expect([over.status, over.body.code]).toEqual([409, 'vote.not-open']);
    // Who lost the answer still gets it.
    const ballot = (await castIn(other)).ballots.find((text) =>
      text.includes(election.credentialOf(voted, other)),
    );
    expect((await (await voter(voted, before)).vote(other.scrutinId, ballot)).body).toEqual(receipt.body);
    clock.moveTo(NOW);
  });
});
