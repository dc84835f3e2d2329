import { describe, it } from '@jest/globals';
import { ceremonyRounds, type BoardEvent } from '../../../src/events/board.events.js';
import {
  AbortCeremony,
  ComplainOfShare,
  ConcludeRehearsal,
  ConcludeRound,
  DecryptRehearsal,
  SpeakInCeremony,
  StartCeremony,
  StartRehearsal,
  type CeremonyRound,
} from '../../../src/modules/board/board.commands.js';
import { board } from '../../../src/modules/board/board.decider.js';
import { specFor } from '../../given.js';
import {
  aborted,
  appointed,
  at,
  boardId,
  ceremonyId,
  electionId,
  given,
  key,
  keyed,
  otherId,
  person,
  published,
  replaced,
  roster,
  said,
  seats,
  sha,
  started,
  whole,
} from './past.js';

const begun = [...roster, started()];
const speaks = (
  round: CeremonyRound,
  seat: number,
  faulty: number[] = [],
  message = `{"${round}":${seat}}`,
) => new SpeakInCeremony(boardId, ceremonyId, person(seat), seat, round, message, faulty);
const before = (round: CeremonyRound) => ceremonyRounds.slice(0, ceremonyRounds.indexOf(round));

describe('a round', () => {
  it.each(ceremonyRounds)('%s hears each seat, in any order', (round) => {
    const past = [...begun, ...whole(...before(round))];
    given(...past)
      .when(speaks(round, 5))
      .then(said(round, 5));
    given(...past, said(round, 5))
      .when(speaks(round, 1))
      .then(said(round, 1));
  });
  it.each(ceremonyRounds.slice(1))('%s begins when every seat has spoken in the one before', (round) => {
    const past = [...begun, ...whole(...before(round))].slice(0, -1); // seat 6 has not
    given(...past)
      .when(speaks(round, 1))
      .thenRefuses('ceremony.round-not-open');
  });
  it('of openings waits for the commitments of both groups (K3)', () => {
    const president = [said('commitment', 1), said('commitment', 2)];
    const delegates = [3, 4, 5, 6].map((seat) => said('commitment', seat));
    const certified = [...begun, ...whole('certificate')];
    given(...certified, ...president)
      .when(speaks('opening', 1))
      .thenRefuses('ceremony.round-not-open');
    given(...certified, ...delegates)
      .when(speaks('opening', 3))
      .thenRefuses('ceremony.round-not-open');
    given(...certified, ...president, ...delegates)
      .when(speaks('opening', 3))
      .then(said('opening', 3));
  });
  it('hears a seat once: the same again is a retry, anything else is refused', () => {
    const past = [...begun, said('certificate', 1)];
    given(...past)
      .when(speaks('certificate', 1))
      .then();
    given(...past)
      .when(speaks('certificate', 1, [], '{"other":1}'))
      .thenRefuses('ceremony.already-said');
    given(...past, ...whole('certificate'))
      .when(speaks('certificate', 1, [], '{"other":1}'))
      .thenRefuses('ceremony.already-said');
  });
  it('hears only who holds the seat', () => {
    const stranger = new SpeakInCeremony(boardId, ceremonyId, person(2), 1, 'certificate', '{}', []);
    given(...begun)
      .when(stranger)
      .thenRefuses('board.not-your-seat');
    const late = [...roster, appointed(3, person(13), true), replaced(3, person(13)), started()];
    given(...late)
      .when(speaks('certificate', 3))
      .thenRefuses('board.not-your-seat');
  });
  it('hears nobody who came to the board later', () => {
    given(...begun.slice(0, -1), started(), appointed(7))
      .when(speaks('certificate', 7))
      .thenRefuses('ceremony.not-in-it');
  });
  it('belongs to a ceremony that runs', () => {
    given(...roster)
      .when(speaks('certificate', 1))
      .thenRefuses('ceremony.unknown');
    given(...begun, aborted('given-up', []))
      .when(speaks('certificate', 1))
      .thenRefuses('ceremony.over');
    const other = new SpeakInCeremony(boardId, otherId, person(1), 1, 'certificate', '{}', []);
    given(...begun)
      .when(other)
      .thenRefuses('ceremony.unknown');
  });
  it('names who cheated in the one before, instead of going on', () => {
    given(...begun, ...whole('certificate'))
      .when(speaks('commitment', 1, [4, 2, 4]))
      .then(aborted('cheated', [2, 4], 'certificate'));
  });
});

