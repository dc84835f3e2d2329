import { drawnOrder } from '../crypto/list-order.js';
import type { SealedScrutin } from '../events/board.events.js';
import type { EventOf } from '../events/codec.js';
import type { Findings } from './claims.js';
import type { Documents } from './documents.js';
import { ElectionJournal, type Standing } from './election-journal.js';
import { KeyCheck } from './key-check.js';
import { PollCheck, type OpenedPoll } from './poll-check.js';
import { checkRights } from './rights-check.js';
import { SealCheck } from './seal-check.js';
import { SoftwareCheck } from './software-check.js';

type DataOf<F extends 'board' | 'box' | 'scrutin', T> = Extract<EventOf<F>, { type: T }>['data'];
export type Opened = DataOf<'box', 'BoxOpened'>;
type Sealed = DataOf<'board', 'ScrutinsSealed'>;

/** One board: who sits where, and what it sealed. */
export interface Board {
  title: string;
  readonly seats: Map<number, { staffId: string; office: string }>;
  /** Everybody who was given a seat, also those who stand by for one. */
  readonly people: Set<string>;
  key: DataOf<'board', 'BoardKeyPublished'> | undefined;
  sealed: Sealed | undefined;
}

/** What is known of one scrutin before its box opens. */
export interface Scrutin {
  declared: DataOf<'scrutin', 'ScrutinDeclared'> | undefined;
  /** Each list that stands: how many candidates may have a seat, and the document that names them. */
  readonly lists: Map<string, { readonly candidates: number | undefined; readonly content: string }>;
  order: readonly string[] | undefined;
}

/** A scrutin under a seal, as it stood when it was sealed. */
interface SealedNow {
  readonly seal: Sealed;
  readonly sealed: SealedScrutin;
  readonly scrutin: Scrutin | undefined;
}

/** Elections, boards and scrutins, up to what is sealed; seals are compared with what is used. */
export class ElectionCheck {
  readonly boards = new Map<string, Board>();
  private readonly keys: KeyCheck;
  private readonly polls: PollCheck;
  private readonly seals: SealCheck;
  private readonly software: SoftwareCheck;
  private readonly scrutins = new Map<string, Scrutin>();
  private readonly calendars = new Map<
    string,
    Extract<EventOf<'election'>, { type: 'CalendarSet' }>['data']
  >();
  private readonly journals = new Map<string, ElectionJournal>();
  private readonly underSeal = new Map<string, SealedNow>();
  /** What each box was opened with, whatever is said afterwards. */
  private readonly used = new Map<string, SealedNow>();

  constructor(
    private readonly found: Findings,
    private readonly documents: Documents,
  ) {
    this.keys = new KeyCheck(found, documents);
    this.polls = new PollCheck(found, documents, this.keys);
    this.seals = new SealCheck(found, documents);
    this.software = new SoftwareCheck(found, documents);
  }

  /** At the end of the bundle: keys and seals with which nobody votes yet. */
  end(): Promise<void> {
    this.seals.settle();
    return this.keys.end();
  }

  /** The script of the booth that counts for each election. */
  booths(): { electionId: string; sha256: string }[] {
    return this.software.booths();
  }

  /** The result of a scrutin is there. */
  proclaimed(scrutinId: string): void {
    this.software.proclaimed(scrutinId);
  }

  /** How many scrutins are sealed. */
  get sealed(): number {
    return this.underSeal.size;
  }

  /** Scrutins that a seal holds for, with the end of their vote as the calendar has it. */
  sealedScrutins(): { scrutinId: string; place: string; ends: number | undefined }[] {
    return [...this.underSeal].map(([scrutinId, { seal }]) => {
      const calendar = this.calendars.get(seal.electionId);
      const ends = calendar && Date.parse(calendar.votingClosesAt) + calendar.graceMinutes * 60_000;
      return { scrutinId, place: this.placeOf(scrutinId), ends };
    });
  }

