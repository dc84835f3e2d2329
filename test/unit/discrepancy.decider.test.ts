import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { BoxEvent } from '../../src/events/box.events.js';
import {
  DestroyRegisterKey,
  StateDiscrepancy,
  type Member,
} from '../../src/modules/counting/counting.commands.js';
import { counting } from '../../src/modules/counting/counting.decider.js';
import { explain } from '../../src/modules/counting/discrepancy-wording.js';
import { agree, isSettled } from '../../src/modules/counting/discrepancy.decider.js';
import { specFor } from '../given.js';

const now = '2022-12-08T16:30:00.000Z';
const given = specFor(counting, now);
const [scrutinId, electionId, boardId] = [randomUUID(), randomUUID(), randomUUID()];
const member = (seat: number, office: Member['office'], staffId: string = randomUUID()): Member => ({
  ...{ staffId, seat, office },
});
const president = member(1, 'president');
const secretary = member(2, 'secretary');
const [delegate, other] = [member(3, 'delegate'), member(4, 'delegate')];
const sha = (digit: string) => digit.repeat(64);
const list = { root: sha('1'), count: 9 };

const opened: BoxEvent = {
  type: 'BoxOpened',
  data: {
    ...{ scrutinId, electionId, boardId, seal: sha('2'), electionFile: sha('3'), keyHolders: sha('4') },
    ...{ roll: list, rollFile: sha('5'), credentials: list, credentialsFile: sha('6'), graceMinutes: 20 },
    ...{ opensAt: '2022-12-01T07:00:00.000Z', closesAt: '2022-12-08T16:00:00.000Z' },
    at: '2022-12-01T07:00:00.000Z',
  },
};
/** One event with so many of each: the box writer makes them as many, who else writes to a ledger might not. */
const cast = (signatures: number, ballots: number): BoxEvent => ({
  type: 'VotesCast',
  data: {
    ...{ scrutinId, batch: 1, at: '2022-12-02T10:00:00.000Z' },
    signatures: Array.from({ length: signatures }, (_, i) => sha(String(i))),
    ballots: Array.from({ length: ballots }, (_, i) => `{"a":${i}}`),
  },
});
const frozen = (signatures: number, ballots: number): BoxEvent => ({
  type: 'BoxFrozen',
  data: {
    ...{
      scrutinId,
      ballots,
      signatures,
      batches: 1,
      thinBatches: 1,
      boxRoot: sha('7'),
      registerRoot: sha('8'),
    },
    ...{ register: sha('9'), credentials: list, credentialsFile: sha('6'), reassorts: 0, at: now },
  },
});
const past = (signatures: number, ballots = signatures) => [
  ...[opened, cast(signatures, ballots), frozen(signatures, ballots)],
];
const sound = { rootAgrees: true, keyAgrees: true };
const found = (names: number, matched: number, agrees = sound) => ({ names, matched, ...agrees });
const state = (
  names: number,
  matched: number,
  text = sha('a'),
  members: StateDiscrepancy['members'] = [president, delegate],
) => new StateDiscrepancy(scrutinId, found(names, matched), text, members);
const stated = (names: number, matched: number, signatures: number, ballots = signatures): BoxEvent => ({
  type: 'DiscrepancyStated',
  data: {
    ...{ scrutinId, names, matched, signatures, ballots, text: sha('a'), at: now },
    staffIds: [president.staffId, delegate.staffId],
  },
});
const destroy = (names: number, matched: number, agrees = sound) =>
  new DestroyRegisterKey(scrutinId, found(names, matched, agrees), [president.staffId]);
const destroyed: BoxEvent = {
  type: 'RegisterKeyDestroyed',
  data: { scrutinId, reconciledBy: [president.staffId], at: now },
};

/** Every way in which four small numbers can be; of names no more have signed than there are names, or signatures. */
const small = [0, 1, 2];
const ways = small.flatMap((names) =>
  small.flatMap((matched) =>
    small.flatMap((signatures) => small.map((ballots) => ({ names, matched, signatures, ballots }))),
  ),
);
const possible = ways.filter(({ names, matched, signatures }) => matched <= Math.min(names, signatures));

