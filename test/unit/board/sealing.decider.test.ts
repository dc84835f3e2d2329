import { describe, it } from '@jest/globals';
import type { BoardEvent, SealedScrutin } from '../../../src/events/board.events.js';
import {
  ApproveSeal,
  BreakSeal,
  ProposeSeal,
  RenameBoard,
  StartCeremony,
  type SealingFacts,
} from '../../../src/modules/board/board.commands.js';
import { board } from '../../../src/modules/board/board.decider.js';
import { specFor } from '../../given.js';
import {
  appointed,
  at,
  boardId,
  electionId,
  given,
  key,
  keyed,
  otherId,
  person,
  replaced,
  roster,
  sha,
  started,
} from './past.js';

const opensAt = '2022-12-01T07:00:00.000Z';
const scrutinId = '1e4d047b-e1b4-4463-a35c-41d3f71ba05c';
const sealed: SealedScrutin = {
  scrutinId,
  uuid: 'QyEwhVPEQ2o7wa',
  electionFile: sha('3'),
  fingerprint: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  roll: { root: sha('5'), count: 50 },
  rollFile: sha('6'),
  credentials: { root: sha('7'), count: 50 },
  credentialsFile: sha('8'),
};
const proposal = { seal: sha('a'), acknowledgementKey: sha('b'), scrutins: [sealed] };
const facts: SealingFacts = {
  listsClosed: true,
  administrators: [],
  opensAt,
  scrutins: [
    {
      scrutinId,
      group: 'Ed25519',
      lists: 3,
      ordered: true,
      electors: 50,
      credentials: 50,
      surplus: 0,
      empty: true,
    },
  ],
};
const but = (change: Partial<SealingFacts['scrutins'][number]>): SealingFacts => ({
  ...facts,
  scrutins: facts.scrutins.map((scrutin) => ({ ...scrutin, ...change })),
});
const propose = (known = facts, seal = proposal) => new ProposeSeal(boardId, known, seal, person(99));
const proposed: BoardEvent = {
  type: 'SealProposed',
  data: { boardId, electionId, ...proposal, keyHolders: key.keyHolders, opensAt, by: person(99), at },
};
const approved = (seat: number, staffId = person(seat)): BoardEvent => ({
  type: 'SealApproved',
  data: { boardId, seal: proposal.seal, staffId, seat, at },
});
const scrutinsSealed = (...approvedBy: string[]): BoardEvent => ({
  type: 'ScrutinsSealed',
  data: { boardId, electionId, ...proposal, keyHolders: key.keyHolders, approvedBy, at },
});
const approve = (staffId: string, unchanged = true) =>
  new ApproveSeal(boardId, proposal.seal, staffId, unchanged);
const ready = [...keyed, proposed];
const done = [
  ...ready,
  approved(1),
  approved(3),
  approved(4),
  scrutinsSealed(person(1), person(3), person(4)),
];

describe('a seal is proposed', () => {
  it('when all that it covers is there; the same again changes nothing', () => {
    given(...keyed)
      .when(propose())
      .then(proposed);
    given(...keyed, proposed)
      .when(propose())
      .then();
  });
  it('not without a key', () => {
    given(...roster)
      .when(propose())
      .thenRefuses('board.no-key');
  });
  it('not while a ceremony makes another key, but during an exercise', () => {
    given(...keyed, started())
      .when(propose())
      .thenRefuses('ceremony.running');
    given(...keyed, started(true))
      .when(propose())
      .then(proposed);
  });
  it('not with the key of a practice', () => {
    const practice: BoardEvent = {
      type: 'PracticeCompleted',
      data: { boardId, ceremonyId: (started(true).data as { ceremonyId: string }).ceremonyId, at },
    };
    given(...roster, started(true), practice)
      .when(propose())
      .thenRefuses('board.no-key');
  });
  it.each([
    ['sealing.administrator', { ...facts, administrators: [3] }],
    ['sealing.lists-open', { ...facts, listsClosed: false }],
    ['sealing.no-calendar', { ...facts, opensAt: undefined }],
    ['sealing.no-scrutin', { ...facts, scrutins: [] }],
    ['sealing.other-group', but({ group: 'BELENIOS-2048' })],
    ['sealing.no-list', but({ lists: 0 })],
    ['sealing.not-drawn', but({ ordered: false })],
    ['sealing.no-elector', but({ electors: 0, credentials: 0 })],
    ['sealing.credential-count', but({ credentials: 49 })],
    ['sealing.credential-count', but({ credentials: 51 })],
    ['sealing.credential-count', but({ credentials: 50, surplus: 1 })],
    ['sealing.box-not-empty', but({ empty: false })],
  ] as const)('not against %s', (code, known) => {
    given(...keyed)
      .when(propose(known))
      .thenRefuses(code);
  });
  it('with credentials of removed electors that somebody accounts for', () => {
    given(...keyed)
      .when(propose(but({ credentials: 51, surplus: 1 })))
      .then(proposed);
  });
  it('not over one that holds', () => {
    given(...done)
      .when(propose(facts, { ...proposal, seal: sha('c') }))
      .thenRefuses('sealing.sealed');
  });
  it('anew, which voids what was approved', () => {
    const second = { ...proposal, seal: sha('c') };
    const again: BoardEvent = { type: 'SealProposed', data: { ...proposed.data, ...second } };
    given(...ready, approved(1), approved(3), again)
      .when(new ApproveSeal(boardId, sha('c'), person(4), true))
      .then({ type: 'SealApproved', data: { boardId, seal: sha('c'), staffId: person(4), seat: 4, at } });
    given(...ready, approved(1), again)
      .when(approve(person(3)))
      .thenRefuses('sealing.other-seal');
  });
});

