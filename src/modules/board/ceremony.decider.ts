import { ceremonyRounds, type BoardEvent } from '../../events/board.events.js';
import { never } from '../../events/event.js';
import { Refusal } from '../../ledger/refusal.js';
import type {
  AbortCeremony,
  CeremonyRound,
  ComplainOfShare,
  ConcludeRound,
  SpeakInCeremony,
  StartCeremony,
} from './board.commands.js';
import {
  declared,
  presentRound,
  requireUnsealed,
  seatsOf,
  silentIn,
  type Board,
  type BoardState,
  type RunningCeremony,
} from './board.state.decider.js';
import { requireRoster } from './roster.decider.js';

/** President or secretary, and two delegates, are needed to decrypt (CGFP 545, 573; design 5). */
const [ONE_OF_TWO, TWO_OF_DELEGATES] = [1, 2];

/** Begins a ceremony with everybody who has a seat. */
export function startCeremony(
  { boardId, ceremonyId, practice, group }: StartCeremony,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  if (board.ceremony?.ceremonyId === ceremonyId) return [];
  if (board.ceremony && board.ceremony.ended === undefined)
    throw new Refusal('ceremony.running', 'A ceremony of this board is running.');
  if (!practice) requireUnsealed(board);
  if (!practice && board.sealing && !board.sealing.broken)
    throw new Refusal('sealing.proposed', 'A seal with the present key was proposed.');
  requireRoster(board, practice);
  const delegates = [...board.seats.keys()].filter((seat) => seat > 2).sort((a, b) => a - b);
  const groups = [
    { threshold: ONE_OF_TWO, seats: [1, 2] },
    { threshold: TWO_OF_DELEGATES, seats: delegates },
  ];
  return [{ type: 'CeremonyStarted', data: { boardId, ceremonyId, practice, group, groups, at: now } }];
}

/**
 * A seat speaks in the present round, once. A round begins when all seats of all groups have spoken in the one before:
 * no group opens before every group has committed (K1, K3).
 */
export function speak(command: SpeakInCeremony, state: BoardState, now: string): readonly BoardEvent[] {
  const { boardId, ceremonyId, staffId, seat, round, message, faulty } = command;
  const board = declared(state);
  requireHolder(board, seat, staffId);
  const known = board.ceremony;
  if (known?.ceremonyId === ceremonyId && known.said[round].get(seat) === message) return []; // a retry
  const ceremony = running(board, ceremonyId);
  if (!seatsOf(ceremony).includes(seat))
    throw new Refusal('ceremony.not-in-it', 'This seat has no part in the ceremony.');
  if (ceremony.said[round].has(seat))
    throw new Refusal(
      'ceremony.already-said',
      'This seat has spoken in this round, and said something else.',
    );
  if (faulty.length > 0) return [aborted(board, ceremony, 'cheated', faulty, before(round), now)];
  if (presentRound(ceremony) !== round)
    throw new Refusal('ceremony.round-not-open', 'This round begins when all have spoken in the one before.');
  return [said(boardId, ceremonyId, seat, round, message, now)];
}

/** Judges a round in which all have spoken. Of a sound last one comes the key; of a practice, nothing. */
export function concludeRound(command: ConcludeRound, state: BoardState, now: string): readonly BoardEvent[] {
  const { boardId, ceremonyId, round, faulty, key } = command;
  const board = declared(state);
  const known = board.ceremony;
  if (known?.ceremonyId === ceremonyId && known.ended !== undefined) return [];
  const ceremony = running(board, ceremonyId);
  if (silentIn(ceremony, round).length > 0)
    throw new Refusal('ceremony.round-not-over', 'Somebody has not spoken in this round.');
  if (faulty.length > 0) return [aborted(board, ceremony, 'cheated', faulty, round, now)];
  if (round !== 'completion') return [];
  if (ceremony.practice) return [{ type: 'PracticeCompleted', data: { boardId, ceremonyId, at: now } }];
  if (!key) throw new Refusal('ceremony.no-key', 'The last round made no key.');
  return [{ type: 'BoardKeyPublished', data: { boardId, ceremonyId, ...key, at: now } }];
}

