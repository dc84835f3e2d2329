import type { BoardEvent } from '../../events/board.events.js';
import { Refusal } from '../../ledger/refusal.js';
import type { ConcludeRehearsal, DecryptRehearsal, StartRehearsal } from './board.commands.js';
import { declared, opensSoon, type Board, type BoardState, type Rehearsal } from './board.state.decider.js';
import { requireHolder } from './ceremony.decider.js';

/** Puts a test tally before the holders; a former one that nobody finished is dropped. */
export function startRehearsal(
  { boardId, rehearsalId, tally, votes }: StartRehearsal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const board = declared(state);
  const { key, rehearsal } = board;
  if (rehearsal?.rehearsalId === rehearsalId) return [];
  requireBeforeVote(board, now);
  if (!key) throw new Refusal('board.no-key', 'The board has no key yet.');
  return [{ type: 'RehearsalStarted', data: { boardId, rehearsalId, tally, votes, at: now } }];
}

/** Keeps what one seat decrypted, when its proofs hold. */
export function decryptRehearsal(
  command: DecryptRehearsal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const { boardId, rehearsalId, staffId, seat, decryption, sound } = command;
  const board = declared(state);
  requireHolder(board, seat, staffId);
  const rehearsal = present(board.rehearsal, rehearsalId);
  if (!board.key?.owners.includes(seat))
    throw new Refusal('ceremony.not-in-it', 'This seat has no share of the key.');
  if (!sound)
    throw new Refusal('rehearsal.not-proved', 'The share is not the one that the ceremony gave this seat.');
  if (rehearsal.decryptions.has(seat)) return [];
  requireBeforeVote(board, now);
  return [{ type: 'RehearsalDecrypted', data: { boardId, rehearsalId, seat, decryption, at: now } }];
}

/** Says that the board can decrypt, once. */
export function concludeRehearsal(
  { boardId, rehearsalId, seats }: ConcludeRehearsal,
  state: BoardState,
  now: string,
): readonly BoardEvent[] {
  const rehearsal = present(declared(state).rehearsal, rehearsalId);
  if (rehearsal.done || !seats) return [];
  return [{ type: 'DecryptionRehearsed', data: { boardId, rehearsalId, seats, at: now } }];
}

/** Nothing but the count is decrypted once there are ballots (docs/protocol.md, K9). */
function requireBeforeVote(board: Board, now: string): void {
  if (opensSoon(board, now))
    throw new Refusal('rehearsal.voting', 'Voting opens or has opened: nothing but the count is decrypted.');
}

function present(rehearsal: Rehearsal | undefined, rehearsalId: string): Rehearsal {
  if (rehearsal?.rehearsalId === rehearsalId) return rehearsal;
  throw new Refusal('rehearsal.unknown', 'The board has no rehearsal of this id.');
}