  /** Names what was declared to be held here, and that no seal speaks of: withdrawn, or left out of the bundle. */
  noteUnsealed(): void {
    for (const [scrutinId, { declared }] of this.scrutins) {
      if (declared?.held !== 'here' || this.underSeal.has(scrutinId)) continue;
      const name = 'every-sealed-scrutin-is-counted';
      this.found.note(name, this.placeOf(scrutinId), 'was declared to be held here, and never sealed');
    }
  }

  private placeOf(scrutinId: string): string {
    return `${this.scrutins.get(scrutinId)?.declared?.title ?? ''} (scrutin-${scrutinId})`;
  }

  election(event: EventOf<'election'>, place: string): void {
    const { found } = this;
    this.seals.election(event, place);
    const journal = this.journals.get(event.data.electionId) ?? new ElectionJournal();
    this.journals.set(event.data.electionId, journal);
    journal.event(event);
    if (event.type === 'CalendarSet') {
      this.calendars.set(event.data.electionId, event.data);
      return;
    }
    if (event.type === 'BuildReplaced') this.software.replaced(event.data, place, this.boards);
    const calendar = this.calendars.get(event.data.electionId);
    if (event.type === 'ElectionOpened') {
      const due = calendar !== undefined && event.data.at >= calendar.votingOpensAt;
      found.require('calendar-is-obeyed', due, place, 'opened before the hour of the calendar');
    }
    if (event.type === 'ElectionClosed') {
      const due = calendar !== undefined && event.data.at >= calendar.votingClosesAt;
      found.require('calendar-is-obeyed', due, place, 'closed before the hour of the calendar');
    }
  }

  scrutin(event: EventOf<'scrutin'>, place: string): void {
    const { scrutinId } = event.data;
    this.seals.scrutin(event);
    if (this.underSeal.has(scrutinId) || this.used.has(scrutinId)) {
      this.found.fail('seals-hold', place, `${event.type} after the scrutin was sealed`);
    }
    const known = this.scrutins.get(scrutinId) ?? { declared: undefined, lists: new Map(), order: undefined };
    this.scrutins.set(scrutinId, known);
    switch (event.type) {
      case 'ScrutinDeclared':
        known.declared = event.data;
        return;
      case 'CandidateListFiled':
        known.lists.set(event.data.listId, {
          candidates: event.data.candidates,
          content: event.data.content,
        });
        return;
      case 'CandidateListWithdrawn':
        known.lists.delete(event.data.listId);
        return;
      case 'ListOrderDrawn':
        this.drawn(known, event.data, place);
        return;
      case 'StatementFiled':
        return;
    }
  }

  board(event: EventOf<'board'>, place: string): void {
    const { boardId } = event.data;
    this.keys.event(event, place);
    this.software.board(event);
    const board: Board = this.boards.get(boardId) ?? {
      title: '',
      seats: new Map(),
      people: new Set(),
      key: undefined,
      sealed: undefined,
    };
    this.boards.set(boardId, board);
    this.seals.board(event, place, board.seats);
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- ceremonies are the grammar’s
    switch (event.type) {
      case 'BoardDeclared':
      case 'BoardRenamed':
        board.title = event.data.title;
        return;
      case 'BoardMemberAppointed': {
        const { seat, staffId, office, substitute } = event.data;
        if (!substitute) board.seats.set(seat, { staffId, office });
        board.people.add(staffId);
        return;
      }
      case 'BoardMemberReplaced': {
        const office = board.seats.get(event.data.seat)?.office ?? 'delegate';
        board.seats.set(event.data.seat, { staffId: event.data.staffId, office });
        return;
      }
      case 'BoardKeyPublished':
        board.key = event.data;
        return;
      case 'SealApproved': {
        const { staffId, seat } = event.data;
        const sits = board.seats.get(seat)?.staffId === staffId;
        this.found.require('seals-hold', sits, place, `approved by somebody who does not hold seat ${seat}`);
        return;
      }
      case 'ScrutinsSealed':
        board.sealed = event.data;
        this.seal(event.data);
        return;
      case 'SealBroken': {
        const scrutinIds = (board.sealed?.scrutins ?? []).map(({ scrutinId }) => scrutinId);
        const shut = !scrutinIds.some((scrutinId) => this.used.has(scrutinId));
        this.found.require('seals-hold', shut, place, 'breaks a seal under which a box is open');
        for (const scrutinId of scrutinIds) this.underSeal.delete(scrutinId);
        board.sealed = undefined;
        return;
      }
      default:
        return;
    }
  }