describe.each(possible)(
  '$names names, $matched matched, $signatures signatures, $ballots ballots',
  (figures) => {
    const { names, matched, signatures, ballots } = figures;
    const before = past(signatures, ballots);
    const fact = stated(names, matched, signatures, ballots);
    const one = new Set(Object.values(figures)).size === 1;

    it(one ? 'agree: there is nothing to state' : 'do not agree: the key dies once that is stated', () => {
      expect(agree(figures)).toBe(one);
      expect(explain({ ...figures, ...sound }).length > 0).toBe(!one);
      const stating = given(...before).when(state(names, matched));
      const destroying = given(...before).when(destroy(names, matched));
      if (one) {
        stating.thenRefuses('counting.no-discrepancy');
        destroying.then(destroyed);
        return;
      }
      destroying.thenRefuses('counting.not-reconciled');
      stating.then(fact);
      given(...before, fact)
        .when(destroy(names, matched))
        .then(destroyed);
    });

    it('and are not those that were stated, where something else is found', () => {
      given(...before, fact)
        .when(destroy(names + 3, matched))
        .thenRefuses('counting.not-reconciled');
      const again = given(...before, fact).when(state(names + 3, matched));
      again.then(stated(names + 3, matched, signatures, ballots));
    });

    it.each([
      ['the signatures are not those that were frozen', { rootAgrees: false }, 'counting.register-altered'],
      ['the key is not that of the vote', { keyAgrees: false }, 'counting.other-key'],
    ] as const)('and are waved through by nobody where %s', (_, wrong, code) => {
      const agrees = { ...sound, ...wrong };
      for (const known of [before, [...before, fact]]) {
        given(...known)
          .when(destroy(names, matched, agrees))
          .thenRefuses(code);
        given(...known)
          .when(
            new StateDiscrepancy(scrutinId, found(names, matched, agrees), sha('a'), [president, delegate]),
          )
          .thenRefuses(code);
      }
      expect(isSettled({ signatures, ballots, stated: [] }, found(names, matched, agrees))).toBe(false);
      expect(explain({ ...figures, ...agrees })[0]).toContain('Aucun constat ne peut passer outre');
    });
  },
);

describe('a discrepancy', () => {
  const [fact, before] = [stated(1, 1, 2), past(2)];

  it('is stated while the box is frozen, neither before nor once the key is gone', () => {
    given(opened, cast(2, 2)).when(state(1, 1)).thenRefuses('counting.not-frozen');
    given(...before, fact, destroyed)
      .when(state(1, 1))
      .thenRefuses('counting.key-destroyed');
    given(...before, fact, destroyed)
      .when(destroy(1, 1))
      .then();
  });

  it('is stated once, and approved twice at no harm', () => {
    given(...before, fact)
      .when(state(1, 1))
      .then();
    given(...before, fact)
      .when(state(1, 1, sha('b')))
      .thenRefuses('counting.discrepancy-stated');
  });

  it('that is found no more stops no count', () => {
    given(...before, fact)
      .when(destroy(2, 2))
      .then(destroyed);
    given(...before, fact)
      .when(state(2, 2))
      .thenRefuses('counting.no-discrepancy');
  });

  it('counts as it was stated last', () => {
    given(...before, fact, stated(2, 1, 2))
      .when(destroy(2, 1))
      .then(destroyed);
    given(...before, fact, stated(2, 1, 2))
      .when(destroy(1, 1))
      .thenRefuses('counting.not-reconciled');
  });

  it('takes two members, of two seats, one of whom presides', () => {
    const by = (one: Member, two: Member) => given(...before).when(state(1, 1, sha('a'), [one, two]));
    by(president, president).thenRefuses('counting.two-members');
    by(president, member(3, 'delegate', president.staffId)).thenRefuses('counting.two-members');
    by(president, member(1, 'president')).thenRefuses('counting.two-members');
    by(delegate, other).thenRefuses('counting.nobody-presides');
    for (const [one, two] of [
      [delegate, president],
      [secretary, delegate],
      [president, secretary],
    ] as const)
      by(one, two).then({
        ...fact,
        data: { ...fact.data, staffIds: [one.staffId, two.staffId] },
      } as BoxEvent);
  });
});
