import type { BoardEvent } from '../../events/board.events.js';
import { ceremonyRounds } from '../../events/board.events.js';
import { never } from '../../events/event.js';
import { Refusal } from '../../ledger/refusal.js';
import type { BoardKey, CeremonyRound, Office } from './board.commands.js';

/** A seat of a board and who holds it. */
export interface Seat {
  readonly office: Office;
  readonly titular: string | undefined;
  readonly substitute: string | undefined;
  /** Who sits there now: the titular, or the substitute who replaced them. */
  readonly holder: string | undefined;
  readonly listId: string | undefined;
}

/** A key ceremony: what each seat said in each round. */
export interface RunningCeremony {
  readonly ceremonyId: string;
  readonly practice: boolean;
  readonly group: 'Ed25519' | 'BELENIOS-2048';
  readonly groups: readonly { readonly threshold: number; readonly seats: readonly number[] }[];
  readonly said: Readonly<Record<CeremonyRound, ReadonlyMap<number, string>>>;
  /** Undefined while it runs. */
  readonly ended: 'aborted' | 'completed' | undefined;
  readonly aborted: { readonly reason: string; readonly seats: readonly number[] } | undefined;
}

/** A test decryption. */
export interface Rehearsal {
  readonly rehearsalId: string;
  readonly tally: string;
  readonly votes: readonly number[];
  readonly decryptions: ReadonlyMap<number, string>;
  readonly done: boolean;
}

/** A seal that was proposed, and what became of it. */
export interface Sealing {
  readonly proposed: Extract<BoardEvent, { type: 'SealProposed' }>['data'];
  /** Who approved it, staffId -> seat. */
  readonly approvals: ReadonlyMap<string, number>;
  readonly sealed: boolean;
  readonly broken: boolean;
  /** Who asked to break it, and why. */
  readonly breaking: { readonly staffId: string; readonly reason: string } | undefined;
}

/** What is known of one board. */
export interface Board {
  readonly boardId: string;
  readonly electionId: string;
  readonly title: string;
  readonly seats: ReadonlyMap<number, Seat>;
  readonly ceremony: RunningCeremony | undefined;
  readonly key: (BoardKey & Pick<RunningCeremony, 'ceremonyId' | 'group'>) | undefined;
  readonly rehearsal: Rehearsal | undefined;
  readonly sealing: Sealing | undefined;
}

export type BoardState = Board | undefined;

/** The board itself. */
export function declared(state: BoardState): Board {
  if (state) return state;
  throw new Refusal('board.not-declared', 'No board of this id was declared.');
}

/** Whether its scrutins are sealed now. */
export function isSealed({ sealing }: Board): boolean {
  return sealing?.sealed === true && !sealing.broken;
}

/** Instances have their own clocks: nothing is undone in the last moments before the boxes open by themselves. */
const BEFORE_OPENING = 60_000; // milliseconds

/** Whether the boxes of the board are open, have been, or may be before this moment is over. */
export function opensSoon(board: Board, now: string): boolean {
  const opensAt = board.sealing?.proposed.opensAt ?? '';
  return isSealed(board) && Date.parse(now) >= Date.parse(opensAt) - BEFORE_OPENING;
}

/** Refuses where the scrutins are sealed. */
export function requireUnsealed(board: Board): void {
  if (isSealed(board)) throw new Refusal('sealing.sealed', 'The scrutins of this board are sealed.');
}

/** All seats of a ceremony, in the order of its groups. */
export function seatsOf({ groups }: Pick<RunningCeremony, 'groups'>): number[] {
  return groups.flatMap(({ seats }) => seats);
}

/** The round in which some have not spoken yet; undefined when all have spoken in all. */
export function presentRound(ceremony: RunningCeremony): CeremonyRound | undefined {
  return ceremonyRounds.find((round) => silentIn(ceremony, round).length > 0);
}

/** Who has not spoken in a round. */
export function silentIn(ceremony: RunningCeremony, round: CeremonyRound): number[] {
  return seatsOf(ceremony).filter((seat) => !ceremony.said[round].has(seat));
}

