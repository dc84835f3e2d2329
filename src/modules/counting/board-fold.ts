import { isOf, type LedgerEvent } from '../../events/codec.js';
import { never } from '../../events/event.js';
import type { SealedScrutin } from '../../events/board.events.js';
import type { Member, Office } from './counting.commands.js';

/** Who sits where: the holder of a seat is its titular, or the substitute from the day that the substitute takes it. */
export interface Seat {
  readonly office: Office;
  readonly holder: string;
  readonly listId: string | undefined;
}

/** A board as the count needs it. */
export interface Board {
  readonly boardId: string;
  readonly electionId: string;
  readonly title: string;
  readonly seats: ReadonlyMap<number, Seat>;
  /** The file of key holders, and the seat of each owner in its order. */
  readonly keyHolders: string | undefined;
  readonly owners: readonly number[];
  readonly scrutins: readonly SealedScrutin[];
  readonly approvedBy: readonly string[];
}

/** Folds `board-<id>`; undefined before it is declared. */
export const board = {
  initial: undefined as Board | undefined,
  evolve(state: Board | undefined, event: LedgerEvent): Board | undefined {
    if (!isOf(event, 'board')) return state;
    if (event.type === 'BoardDeclared') {
      const { boardId, electionId, title } = event.data;
      return {
        ...{ boardId, electionId, title, seats: new Map(), keyHolders: undefined },
        ...{ owners: [], scrutins: [], approvedBy: [] },
      };
    }
    if (state === undefined) return undefined;
    switch (event.type) {
      case 'BoardRenamed':
        return { ...state, title: event.data.title };
      case 'BoardMemberAppointed': {
        const { seat, office, substitute, staffId, listId } = event.data;
        if (substitute) return state; // sits once the titular is replaced
        return { ...state, seats: new Map(state.seats).set(seat, { office, holder: staffId, listId }) };
      }
      case 'BoardMemberReplaced': {
        const { seat, staffId } = event.data;
        const before = state.seats.get(seat);
        if (!before) return state;
        return { ...state, seats: new Map(state.seats).set(seat, { ...before, holder: staffId }) };
      }
      case 'BoardKeyPublished':
        return { ...state, keyHolders: event.data.keyHolders, owners: event.data.owners };
      case 'ScrutinsSealed': {
        const { keyHolders, scrutins, approvedBy } = event.data;
        return { ...state, keyHolders, scrutins, approvedBy };
      }
      case 'SealBroken':
        return { ...state, scrutins: [], approvedBy: [] };
      case 'PracticeCompleted':
      case 'CeremonyStarted':
      case 'KeyHolderCertified':
      case 'KeySharesCommitted':
      case 'KeySharesOpened':
      case 'KeySharesDealt':
      case 'KeyHolderCompleted':
      case 'KeyComplaintFiled':
      case 'CeremonyAborted':
      case 'RehearsalStarted':
      case 'RehearsalDecrypted':
      case 'DecryptionRehearsed':
      case 'SealProposed':
      case 'SealApproved':
      case 'SealBreakAsked':
        return state; // the ceremony and the approvals are no part of the count
      default:
        return never(event);
    }
  },
};

/** The seat that one of the staff holds now. */
export function seatOf({ seats }: Board, staffId: string): number | undefined {
  return [...seats].find(([, { holder }]) => holder === staffId)?.[0];
}

/** The seat and office of one of the staff; undefined for everybody else. */
export function memberOf({ seats }: Board, staffId: string): Member | undefined {
  const held = [...seats].find(([, { holder }]) => holder === staffId);
  return held && { staffId, seat: held[0], office: held[1].office };
}