/** A complaint is judged at once, and ends the ceremony either way (K5). */
export function complain(command: ComplainOfShare, state: BoardState, now: string): readonly BoardEvent[] {
  const { boardId, ceremonyId, staffId, seat, complaint, faulty } = command;
  const board = declared(state);
  requireHolder(board, seat, staffId);
  const ceremony = running(board, ceremonyId);
  if (!seatsOf(ceremony).includes(seat))
    throw new Refusal('ceremony.not-in-it', 'This seat has no part in the ceremony.');
  if (presentRound(ceremony) !== 'completion' || ceremony.said.completion.has(seat))
    throw new Refusal(
      'ceremony.round-not-open',
      'A complaint takes the place of the last message of a seat.',
    );
  if (faulty.length === 0) throw new Refusal('ceremony.no-fault', 'The complaint names nobody.');
  return [
    { type: 'KeyComplaintFiled', data: { boardId, ceremonyId, seat, complaint, at: now } },
    aborted(board, ceremony, 'cheated', faulty, 'completion', now),
  ];
}

/** Gives a ceremony up, or names those who do not speak. */
export function abortCeremony(
  { ceremonyId, reason }: AbortCeremony,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  if (board.ceremony?.ceremonyId === ceremonyId && board.ceremony.ended === 'aborted') return [];
  const ceremony = running(board, ceremonyId);
  const round = presentRound(ceremony);
  if (reason === 'given-up' || round === undefined)
    return [aborted(board, ceremony, 'given-up', [], round, now)];
  return [aborted(board, ceremony, 'absent', silentIn(ceremony, round), round, now)];
}

/** Refuses who does not hold the seat now. */
export function requireHolder({ seats }: Board, seat: number, staffId: string): void {
  if (seats.get(seat)?.holder !== staffId)
    throw new Refusal('board.not-your-seat', 'You do not hold this seat.', 'forbidden');
}

function running({ ceremony }: Board, ceremonyId: string): RunningCeremony {
  if (ceremony?.ceremonyId !== ceremonyId)
    throw new Refusal('ceremony.unknown', 'The board has no ceremony of this id.');
  if (ceremony.ended !== undefined) throw new Refusal('ceremony.over', 'This ceremony is over.');
  return ceremony;
}

function before(round: CeremonyRound): CeremonyRound {
  return ceremonyRounds[Math.max(0, ceremonyRounds.indexOf(round) - 1)] as CeremonyRound;
}

function aborted(
  { boardId }: Board,
  { ceremonyId }: RunningCeremony,
  reason: 'cheated' | 'absent' | 'given-up',
  seats: readonly number[],
  round: CeremonyRound | undefined,
  now: string,
): BoardEvent {
  const named = [...new Set(seats)].sort((a, b) => a - b);
  const data = { boardId, ceremonyId, reason, seats: named, ...(round && { round }), at: now };
  return { type: 'CeremonyAborted', data };
}

function said(
  boardId: string,
  ceremonyId: string,
  seat: number,
  round: CeremonyRound,
  message: string,
  at: string,
): BoardEvent {
  const where = { boardId, ceremonyId, seat };
  switch (round) {
    case 'certificate':
      return { type: 'KeyHolderCertified', data: { ...where, certificate: message, at } };
    case 'commitment':
      return { type: 'KeySharesCommitted', data: { ...where, commitment: message, at } };
    case 'opening':
      return { type: 'KeySharesOpened', data: { ...where, opening: message, at } };
    case 'deal':
      return { type: 'KeySharesDealt', data: { ...where, deal: message, at } };
    case 'completion':
      return { type: 'KeyHolderCompleted', data: { ...where, completion: message, at } };
    default:
      return never(round);
  }
}