/** What an event makes of a board. */
export function evolveBoard(state: BoardState, event: BoardEvent): BoardState {
  const { type, data } = event;
  if (type === 'BoardDeclared') {
    const { boardId, electionId, title } = data;
    const nothing = { ceremony: undefined, key: undefined, rehearsal: undefined, sealing: undefined };
    return { boardId, electionId, title, seats: new Map(), ...nothing };
  }
  const board = state as Board;
  switch (type) {
    case 'BoardRenamed':
      return { ...board, title: data.title };
    case 'BoardMemberAppointed':
      return withSeat(board, data.seat, appointed(board.seats.get(data.seat), data));
    case 'BoardMemberReplaced':
      return withSeat(board, data.seat, {
        ...(board.seats.get(data.seat) as Seat),
        holder: data.staffId,
      });
    case 'CeremonyStarted': {
      const { ceremonyId, practice, group, groups } = data;
      const ceremony = { ceremonyId, practice, group, groups, said: nothingSaid };
      return { ...board, ceremony: { ...ceremony, ended: undefined, aborted: undefined } };
    }
    case 'KeyHolderCertified':
      return saying(board, 'certificate', data.seat, data.certificate);
    case 'KeySharesCommitted':
      return saying(board, 'commitment', data.seat, data.commitment);
    case 'KeySharesOpened':
      return saying(board, 'opening', data.seat, data.opening);
    case 'KeySharesDealt':
      return saying(board, 'deal', data.seat, data.deal);
    case 'KeyHolderCompleted':
      return saying(board, 'completion', data.seat, data.completion);
    case 'KeyComplaintFiled':
      return board;
    case 'CeremonyAborted': {
      const { reason, seats } = data;
      return withCeremony(board, { ended: 'aborted', aborted: { reason, seats } });
    }
    case 'PracticeCompleted':
      return withCeremony(board, { ended: 'completed' });
    case 'BoardKeyPublished': {
      const { ceremonyId, keyHolders, owners, publicKey } = data;
      const group = board.ceremony?.group ?? 'Ed25519';
      const key = { ceremonyId, group, keyHolders, owners, publicKey };
      return { ...withCeremony(board, { ended: 'completed' }), key, rehearsal: undefined };
    }
    case 'RehearsalStarted': {
      const { rehearsalId, tally, votes } = data;
      return { ...board, rehearsal: { rehearsalId, tally, votes, decryptions: new Map(), done: false } };
    }
    case 'RehearsalDecrypted': {
      const decryptions = new Map(board.rehearsal?.decryptions).set(data.seat, data.decryption);
      return { ...board, rehearsal: { ...(board.rehearsal as Rehearsal), decryptions } };
    }
    case 'DecryptionRehearsed':
      return board.rehearsal ? { ...board, rehearsal: { ...board.rehearsal, done: true } } : board;
    case 'SealProposed': {
      const fresh = { approvals: new Map(), sealed: false, broken: false, breaking: undefined };
      return { ...board, sealing: { proposed: data, ...fresh } };
    }
    case 'SealApproved': {
      const approvals = new Map(board.sealing?.approvals).set(data.staffId, data.seat);
      return withSealing(board, { approvals });
    }
    case 'ScrutinsSealed':
      return withSealing(board, { sealed: true });
    case 'SealBreakAsked': {
      const { staffId, reason } = data;
      return withSealing(board, { breaking: { staffId, reason } });
    }
    case 'SealBroken':
      return withSealing(board, { broken: true });
    default:
      return never(type);
  }
}

const nothingSaid: RunningCeremony['said'] = {
  certificate: new Map(),
  commitment: new Map(),
  opening: new Map(),
  deal: new Map(),
  completion: new Map(),
};

function withSeat(board: Board, seat: number, now: Seat): Board {
  return { ...board, seats: new Map(board.seats).set(seat, now) };
}

function appointed(
  before: Seat | undefined,
  { office, substitute, staffId, listId }: Extract<BoardEvent, { type: 'BoardMemberAppointed' }>['data'],
): Seat {
  const seat: Seat = before ?? {
    office,
    titular: undefined,
    substitute: undefined,
    holder: undefined,
    listId,
  };
  const stands = { ...seat, office, listId: listId ?? seat.listId };
  return substitute ? { ...stands, substitute: staffId } : { ...stands, titular: staffId, holder: staffId };
}

function saying(board: Board, round: CeremonyRound, seat: number, message: string): Board {
  const said = board.ceremony?.said ?? nothingSaid;
  return withCeremony(board, { said: { ...said, [round]: new Map(said[round]).set(seat, message) } });
}

function withCeremony(board: Board, change: Partial<RunningCeremony>): Board {
  return board.ceremony ? { ...board, ceremony: { ...board.ceremony, ...change } } : board;
}

function withSealing(board: Board, change: Partial<Sealing>): Board {
  return board.sealing ? { ...board, sealing: { ...board.sealing, ...change } } : board;
}
