import { describe, expect, it } from '@jest/globals';
import { sha256Base64 } from '../../../src/crypto/digest.js';
import type { BoxEvent } from '../../../src/events/box.events.js';
import { Refusal } from '../../../src/ledger/refusal.js';
import { ballotBox, depositsOf, type Vote } from '../../../src/modules/vote/ballot-box.decider.js';
import { boxControl } from '../../../src/modules/vote/box-control.decider.js';
import { absentBox, evolveBox, type Box } from '../../../src/modules/vote/box-state.decider.js';
import {
  ExtendBox,
  ResumeBox,
  SuspendBox,
  type BoxCommand,
} from '../../../src/modules/vote/vote.commands.js';
import { cheapVote, NOW, opened, SCRUTIN } from './faulty-ground.js';

const REASON = 'cd'.repeat(32);
const TWO = ['6f1c2b34-8a5d-4e6f-9b0a-1c2d3e4f5a6b', '5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b'];
const at = NOW;
const suspended: BoxEvent = {
  type: 'BoxSuspended',
  data: { scrutinId: SCRUTIN, reason: REASON, staffIds: TWO, at },
};
const resumed: BoxEvent = { type: 'BoxResumed', data: { scrutinId: SCRUTIN, staffIds: TWO, at } };
const frozen = { type: 'BoxFrozen', data: {} } as unknown as BoxEvent; // whose fields do not matter here

function boxAfter(...events: BoxEvent[]): Box {
  return events.reduce<Box>((box, event) => evolveBox(box, event), absentBox);
}

const nothing = { signed: false, credentialUsed: false, alphaUsed: false };
function vote(elector: number, choice = 0, change: Partial<Vote> = {}): Vote {
  return { ...cheapVote(elector, elector, choice), before: nothing, ...change };
}

/** Codes of the refusals, words of the other outcomes. */
function outcomes(votes: readonly Vote[], box: Box): string[] {
  return ballotBox
    .decideBatch(votes, box, NOW)
    .outcomes.map((outcome) => (outcome instanceof Refusal ? outcome.code : outcome));
}

function castOf(votes: readonly Vote[], box: Box): BoxEvent[] {
  return ballotBox.decideBatch(votes, box, NOW).events.filter((event) => event.type === 'VotesCast');
}

describe('a batch of votes', () => {
  it('is one event, each side in its own order, dated to the minute', () => {
    const votes = [vote(9), vote(2), vote(5)];
    const [event, ...more] = castOf(votes, boxAfter(opened));
    expect(more).toEqual([]);
    const ballots = votes
      .map(({ ballot }) => ballot)
      .sort((a, b) => (sha256Base64(a) < sha256Base64(b) ? -1 : 1));
    expect(event).toStrictEqual({
      type: 'VotesCast',
      data: {
        scrutinId: SCRUTIN,
        batch: 1,
        signatures: votes.map(({ tag }) => tag).sort(),
        ballots,
        at: '2022-12-05T10:00:00.000Z',
      },
    });
  });

  it('is no event when nothing is accepted', () => {
    expect(castOf([vote(1)], boxAfter(opened, suspended))).toEqual([]);
    expect(castOf([], boxAfter(opened))).toEqual([]);
  });

  it('takes one of two ballots of an elector, and the same ballot once', () => {
    const box = boxAfter(opened);
    expect(outcomes([vote(1, 0), vote(1, 1)], box)).toEqual(['accepted', 'vote.already-voted']);
    expect(outcomes([vote(1, 0), vote(1, 0)], box)).toEqual(['accepted', 'already-done']);
  });

  it('takes one of two ballots of a credential', () => {
    const votes = [vote(1), { ...cheapVote(2, 1, 1), before: nothing }];
    expect(outcomes(votes, boxAfter(opened))).toEqual(['accepted', 'vote.credential-used']);
  });

  it('takes one of two ballots of the same randomness, whoever made them, in any α of them', () => {
    const same = [vote(1), { ...vote(2), alphas: ['another', ...vote(1).alphas] }];
    const refused = ['accepted', 'vote.repeated-randomness'];
    expect(outcomes(same, boxAfter(opened))).toEqual(refused);
    const box = boxAfter(opened, ...castOf([vote(1)], boxAfter(opened)));
    expect(outcomes(same.toReversed(), box)).toEqual(['vote.repeated-randomness', 'already-done']);
    const indexed = vote(3, 0, { before: { ...nothing, alphaUsed: true } });
    expect(outcomes([vote(1), indexed], boxAfter(opened))).toEqual(refused);
    expect(outcomes([indexed], boxAfter(opened, suspended))).toEqual(['vote.suspended']);
  });

  it('knows what the stream has, and where', () => {
    const first = [vote(1), vote(2)];
    const box = boxAfter(opened, ...castOf(first, boxAfter(opened)));
    const votes = [vote(1), vote(2, 1), { ...cheapVote(3, 1, 2), before: nothing }, vote(4)];
    expect(outcomes(votes, box)).toEqual([
      'already-done',
      'vote.already-voted',
      'vote.credential-used',
      'accepted',
    ]);
    const { events } = ballotBox.decideBatch(votes, box, NOW);
    const minute = '2022-12-05T10:00:00.000Z';
    const places = depositsOf(
      votes,
      box,
      events.filter((event) => event.type === 'VotesCast'),
    );
    expect(places).toEqual([{ batch: 1, at: minute }, undefined, undefined, { batch: 2, at: minute }]);
  });

  it('knows what the index has', () => {
    const deposit = { batch: 7, at: '2022-12-02T08:00:00.000Z' };
    const votes = [
      vote(1, 0, { before: { signed: true, credentialUsed: true, alphaUsed: false, deposit } }),
      vote(2, 0, { before: { signed: true, credentialUsed: false, alphaUsed: false } }),
      vote(3, 0, { before: { signed: false, credentialUsed: true, alphaUsed: false } }),
      vote(4, 0, { before: { signed: false, credentialUsed: true, alphaUsed: false, deposit } }),
    ];
    const box = boxAfter(opened);
    expect(outcomes(votes, box)).toEqual([
      'already-done',
      'vote.already-voted',
      'vote.credential-used',
      'vote.credential-used',
    ]);
    expect(depositsOf(votes, box, [])[0]).toEqual(deposit);
  });

  it.each<[string, Box]>([
    ['suspended', boxAfter(opened, suspended)],
    ['frozen', boxAfter(opened, frozen)],
  ])('answers who has voted also when the box is %s', (_, box) => {
    const known = vote(1, 0, {
      before: { signed: true, credentialUsed: true, alphaUsed: false, deposit: { batch: 1, at: NOW } },
    });
    expect(outcomes([known], box)).toEqual(['already-done']);
  });

  it.each<[string, string, Box, Partial<Vote>]>([
    ['vote.not-open', 'no box', absentBox, {}],
    ['vote.not-open', 'before the opening', boxAfter(opened), { receivedAt: '2022-12-01T06:59:59.999Z' }],
    ['accepted', 'at the opening', boxAfter(opened), { receivedAt: '2022-12-01T07:00:00.000Z' }],
    ['vote.suspended', 'suspended', boxAfter(opened, suspended), {}],
    ['accepted', 'resumed', boxAfter(opened, suspended, resumed), {}],
    ['vote.not-open', 'frozen', boxAfter(opened, frozen), {}],
    [
      'accepted',
      'in the grace period, signed in before the closing',
      boxAfter(opened),
      { receivedAt: '2022-12-08T16:19:59.999Z', signedInAt: '2022-12-08T15:59:00.000Z' },
    ],
    [
      'vote.not-open',
      'in the grace period, signed in at the closing',
      boxAfter(opened),
      { receivedAt: '2022-12-08T16:00:00.000Z', signedInAt: '2022-12-08T16:00:00.000Z' },
    ],
    [
      'vote.not-open',
      'after the grace period',
      boxAfter(opened),
      { receivedAt: '2022-12-08T16:20:00.000Z', signedInAt: '2022-12-08T15:59:00.000Z' },
    ],
  ])('%s: %s', (code, _, box, change) => {
    expect(outcomes([vote(1, 0, change)], box)).toEqual([code]);
  });

  it('stops at an event before the opening', () => {
    expect(() => boxAfter(suspended)).toThrow('before BoxOpened');
  });
});

