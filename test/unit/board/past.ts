import type { BoardEvent } from '../../../src/events/board.events.js';
import type { CeremonyRound } from '../../../src/modules/board/board.commands.js';
import { board } from '../../../src/modules/board/board.decider.js';
import { specFor } from '../../given.js';

/** The past of a board, for its deciders. */
export const at = '2022-11-20T08:00:00.000Z';
export const given = specFor(board, at);

export const boardId = '859169b3-8185-480d-aa54-97983ff20d29';
export const electionId = '6f3c1e5e-55a7-4f6e-9a51-0a4a5c2b6d10';
export const ceremonyId = '0b3a7b8b-9dcb-465c-abb9-5dd576ab9619';
export const otherId = '1c3a7b8b-9dcb-465c-abb9-5dd576ab9620';
export const listId = '2d3a7b8b-9dcb-465c-abb9-5dd576ab9621';

/** A member of the staff, by a number. */
export const person = (n: number) => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const sha = (digit: string) => digit.repeat(64);

export const declared: BoardEvent = {
  type: 'BoardDeclared',
  data: { boardId, electionId, title: 'CSA de proximité de Paris', at },
};

export function appointed(seat: number, staffId = person(seat), substitute = false): BoardEvent {
  const office = seat === 1 ? 'president' : seat === 2 ? 'secretary' : 'delegate';
  return { type: 'BoardMemberAppointed', data: { boardId, seat, office, substitute, staffId, at } };
}

export const replaced = (seat: number, staffId: string): BoardEvent => ({
  type: 'BoardMemberReplaced',
  data: { boardId, seat, staffId, by: person(99), at },
});

export const seats = [1, 2, 3, 4, 5, 6];
/** President, secretary, four delegates. */
export const titulars = [declared, ...seats.map((seat) => appointed(seat))];
/** The same with the substitutes of the delegates. */
export const roster = [...titulars, ...[3, 4, 5, 6].map((seat) => appointed(seat, person(seat + 20), true))];

export const started = (practice = false): BoardEvent => ({
  type: 'CeremonyStarted',
  data: {
    boardId,
    ceremonyId,
    practice,
    group: 'Ed25519',
    groups: [
      { threshold: 1, seats: [1, 2] },
      { threshold: 2, seats: [3, 4, 5, 6] },
    ],
    at,
  },
});

export function said(round: CeremonyRound, seat: number, message = `{"${round}":${seat}}`): BoardEvent {
  const where = { boardId, ceremonyId, seat, at };
  switch (round) {
    case 'certificate':
      return { type: 'KeyHolderCertified', data: { ...where, certificate: message } };
    case 'commitment':
      return { type: 'KeySharesCommitted', data: { ...where, commitment: message } };
    case 'opening':
      return { type: 'KeySharesOpened', data: { ...where, opening: message } };
    case 'deal':
      return { type: 'KeySharesDealt', data: { ...where, deal: message } };
    case 'completion':
      return { type: 'KeyHolderCompleted', data: { ...where, completion: message } };
  }
}

export const whole = (...rounds: CeremonyRound[]) =>
  rounds.flatMap((round) => seats.map((seat) => said(round, seat)));

export const key = { keyHolders: sha('4'), owners: seats, publicKey: 'ab' };
export const published: BoardEvent = {
  type: 'BoardKeyPublished',
  data: { boardId, ceremonyId, ...key, at },
};
export const aborted = (
  reason: 'cheated' | 'absent' | 'given-up',
  named: number[],
  round?: CeremonyRound,
): BoardEvent => ({
  type: 'CeremonyAborted',
  data: { boardId, ceremonyId, reason, seats: named, ...(round && { round }), at },
});
/** A board with its key. */
export const keyed = [...roster, started(), published];
