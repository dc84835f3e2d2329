import { describe, it } from '@jest/globals';
import {
  AppointMember,
  DeclareBoard,
  RenameBoard,
  ReplaceMember,
  StartCeremony,
} from '../../../src/modules/board/board.commands.js';
import {
  aborted,
  appointed,
  at,
  boardId,
  ceremonyId,
  declared,
  electionId,
  given,
  keyed,
  listId,
  otherId,
  person,
  replaced,
  roster,
  started,
  titulars,
} from './past.js';

const appoint = (seat: number, staffId = person(seat), substitute = false) =>
  new AppointMember(
    boardId,
    seat,
    seat === 1 ? 'president' : seat === 2 ? 'secretary' : 'delegate',
    staffId,
    substitute,
  );
const start = new StartCeremony(boardId, ceremonyId, false, 'Ed25519');

describe('a board', () => {
  it('is declared once', () => {
    const command = new DeclareBoard(boardId, electionId, 'CSA de proximité de Paris');
    given().when(command).then(declared);
    given(declared).when(command).then();
    given(declared)
      .when(new DeclareBoard(boardId, otherId, 'CSA'))
      .thenRefuses('board.already-declared');
  });
  it('is given another title, once', () => {
    const title = 'Bureau du CSA de Paris';
    const renamed = { type: 'BoardRenamed', data: { boardId, title, by: otherId, at } } as const;
    given(declared)
      .when(new RenameBoard(boardId, title, otherId))
      .then(renamed);
    given(declared, renamed)
      .when(new RenameBoard(boardId, title, otherId))
      .then();
    given().when(new RenameBoard(boardId, title)).thenRefuses('board.not-declared');
  });
  it('has no member before it is declared', () => {
    given().when(appoint(1)).thenRefuses('board.not-declared');
  });
});

describe('a seat', () => {
  it('is given, and given again without effect', () => {
    given(declared).when(appoint(1)).then(appointed(1));
    given(declared, appointed(1)).when(appoint(1)).then();
  });
  it('of a delegate may stand for a list', () => {
    given(declared)
      .when(new AppointMember(boardId, 3, 'delegate', person(3), false, listId))
      .then({
        type: 'BoardMemberAppointed',
        data: { boardId, seat: 3, office: 'delegate', substitute: false, staffId: person(3), listId, at },
      });
    given(declared)
      .when(new AppointMember(boardId, 1, 'president', person(1), false, listId))
      .thenRefuses('board.list-of-a-delegate');
  });
  it.each([
    [1, 'secretary'],
    [2, 'president'],
    [3, 'president'],
    [1, 'delegate'],
  ] as const)('%i is not that of a %s', (seat, office) => {
    given(declared)
      .when(new AppointMember(boardId, seat, office, person(1), false))
      .thenRefuses('board.wrong-office');
  });
  it('is not of who administers the service (CNIL 1-08)', () => {
    given(declared)
      .when(new AppointMember(boardId, 1, 'president', person(1), false, undefined, true))
      .thenRefuses('board.administrator');
    given(declared, appointed(3))
      .when(new AppointMember(boardId, 3, 'delegate', person(4), true, undefined, true))
      .thenRefuses('board.administrator');
  });
  it('is corrected before there is a key, and not after', () => {
    given(...roster)
      .when(appoint(3, person(7)))
      .then(appointed(3, person(7)));
    given(...keyed)
      .when(appoint(3, person(7)))
      .thenRefuses('board.key-published');
    given(...roster, started())
      .when(appoint(3, person(7)))
      .thenRefuses('ceremony.running');
    given(...roster, started(), aborted('given-up', []))
      .when(appoint(3, person(7)))
      .then(appointed(3, person(7)));
  });
  it('has a substitute who is somebody else, also after the key', () => {
    given(...keyed)
      .when(appoint(3, person(13), true))
      .then(appointed(3, person(13), true));
    given(...keyed)
      .when(appoint(3, person(3), true))
      .thenRefuses('board.own-substitute');
    given(declared, appointed(3, person(13), true))
      .when(appoint(3, person(13)))
      .thenRefuses('board.own-substitute');
  });
  it('is not the third of one person, titular or substitute (CGFP 545)', () => {
    const two = [declared, appointed(3, person(3)), appointed(4, person(3))];
    given(...two)
      .when(appoint(5, person(3)))
      .thenRefuses('board.too-many-shares');
    given(...two)
      .when(appoint(5, person(3), true))
      .thenRefuses('board.too-many-shares');
    given(declared, appointed(3, person(3)))
      .when(appoint(4, person(3)))
      .then(appointed(4, person(3)));
  });
  it('is not of somebody with another office', () => {
    given(declared, appointed(1))
      .when(appoint(2, person(1)))
      .thenRefuses('board.two-offices');
    given(declared, appointed(1))
      .when(appoint(3, person(1), true))
      .thenRefuses('board.two-offices');
    given(declared, appointed(3))
      .when(appoint(1, person(3)))
      .thenRefuses('board.two-offices');
  });
});

describe('a substitute', () => {
  const withSubstitute = [...keyed, appointed(3, person(13), true)];
  const replace = new ReplaceMember(boardId, 3, person(99));
  it('takes the seat, once', () => {
    given(...withSubstitute)
      .when(replace)
      .then(replaced(3, person(13)));
    given(...withSubstitute, replaced(3, person(13)))
      .when(replace)
      .then();
  });
  it('must be there', () => {
    given(...titulars, started(true))
      .when(replace)
      .thenRefuses('board.no-substitute');
  });
  it('waits for the end of a ceremony', () => {
    given(...roster, appointed(3, person(13), true), started())
      .when(replace)
      .thenRefuses('ceremony.running');
  });
});

describe('a ceremony begins only for a board that may hold a key', () => {
  it.each([
    ['nobody', [declared]],
    ['no secretary', roster.filter((event) => event !== roster[2])],
    ['a gap among delegates', roster.filter((event) => event !== roster[4])],
    ['only a substitute for a seat', [...titulars.slice(0, -1), appointed(6, person(16), true)]],
  ])('not with %s', (_, past) => {
    given(...past)
      .when(start)
      .thenRefuses('board.incomplete');
  });
  it('not with less than two thirds of the shares for delegates (CGFP 545)', () => {
    given(...titulars.slice(0, -1))
      .when(start)
      .thenRefuses('board.two-thirds');
  });
  it('not with a delegate who has no substitute, but for an exercise (CGFP 536, 537)', () => {
    given(...roster.slice(0, -1))
      .when(start)
      .thenRefuses('board.substitute-missing');
    given(...titulars)
      .when(new StartCeremony(boardId, ceremonyId, true, 'Ed25519'))
      .then(started(true));
  });
  it('with president, secretary, four delegates and their substitutes', () => {
    given(...roster)
      .when(start)
      .then(started());
  });
});