  /** Compares a box that opens with what was sealed. */
  opened(data: Opened, place: string): void {
    const { found } = this;
    this.seals.settle();
    const sealed = this.underSeal.get(data.scrutinId);
    if (!found.require('seals-hold', sealed !== undefined, place, 'opens a box that no seal speaks of'))
      return;
    const of = sealed as NonNullable<typeof sealed>;
    this.used.set(data.scrutinId, of);
    const pairs: [string, unknown, unknown][] = [
      ['seal', data.seal, of.seal.seal],
      ['keyHolders', data.keyHolders, of.seal.keyHolders],
      ['electionFile', data.electionFile, of.sealed.electionFile],
      ['roll', data.roll.root, of.sealed.roll.root],
      ['roll', data.roll.count, of.sealed.roll.count],
      ['rollFile', data.rollFile, of.sealed.rollFile],
      ['credentials', data.credentials.root, of.sealed.credentials.root],
      ['credentials', data.credentials.count, of.sealed.credentials.count],
      ['credentialsFile', data.credentialsFile, of.sealed.credentialsFile],
      ['electionId', data.electionId, of.seal.electionId],
      ['boardId', data.boardId, of.seal.boardId],
    ];
    for (const [name, used, fixed] of pairs) {
      found.require('seals-hold', used === fixed, place, `its ${name} is not what was sealed`);
    }
    const calendar = this.calendars.get(data.electionId);
    const hours =
      calendar?.votingOpensAt === data.opensAt &&
      calendar.votingClosesAt === data.closesAt &&
      calendar.graceMinutes === data.graceMinutes;
    found.require('calendar-is-obeyed', hours, place, 'its hours are not those of the calendar');
    found.require('calendar-is-obeyed', data.at >= data.opensAt, place, 'opens before its hour');
    checkRights(found, data, this.documents.text(data.seal), place);
  }

  /** What is known now of the board of a box and of its election, for the minutes. */
  standing({ electionId, boardId }: Opened): Standing {
    const { title = '', seats = [], sealed } = this.boards.get(boardId) ?? {};
    const journal = this.journals.get(electionId) ?? new ElectionJournal();
    return {
      ...{ title: journal.title, listsClosedAt: journal.listsClosedAt, journal: [...journal.lines] },
      board: { title, seats: new Map(seats), approvedBy: sealed?.approvedBy ?? [] },
    };
  }

  /** A scrutin as it was sealed; where no box of it is open, as its own stream says. */
  scrutinOf(scrutinId: string): Scrutin | undefined {
    return this.used.get(scrutinId)?.scrutin ?? this.scrutins.get(scrutinId);
  }

  /** The election of a scrutin as a poll, with its key holders; what is wrong with either is reported. */
  poll(data: Opened, place: string): Promise<OpenedPoll | undefined> {
    return this.polls.of(data, place, {
      scrutin: this.scrutinOf(data.scrutinId),
      sealed: this.used.get(data.scrutinId)?.sealed,
      key: this.boards.get(data.boardId)?.key,
    });
  }

  private seal(seal: Sealed): void {
    for (const sealed of seal.scrutins) {
      const known = this.scrutins.get(sealed.scrutinId);
      const scrutin = known && { ...known, lists: new Map(known.lists) };
      this.underSeal.set(sealed.scrutinId, { seal, sealed, scrutin });
    }
  }

  private drawn(known: Scrutin, data: DataOf<'scrutin', 'ListOrderDrawn'>, place: string): void {
    const { scrutinId, seed, order } = data;
    known.order = order;
    const again = drawnOrder(seed, scrutinId, [...known.lists.keys()]);
    this.found.require(
      'seals-hold',
      again.join() === order.join(),
      place,
      'is not the order that the seed draws',
    );
  }
}
