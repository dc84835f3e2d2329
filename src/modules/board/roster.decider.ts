import type { BoardEvent } from '../../events/board.events.js';
import { Refusal } from '../../ledger/refusal.js';
import type { AppointMember, DeclareBoard, Office, RenameBoard, ReplaceMember } from './board.commands.js';
import { declared, requireUnsealed, type Board, type BoardState } from './board.state.decider.js';

/** Nobody holds more shares of the key than this, as titular or substitute (CGFP 545). */
export const MOST_SHARES = 2;

/** Declares a board. Doing it again changes nothing. */
export function declareBoard(
  { boardId, electionId, title }: DeclareBoard,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  if (!state) return [{ type: 'BoardDeclared', data: { boardId, electionId, title, at: now } }];
  if (state.electionId === electionId && state.title === title) return [];
  throw new Refusal(
    'board.already-declared',
    'This board was declared for another election or with another title.',
  );
}

/** Corrects the title; the seal and the minutes say it. */
export function renameBoard(
  { boardId, title, by }: RenameBoard,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  if (board.title === title) return [];
  requireUnsealed(board);
  return [{ type: 'BoardRenamed', data: { boardId, title, ...(by !== undefined && { by }), at: now } }];
}

/** Gives a seat, or corrects who has it while no key rests on it. */
export function appointMember(command: AppointMember, state: BoardState, now: string): readonly BoardEvent[] {
  const board = declared(state);
  const { boardId, seat, office, staffId, substitute, listId } = command;
  const before = board.seats.get(seat);
  const same = substitute ? before?.substitute : before?.titular;
  if (same === staffId && before?.office === office && (listId === undefined || listId === before.listId))
    return [];
  if (command.administrator)
    throw new Refusal(
      'board.administrator',
      'Who administers the service holds no share of the key (CNIL 1-08).',
    );
  if (office !== officeOf(seat)) {
    throw new Refusal(
      'board.wrong-office',
      'Seat 1 is the president, seat 2 the secretary, the others delegates.',
    );
  }
  if (listId !== undefined && office !== 'delegate')
    throw new Refusal('board.list-of-a-delegate', 'Only a delegate stands for a list.');
  if (substitute ? before?.titular === staffId : before?.substitute === staffId)
    throw new Refusal('board.own-substitute', 'Nobody is the substitute of themselves.');
  if (substitute) requireUnsealed(board);
  else requireNoKey(board);
  requireOneOffice(board, seat, office, staffId);
  requireFewShares(board, seat, staffId);
  const data = {
    boardId,
    seat,
    office,
    substitute,
    staffId,
    ...(listId !== undefined && { listId }),
    at: now,
  };
  return [{ type: 'BoardMemberAppointed', data }];
}

/** The substitute takes the seat. Not in the middle of a ceremony: its private keys are with the one who began it. */
export function replaceMember(
  { boardId, seat, by }: ReplaceMember,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  const place = board.seats.get(seat);
  if (!place?.substitute)
    throw new Refusal('board.no-substitute', 'This seat has no substitute who could take it.');
  if (place.holder === place.substitute) return [];
  if (board.ceremony && board.ceremony.ended === undefined)
    throw new Refusal('ceremony.running', 'A ceremony is running: end it before somebody is replaced.');
  return [{ type: 'BoardMemberReplaced', data: { boardId, seat, staffId: place.substitute, by, at: now } }];
}

/** Refuses a board that cannot hold a key: CGFP 536, 537, 545. An exercise does without substitutes. */
export function requireRoster({ seats }: Board, practice: boolean): void {
  const places = [...seats.keys()].sort((a, b) => a - b);
  const vacant = places.filter((seat) => seats.get(seat)?.holder === undefined);
  if (!seats.get(1)?.holder || !seats.get(2)?.holder)
    throw new Refusal('board.incomplete', 'A board has a president (seat 1) and a secretary (seat 2).');
  if (vacant.length > 0 || places.some((seat, i) => seat !== i + 1))
    throw new Refusal('board.incomplete', 'A seat between the first and the last is vacant.');
  const delegates = places.length - 2;
  if (delegates * 3 < places.length * 2)
    throw new Refusal(
      'board.two-thirds',
      'Two thirds of the shares belong to delegates: it takes four of their seats.',
    );
  const alone = places.filter((seat) => seat > 2 && seats.get(seat)?.substitute === undefined);
  if (!practice && alone.length > 0)
    throw new Refusal(
      'board.substitute-missing',
      `A delegate has a substitute (CGFP 536, 537): name that of seat ${alone.join(', ')}.`,
    );
}

/** The office that goes with a seat. */
export function officeOf(seat: number): Office {
  return seat === 1 ? 'president' : seat === 2 ? 'secretary' : 'delegate';
}

/** A key belongs to the seats that made it: their titulars are corrected before, replaced by substitutes after. */
function requireNoKey({ key, ceremony }: Board): void {
  if (key) throw new Refusal('board.key-published', 'The board has its key: a substitute takes a seat now.');
  if (ceremony && ceremony.ended === undefined)
    throw new Refusal('ceremony.running', 'A ceremony is running: end it before a seat changes.');
}

function requireOneOffice({ seats }: Board, seat: number, office: Office, staffId: string): void {
  for (const [place, { titular, substitute, office: other }] of seats) {
    if (place !== seat && other !== office && (titular === staffId || substitute === staffId))
      throw new Refusal('board.two-offices', 'One person has one office in a board.');
  }
}

function requireFewShares({ seats }: Board, seat: number, staffId: string): void {
  const elsewhere = [...seats].filter(
    ([place, { titular, substitute }]) => place !== seat && (titular === staffId || substitute === staffId),
  );
  if (elsewhere.length >= MOST_SHARES)
    throw new Refusal('board.too-many-shares', 'Nobody holds more than two shares of the key (CGFP 545).');
}