describe('a round that is over', () => {
  const conclude = (round: CeremonyRound, faulty: number[] = [], made?: typeof key) =>
    new ConcludeRound(boardId, ceremonyId, round, faulty, made);
  it('leads to the next when nobody cheated', () => {
    given(...begun, ...whole('certificate'))
      .when(conclude('certificate'))
      .then();
  });
  it('ends the ceremony when somebody did', () => {
    given(...begun, ...whole('certificate'))
      .when(conclude('certificate', [3]))
      .then(aborted('cheated', [3], 'certificate'));
  });
  it('is not judged before', () => {
    given(...begun, said('certificate', 1))
      .when(conclude('certificate', [1]))
      .thenRefuses('ceremony.round-not-over');
  });
  it('is the last one: it gives the key, once', () => {
    const all = [...begun, ...whole(...ceremonyRounds)];
    given(...all)
      .when(conclude('completion', [], key))
      .then(published);
    given(...all, published)
      .when(conclude('completion', [], key))
      .then();
    given(...all)
      .when(conclude('completion'))
      .thenRefuses('ceremony.no-key');
  });
  it('gives no key in a practice, whatever was made', () => {
    const all = [...roster, started(true), ...whole(...ceremonyRounds)];
    given(...all)
      .when(conclude('completion', [], key))
      .then({ type: 'PracticeCompleted', data: { boardId, ceremonyId, at } });
  });
});

describe('a complaint', () => {
  const dealt = [...begun, ...whole('certificate', 'commitment', 'opening', 'deal')];
  const complains = (faulty: number[], seat = 4) =>
    new ComplainOfShare(boardId, ceremonyId, person(seat), seat, '{"complaint":4}', faulty);
  it.each([5, 4])('ends the ceremony and names who cheated: %i', (culprit) => {
    given(...dealt)
      .when(complains([culprit]))
      .then(
        {
          type: 'KeyComplaintFiled',
          data: { boardId, ceremonyId, seat: 4, complaint: '{"complaint":4}', at },
        },
        aborted('cheated', [culprit], 'completion'),
      );
  });
  it('comes after the deals, from who has not completed, and names somebody', () => {
    given(...begun, ...whole('certificate'))
      .when(complains([5]))
      .thenRefuses('ceremony.round-not-open');
    given(...dealt, said('completion', 4))
      .when(complains([5]))
      .thenRefuses('ceremony.round-not-open');
    given(...dealt)
      .when(complains([]))
      .thenRefuses('ceremony.no-fault');
    given(...dealt, appointed(7))
      .when(complains([5], 7))
      .thenRefuses('ceremony.not-in-it');
  });
});

describe('a ceremony', () => {
  it('is given up, and that is no fault of anybody', () => {
    given(...begun)
      .when(new AbortCeremony(boardId, ceremonyId, 'given-up'))
      .then(aborted('given-up', [], 'certificate'));
  });
  it('names those who are absent from the present round', () => {
    const past = [...begun, ...whole('certificate'), ...[1, 2, 4, 5].map((seat) => said('commitment', seat))];
    const abort = new AbortCeremony(boardId, ceremonyId, 'absent');
    given(...past)
      .when(abort)
      .then(aborted('absent', [3, 6], 'commitment'));
    given(...past, aborted('absent', [3, 6], 'commitment'))
      .when(abort)
      .then();
  });
  it('is alone, and may be held again', () => {
    const again = new StartCeremony(boardId, otherId, false, 'Ed25519');
    given(...begun)
      .when(again)
      .thenRefuses('ceremony.running');
    given(...begun)
      .when(new StartCeremony(boardId, ceremonyId, false, 'Ed25519'))
      .then();
    given(...begun, aborted('cheated', [3]))
      .when(again)
      .then({ type: 'CeremonyStarted', data: { ...started().data, ceremonyId: otherId } } as BoardEvent);
  });
});