describe('the control of a box', () => {
  const decide = (command: BoxCommand, box: Box, now = NOW) => boxControl.decide(command, box, now);
  const later = '2022-12-09T16:00:00.000Z';

  it('suspends, resumes and extends, each once', () => {
    const suspend = new SuspendBox(SCRUTIN, REASON, TWO, true);
    expect(decide(suspend, boxAfter(opened))).toEqual([suspended]);
    expect(decide(suspend, boxAfter(opened, suspended))).toEqual([]);
    const resume = new ResumeBox(SCRUTIN, TWO, true);
    expect(decide(resume, boxAfter(opened, suspended))).toEqual([resumed]);
    expect(decide(resume, boxAfter(opened))).toEqual([]);
    const extend = new ExtendBox(SCRUTIN, later, REASON, TWO, true);
    const [extended] = decide(extend, boxAfter(opened)) as BoxEvent[];
    expect(extended).toStrictEqual({
      type: 'BoxExtended',
      data: { scrutinId: SCRUTIN, closesAt: later, reason: REASON, staffIds: TWO, at },
    });
    const box = boxAfter(opened, extended as BoxEvent);
    expect(decide(extend, box)).toEqual([]);
    expect(outcomes([vote(1, 0, { receivedAt: '2022-12-09T15:00:00.000Z' })], box)).toEqual(['accepted']);
  });

  it.each<[string, BoxCommand, Box, string]>([
    ['box.two-staff', new SuspendBox(SCRUTIN, REASON, [TWO[0] as string], true), boxAfter(opened), NOW],
    [
      'box.two-staff',
      new ResumeBox(SCRUTIN, [TWO[0] as string, TWO[0] as string], true),
      boxAfter(opened),
      NOW,
    ],
    ['box.board-decides', new SuspendBox(SCRUTIN, REASON, TWO, false), boxAfter(opened), NOW],
    ['box.not-open', new SuspendBox(SCRUTIN, REASON, TWO, true), absentBox, NOW],
    ['box.frozen', new ResumeBox(SCRUTIN, TWO, true), boxAfter(opened, frozen), NOW],
    [
      'box.earlier-closing',
      new ExtendBox(SCRUTIN, '2022-12-07T16:00:00.000Z', REASON, TWO, true),
      boxAfter(opened),
      NOW,
    ],
    [
      'box.closed',
      new ExtendBox(SCRUTIN, later, REASON, TWO, true),
      boxAfter(opened),
      '2022-12-08T16:20:00.000Z',
    ],
  ])('%s', (code, command, box, now) => {
    expect(() => decide(command, box, now)).toThrow(expect.objectContaining({ code }));
  });
});
