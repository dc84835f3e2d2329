import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';
import {
  checkSealDocument,
  type Calendar,
  type Due,
  type DueScrutin,
  type Papers,
} from './seal-document-check.js';

type BoardData<T> = Extract<EventOf<'board'>, { type: T }>['data'];
type ScrutinData<T> = Extract<EventOf<'scrutin'>, { type: T }>['data'];
type Sealed = BoardData<'ScrutinsSealed'>;

interface Election {
  title: string;
  calendar?: Calendar;
}

interface Board {
  title: string;
  key?: BoardData<'BoardKeyPublished'>;
  proposed?: BoardData<'SealProposed'>;
  /** Of the proposed seal, staffId -> seat. */
  approvals: Map<string, number>;
  asked?: BoardData<'SealBreakAsked'> | undefined;
  /** The election of what is sealed now. */
  holds?: string | undefined;
}

interface Scrutin {
  declared?: ScrutinData<'ScrutinDeclared'>;
  drawn?: ScrutinData<'ListOrderDrawn'>;
  readonly lists: Map<string, Papers>;
}

const CLAIM = 'seals-hold';
/** Who must approve beside the president (CGFP 552). */
const DELEGATES = 2;

/** What is sealed: proposed as it is, approved by enough of the board, and no other than the ledger said then. */
export class SealCheck {
  private readonly elections = new Map<string, Election>();
  private readonly boards = new Map<string, Board>();
  private readonly scrutins = new Map<string, Scrutin>();
  private readonly waiting: Due[] = [];

  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
  ) {}

  election(event: EventOf<'election'>, place: string): void {
    if (event.type === 'CalendarSet' || event.type === 'ElectionRenamed') {
      const free = ![...this.boards.values()].some(({ holds }) => holds === event.data.electionId);
      if (!free) this.found.fail(CLAIM, place, 'changes what a board has sealed');
    }
    const known = this.elections.get(event.data.electionId) ?? { title: '' };
    this.elections.set(event.data.electionId, known);
    if (event.type === 'ElectionDeclared' || event.type === 'ElectionRenamed') known.title = event.data.title;
    if (event.type === 'CalendarSet') {
      const { votingOpensAt, votingClosesAt, graceMinutes } = event.data;
      known.calendar = { votingOpensAt, votingClosesAt, graceMinutes };
    }
  }

  scrutin(event: EventOf<'scrutin'>): void {
    const { scrutinId } = event.data;
    const known = this.scrutins.get(scrutinId) ?? { lists: new Map<string, Papers>() };
    this.scrutins.set(scrutinId, known);
    switch (event.type) {
      case 'ScrutinDeclared':
        known.declared = event.data;
        return;
      case 'CandidateListFiled': {
        const { listId, content, logo = null } = event.data;
        const statement = known.lists.get(listId)?.statement ?? null;
        known.lists.set(listId, { content, logo, statement });
        return;
      }
      case 'CandidateListWithdrawn':
        known.lists.delete(event.data.listId);
        return;
      case 'StatementFiled': {
        const list = known.lists.get(event.data.listId);
        if (list) known.lists.set(event.data.listId, { ...list, statement: event.data.statement });
        return;
      }
      case 'ListOrderDrawn':
        known.drawn = event.data;
        return;
    }
  }

  /** `seats` is who sits in the board now. */
  board(event: EventOf<'board'>, place: string, seats: ReadonlyMap<number, { staffId: string }>): void {
    const board = this.boards.get(event.data.boardId) ?? { title: '', approvals: new Map<string, number>() };
    this.boards.set(event.data.boardId, board);
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are no part of a seal
    switch (event.type) {
      case 'BoardDeclared':
      case 'BoardRenamed':
        board.title = event.data.title;
        return;
      case 'BoardKeyPublished':
        board.key = event.data;
        return;
      case 'SealProposed':
        board.proposed = event.data;
        board.approvals = new Map(); // those of a former one count no more
        board.asked = undefined;
        return;
      case 'SealApproved': {
        const { seal, staffId, seat } = event.data;
        if (seal === board.proposed?.seal) board.approvals.set(staffId, seat);
        return;
      }
      case 'ScrutinsSealed':
        this.approved(board, event.data, place);
        this.sealed(board, event.data, place);
        board.holds = event.data.electionId;
        return;
      case 'SealBreakAsked':
        board.asked = event.data;
        return;
      case 'SealBroken':
        this.broken(board, event.data, place, seats);
        return;
      default:
        return;
    }
  }

  /** Reads the documents of what was sealed before: they have come when anything else is said. */
  settle(): void {
    for (const due of this.waiting.splice(0)) checkSealDocument(this.found, this.documents, due);
  }

  /** Two persons, one of the board: who asked, and who agreed; before voting opens. */
  private broken(
    board: Board,
    { seal, staffIds, at }: BoardData<'SealBroken'>,
    place: string,
    seats: ReadonlyMap<number, { staffId: string }>,
  ): void {
    const { found } = this;
    const { asked, proposed } = board;
    board.holds = undefined;
    board.asked = undefined;
    const two = new Set(staffIds).size > 1 && asked?.seal === seal && staffIds.includes(asked.staffId);
    found.require(CLAIM, two, place, 'is broken by one person alone');
    const sits = [...seats.values()].some(({ staffId }) => staffIds.includes(staffId));
    found.require(CLAIM, sits, place, 'is broken by nobody of the board');
    const known = proposed?.seal === seal && Date.parse(at) < Date.parse(proposed.opensAt);
    found.require(CLAIM, known, place, 'breaks another seal, or after the hour of the opening');
  }

  private approved({ proposed, approvals }: Board, data: Sealed, place: string): void {
    const { found } = this;
    const same = proposed !== undefined && sealedIn(proposed) === sealedIn(data);
    found.require(CLAIM, same, place, 'is not what was proposed');
    const seats = data.approvedBy.map((staffId) => approvals.get(staffId));
    const all = !seats.includes(undefined) && new Set(data.approvedBy).size === seats.length;
    found.require(CLAIM, all, place, 'is approved by somebody who has not approved this seal');
    const delegates = seats.filter((seat) => seat !== undefined && seat > 2).length;
    const enough = seats.includes(1) && delegates >= DELEGATES;
    found.require(CLAIM, enough, place, 'is not approved by the president and two delegates');
  }

  private sealed({ title, key, proposed }: Board, data: Sealed, place: string): void {
    const { found } = this;
    const { boardId, electionId, keyHolders, scrutins } = data;
    found.require(
      CLAIM,
      key?.keyHolders === keyHolders,
      place,
      'its key holders are not those of the ceremony',
    );
    const election = this.elections.get(electionId);
    const hour = proposed?.opensAt === election?.calendar?.votingOpensAt;
    found.require(CLAIM, hour, place, 'its hours are not those of the calendar');
    const ids = new Set(scrutins.map(({ scrutinId }) => scrutinId));
    const own = [...this.scrutins].filter(
      ([, { declared }]) =>
        declared?.boardId === boardId && declared.electionId === electionId && declared.held === 'here',
    );
    const each = ids.size === scrutins.length && own.length === ids.size && own.every(([id]) => ids.has(id));
    found.require(CLAIM, each, place, 'does not seal every scrutin of its board once');
    this.waiting.push({
      ...{ sealed: data, place, electionTitle: election?.title ?? '', boardTitle: title },
      ...{ calendar: election?.calendar, publicKey: key?.publicKey ?? '' },
      scrutins: scrutins.map((sealed) => ({ sealed, ...this.standing(sealed.scrutinId) })),
    });
  }

  /** A scrutin as it stands, its lists in the drawn order. */
  private standing(scrutinId: string): Omit<DueScrutin, 'sealed'> {
    const { declared, drawn, lists } = this.scrutins.get(scrutinId) ?? { lists: new Map<string, Papers>() };
    const ordered = (drawn?.order ?? []).flatMap((listId) => {
      const papers = lists.get(listId);
      return papers ? [{ listId, ...papers }] : [];
    });
    return { declared, seed: drawn?.seed ?? null, lists: ordered };
  }
}

/** What a proposal and the seal both say. */
function sealedIn({
  electionId,
  seal,
  keyHolders,
  acknowledgementKey,
  scrutins,
}: Omit<Sealed, 'approvedBy'>) {
  return JSON.stringify([electionId, seal, keyHolders, acknowledgementKey, scrutins]);
}