describe('the scrutins are sealed', () => {
  it('by the president and two delegates (CGFP 552)', () => {
    given(...ready)
      .when(approve(person(1)))
      .then(approved(1));
    given(...ready, approved(1), approved(2), approved(3))
      .when(approve(person(5)))
      .then(approved(5), scrutinsSealed(person(1), person(2), person(3), person(5)));
  });
  it.each([
    ['three delegates without the president', [3, 4], 5],
    ['president, secretary and one delegate', [1, 2], 3],
  ])('not by %s', (_, before, last) => {
    given(...ready, ...before.map((seat) => approved(seat)))
      .when(approve(person(last)))
      .then(approved(last));
  });
  it('by nobody twice: one person with two seats is one approval', () => {
    const two = [
      ...roster.filter((event) => event !== roster[4]),
      appointed(4, person(3)),
      ...keyed.slice(roster.length),
      proposed,
    ];
    given(...two, approved(1), approved(3))
      .when(approve(person(3)))
      .then();
  });
  it('not by strangers, nor by substitutes who replaced nobody', () => {
    given(...ready)
      .when(approve(person(42)))
      .thenRefuses('board.not-a-member');
    given(...ready, appointed(1, person(11), true))
      .when(approve(person(11)))
      .thenRefuses('board.not-a-member');
    given(...ready, appointed(1, person(11), true), replaced(1, person(11)))
      .when(approve(person(11)))
      .then(approved(1, person(11)));
  });
  it('by the substitute of the only delegate', () => {
    const one = [
      ...roster.slice(0, 3),
      appointed(3, person(3)),
      appointed(4, person(3)),
      appointed(3, person(13), true),
      proposed,
    ];
    given(...one, approved(1), approved(3))
      .when(approve(person(13)))
      .then(approved(3, person(13)), scrutinsSealed(person(1), person(3), person(13)));
  });
  it('not when something has changed since', () => {
    given(...ready)
      .when(approve(person(1), false))
      .thenRefuses('sealing.outdated');
  });
  it('not before a seal is proposed', () => {
    given(...keyed)
      .when(approve(person(1)))
      .thenRefuses('sealing.not-proposed');
  });
  it('once: the members do not approve what is sealed', () => {
    given(...done)
      .when(approve(person(1)))
      .then();
    given(...done)
      .when(approve(person(5)))
      .thenRefuses('sealing.sealed');
  });
  it('and the board keeps its title', () => {
    given(...done)
      .when(new RenameBoard(boardId, 'Autrement'))
      .thenRefuses('sealing.sealed');
  });
  it('and no ceremony makes another key, but a practice may be held', () => {
    given(...done)
      .when(new StartCeremony(boardId, otherId, false, 'Ed25519'))
      .thenRefuses('sealing.sealed');
    given(...ready)
      .when(new StartCeremony(boardId, otherId, false, 'Ed25519'))
      .thenRefuses('sealing.proposed');
    given(...done)
      .when(new StartCeremony(boardId, otherId, true, 'Ed25519'))
      .then({ type: 'CeremonyStarted', data: { ...started(true).data, ceremonyId: otherId } } as BoardEvent);
  });
});

describe('a seal is broken', () => {
  const breaks = (staffId: string) => new BreakSeal(boardId, proposal.seal, sha('d'), staffId);
  const asked = (staffId: string): BoardEvent => ({
    type: 'SealBreakAsked',
    data: { boardId, seal: proposal.seal, reason: sha('d'), staffId, at },
  });
  const broken = (...staffIds: string[]): BoardEvent => ({
    type: 'SealBroken',
    data: { boardId, seal: proposal.seal, reason: sha('d'), staffIds, at },
  });
  it('by two, one of them of the board', () => {
    given(...done)
      .when(breaks(person(99)))
      .then(asked(person(99)));
    given(...done, asked(person(99)))
      .when(breaks(person(99)))
      .then();
    given(...done, asked(person(99)))
      .when(breaks(person(1)))
      .then(broken(person(99), person(1)));
    given(...done, asked(person(99)))
      .when(breaks(person(98)))
      .thenRefuses('board.not-a-member');
    given(...done, asked(person(99)), broken(person(99), person(1)))
      .when(breaks(person(2)))
      .then();
  });
  it('only where there is one', () => {
    given(...ready)
      .when(breaks(person(1)))
      .thenRefuses('sealing.not-sealed');
    given(...keyed)
      .when(breaks(person(1)))
      .thenRefuses('sealing.not-proposed');
  });
  it('not once voting opens', () => {
    specFor(
      board,
      '2022-12-01T06:58:59.999Z',
    )(...done)
      .when(breaks(person(1)))
      .then({
        type: 'SealBreakAsked',
        data: { ...asked(person(1)).data, at: '2022-12-01T06:58:59.999Z' },
      } as BoardEvent);
    specFor(
      board,
      '2022-12-01T06:59:00.000Z',
    )(...done)
      .when(breaks(person(1)))
      .thenRefuses('sealing.opening');
  });
  it('and then the scrutins are sealed anew, after approvals of their own', () => {
    const past = [...done, asked(person(99)), broken(person(99), person(1))];
    given(...past)
      .when(propose())
      .then(proposed);
    given(...past, proposed)
      .when(approve(person(1)))
      .then(approved(1));
  });
});