describe('a rehearsal', () => {
  const rehearsalId = otherId;
  const begin = new StartRehearsal(boardId, rehearsalId, '[[1]]', [3, 1, 4]);
  const rehearsal: BoardEvent = {
    type: 'RehearsalStarted',
    data: { boardId, rehearsalId, tally: '[[1]]', votes: [3, 1, 4], at },
  };
  const decrypt = (seat: number, sound = true) =>
    new DecryptRehearsal(boardId, rehearsalId, person(seat), seat, '{"factors":1}', sound);
  const decrypted = (seat: number): BoardEvent => ({
    type: 'RehearsalDecrypted',
    data: { boardId, rehearsalId, seat, decryption: '{"factors":1}', at },
  });
  const rehearsed: BoardEvent = {
    type: 'DecryptionRehearsed',
    data: { boardId, rehearsalId, seats: [1, 3, 4], at },
  };
  it('needs the key', () => {
    given(...roster)
      .when(begin)
      .thenRefuses('board.no-key');
    given(...keyed)
      .when(begin)
      .then(rehearsal);
    given(...keyed, rehearsal)
      .when(begin)
      .then();
  });
  it('takes what is proved, of each seat once', () => {
    given(...keyed, rehearsal)
      .when(decrypt(3))
      .then(decrypted(3));
    given(...keyed, rehearsal, decrypted(3))
      .when(decrypt(3))
      .then();
    given(...keyed, rehearsal)
      .when(decrypt(3, false))
      .thenRefuses('rehearsal.not-proved');
    given(...keyed, rehearsal, appointed(7))
      .when(decrypt(7))
      .thenRefuses('ceremony.not-in-it');
    given(...keyed)
      .when(decrypt(3))
      .thenRefuses('rehearsal.unknown');
  });
  it('ends a minute before the boxes open by themselves, for good', () => {
    const opensAt = '2022-12-01T07:00:00.000Z';
    const seal = { seal: sha('5'), keyHolders: sha('4'), acknowledgementKey: sha('6'), scrutins: [] };
    const proposed: BoardEvent = {
      type: 'SealProposed',
      data: { boardId, electionId, ...seal, opensAt, by: person(99), at },
    };
    const sealed: BoardEvent = {
      type: 'ScrutinsSealed',
      data: { boardId, electionId, ...seal, approvedBy: [person(1), person(3), person(4)], at },
    };
    const past = [...keyed, proposed, sealed];
    const before = specFor(board, '2022-12-01T06:58:59.999Z');
    before(...past)
      .when(begin)
      .then({ ...rehearsal, data: { ...rehearsal.data, at: '2022-12-01T06:58:59.999Z' } });
    for (const now of ['2022-12-01T06:59:00.000Z', '2022-12-02T07:00:00.000Z', '2023-12-01T07:00:00.000Z']) {
      const during = specFor(board, now);
      during(...past)
        .when(begin)
        .thenRefuses('rehearsal.voting');
      during(...past, rehearsal)
        .when(decrypt(3))
        .thenRefuses('rehearsal.voting');
      during(...keyed, proposed, rehearsal) // nothing was sealed, so no box opens
        .when(decrypt(3))
        .then({ ...decrypted(3), data: { ...decrypted(3).data, at: now } } as BoardEvent);
    }
  });
  it('is done when a quorum found the votes, once', () => {
    const conclude = (found: number[] | undefined) => new ConcludeRehearsal(boardId, rehearsalId, found);
    given(...keyed, rehearsal)
      .when(conclude(undefined))
      .then();
    given(...keyed, rehearsal)
      .when(conclude([1, 3, 4]))
      .then(rehearsed);
    given(...keyed, rehearsal, rehearsed)
      .when(conclude([1, 3, 4]))
      .then();
  });
  it('is void once the board has another key', () => {
    given(...keyed, rehearsal, published)
      .when(decrypt(3))
      .thenRefuses('rehearsal.unknown');
  });
});

it('every seat of the past is a seat', () => {
  given(...begun, ...seats.map((seat) => said('certificate', seat)))
    .when(speaks('commitment', 6))
    .then(said('commitment', 6));
});
