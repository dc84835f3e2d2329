import { ceremonyRounds } from '../events/board.events.js';
import { isOf, type EventOf, type LedgerEvent } from '../events/codec.js';
import type { Findings } from './claims.js';

type Said = string | undefined;

/** What a stream has said so far, as little as its rules need. */
interface Progress {
  started?: true;
  calendar?: true;
  closed?: true;
  opened?: true;
  ended?: true;
  box?: 'open' | 'suspended' | 'frozen' | 'proclaimed';
  tallied?: true;
  signed?: true;
  batches?: number;
  answered?: true;
  removed?: true;
  asked?: string;
  fixed?: string;
  key?: true;
  ceremony?: { id: string; seats: readonly number[]; round: number; sent: Set<number>; over: boolean };
  substitutes?: Map<number, string>;
}

/** The order in which the rules let things happen, stream by stream (docs/protocol.md; design of each family). */
export class GrammarCheck {
  private readonly progress = new Map<string, Progress>();
  /** The election of each box. */
  private readonly elections = new Map<string, string>();

  constructor(private readonly found: Findings) {}

  event(stream: string, event: LedgerEvent, place: string): void {
    if (stream === 'checkpoints') return;
    const known = this.progress.get(stream) ?? {};
    this.progress.set(stream, known);
    const wrong = said(known, event) ?? this.beside(event);
    this.found.require(
      'streams-follow-the-grammar',
      wrong === undefined,
      place,
      `${event.type} ${wrong ?? ''}`,
    );
  }

  /** What must stand in the stream of the election before this: lists closed, and the election open by the freeze. */
  private beside(event: LedgerEvent): Said {
    const election = (electionId = '') => this.progress.get(`election-${electionId}`);
    if (event.type === 'BoxFrozen') {
      const opened = election(this.elections.get(event.data.scrutinId))?.opened === true;
      return opened ? undefined : 'in an election that did not open';
    }
    if (event.type !== 'ScrutinsSealed' && event.type !== 'BoxOpened') return undefined;
    const { electionId } = event.data;
    if (event.type === 'BoxOpened') this.elections.set(event.data.scrutinId, electionId);
    return election(electionId)?.closed === true ? undefined : 'before the lists were closed';
  }
}

function said(known: Progress, event: LedgerEvent): Said {
  if (isOf(event, 'election')) return election(known, event);
  if (isOf(event, 'scrutin')) return scrutin(known, event);
  if (isOf(event, 'board')) return board(known, event);
  if (isOf(event, 'elector')) return elector(known, event);
  if (isOf(event, 'box')) return box(known, event);
  if (isOf(event, 'checkpoint')) return undefined;
  if (isOf(event, 'mailing')) return mailing(known, event);
  return small(known, event);
}

/** The first event of a stream is this one, and only the first. */
function begins(known: Progress, is: boolean): Said {
  if (is === (known.started === undefined)) {
    known.started = true;
    return undefined;
  }
  known.started = true;
  return is ? 'a second time' : 'before the stream began';
}

function election(known: Progress, event: EventOf<'election'>): Said {
  const wrong = begins(known, event.type === 'ElectionDeclared');
  if (wrong !== undefined) return wrong;
  switch (event.type) {
    case 'ElectionRenamed':
      return known.opened ? 'after the opening' : undefined;
    case 'CalendarSet':
      if (known.opened) return 'after the opening';
      known.calendar = true;
      return undefined;
    case 'ListsClosed':
      if (known.opened) return 'after the opening';
      known.closed = true;
      return undefined;
    case 'ElectionOpened':
      if (known.opened) return 'a second time';
      known.opened = true;
      return known.calendar && known.closed ? undefined : 'before the lists were closed';
    case 'ElectionClosed': {
      const again = known.ended;
      known.ended = true;
      if (again) return 'a second time';
      return known.opened ? undefined : 'before the opening';
    }
    case 'BuildReplaced':
      return byTwo({ staffIds: event.data.decidedBy.map(({ staffId }) => staffId) });
    case 'ElectionDeclared':
    case 'IncidentLogged':
    case 'InterventionLogged':
    case 'EarlierTurnoutFiled':
      return undefined;
  }
}

function scrutin(known: Progress, event: EventOf<'scrutin'>): Said {
  if (event.type !== 'ScrutinDeclared') return known.started ? undefined : 'before the stream began';
  const { uuid, group, electionId } = event.data;
  const fixed = `${uuid} ${group} ${electionId}`;
  const before = known.fixed;
  known.started = true;
  known.fixed = fixed; // codes depend on it: declared again, a scrutin keeps it
  return before === undefined || before === fixed ? undefined : 'with another uuid or group';
}

function board(known: Progress, event: EventOf<'board'>): Said {
  const wrong = begins(known, event.type === 'BoardDeclared');
  if (wrong !== undefined) return wrong;
  switch (event.type) {
    case 'CeremonyStarted': {
      const seats = [...new Set(event.data.groups.flatMap((group) => group.seats))];
      known.ceremony = { id: event.data.ceremonyId, seats, round: 0, sent: new Set(), over: false };
      return known.closed && !event.data.practice ? 'while a seal holds' : undefined;
    }
    case 'KeyHolderCertified':
      return message(known, event.data, 'certificate');
    case 'KeySharesCommitted':
      return message(known, event.data, 'commitment');
    case 'KeySharesOpened':
      return message(known, event.data, 'opening');
    case 'KeySharesDealt':
      return message(known, event.data, 'deal');
    case 'KeyHolderCompleted':
      return message(known, event.data, 'completion');
    case 'KeyComplaintFiled':
      return known.ceremony?.id === event.data.ceremonyId ? undefined : 'in no ceremony';
    case 'CeremonyAborted':
      if (known.ceremony?.id !== event.data.ceremonyId) return 'in no ceremony';
      known.ceremony.over = true;
      return undefined;
    case 'BoardKeyPublished':
      known.key = true;
      return known.closed ? 'while a seal holds' : published(known, event.data.ceremonyId);
    case 'PracticeCompleted':
      return published(known, event.data.ceremonyId);
    case 'BoardMemberAppointed':
    case 'BoardMemberReplaced':
      return seated(known, event);
    case 'ScrutinsSealed':
      if (known.closed) return 'while a seal holds';
      known.closed = true;
      return undefined;
    case 'SealBroken':
      if (!known.closed) return 'where nothing is sealed';
      delete known.closed;
      return undefined;
    case 'BoardRenamed':
      return known.closed ? 'while a seal holds' : undefined;
    case 'BoardDeclared':
    case 'DecryptionRehearsed':
    case 'RehearsalDecrypted':
    case 'RehearsalStarted':
    case 'SealProposed':
    case 'SealBreakAsked':
    case 'SealApproved':
      return undefined;
  }
}

/** A message of a round: of this ceremony, by a seat of it, once, when every message of the round before is in (K1). */
function message(
  { ceremony }: Progress,
  { ceremonyId, seat }: { ceremonyId: string; seat: number },
  round: (typeof ceremonyRounds)[number],
): Said {
  if (ceremony?.id !== ceremonyId || ceremony.over) return 'in no ceremony under way';
  if (!ceremony.seats.includes(seat)) return `by seat ${seat}, which is not in the ceremony`;
  const number = ceremonyRounds.indexOf(round);
  if (number === ceremony.round + 1 && ceremony.sent.size === ceremony.seats.length) {
    ceremony.round = number;
    ceremony.sent = new Set();
  }
  if (number !== ceremony.round) return 'out of its round';
  if (ceremony.sent.has(seat)) return `by seat ${seat} a second time`;
  ceremony.sent.add(seat);
  return undefined;
}

/** A key comes at the end of its ceremony, and of nothing else. */
function published({ ceremony }: Progress, ceremonyId: string): Said {
  if (ceremony?.id !== ceremonyId || ceremony.over) return 'of another ceremony';
  ceremony.over = true;
  const complete =
    ceremony.round === ceremonyRounds.length - 1 && ceremony.sent.size === ceremony.seats.length;
  return complete ? undefined : 'before the end of the ceremony';
}

/** A key belongs to the seats that made it: afterwards only a substitute who was named takes one. */
function seated(
  known: Progress,
  { type, data }: Extract<EventOf<'board'>, { type: 'BoardMemberAppointed' | 'BoardMemberReplaced' }>,
): Said {
  const substitutes = (known.substitutes ??= new Map<number, string>());
  const { seat, staffId } = data;
  if (type === 'BoardMemberReplaced')
    return substitutes.get(seat) === staffId ? undefined : 'by somebody who is not the substitute';
  if (data.office !== officeOf(seat)) return 'to a seat of another office';
  if (data.substitute) substitutes.set(seat, staffId);
  else if (known.key) return 'after the key was made';
  return data.substitute && known.closed ? 'while a seal holds' : undefined;
}

function officeOf(seat: number): string {
  return seat === 1 ? 'president' : seat === 2 ? 'secretary' : 'delegate';
}

function elector(known: Progress, event: EventOf<'elector'>): Said {
  const wrong = begins(known, event.type === 'ElectorRegistered');
  if (wrong !== undefined) return wrong;
  switch (event.type) {
    case 'ElectorRemoved': {
      const again = known.removed;
      known.removed = true;
      return again ? 'a second time' : undefined;
    }
    case 'CodeReassortRequested':
      known.asked = event.data.linkId;
      return known.removed ? 'of an elector who was removed' : undefined;
    case 'VotingCodeReassorted': {
      const { asked } = known;
      delete known.asked;
      return asked === event.data.linkId ? undefined : 'under no link that was asked for';
    }
    case 'AccountActivated':
    case 'PasswordReset':
    case 'VotingCodeIssued':
      return known.removed ? 'of an elector who was removed' : undefined;
    case 'ElectorRegistered':
    case 'ElectorCorrected':
    case 'ContactChanged':
    case 'ActivationLinkIssued':
    case 'MailBounced':
    case 'PasswordResetRequested':
    case 'NoticeDelivered':
      return undefined;
  }
}

function box(known: Progress, event: EventOf<'box'>): Said {
  const wrong = begins(known, event.type === 'BoxOpened');
  if (wrong !== undefined) return wrong;
  const live = known.box === 'open' || known.box === 'suspended';
  const frozen = known.box === 'frozen';
  switch (event.type) {
    case 'BoxOpened':
      known.box = 'open';
      return undefined;
    case 'BoxSuspended':
      if (known.box !== 'open') return 'where nobody votes';
      known.box = 'suspended';
      return byTwo(event.data);
    case 'BoxResumed':
      if (known.box !== 'suspended') return 'where voting goes on';
      known.box = 'open';
      return byTwo(event.data);
    case 'BoxExtended':
      return live ? byTwo(event.data) : 'after the freeze';
    case 'VotesCast': {
      const expected = (known.batches ?? 0) + 1;
      known.batches = event.data.batch;
      if (known.box === 'suspended') return 'while voting is suspended';
      if (!live) return 'after the freeze';
      return event.data.batch === expected ? undefined : `numbered ${event.data.batch}, not ${expected}`;
    }
    case 'BoxFrozen':
      known.box = 'frozen';
      return live ? undefined : 'a second time';
    case 'DiscrepancyStated': {
      if (live) return 'before the freeze';
      if (known.closed) return 'after the key of the register was destroyed';
      const { names, matched, signatures, ballots } = event.data;
      const [before, figures] = [known.fixed, [names, matched, signatures, ballots].join(' ')];
      known.fixed = figures; // again only where something else was found
      return before === figures ? 'a second time' : byTwo(event.data);
    }
    case 'RegisterKeyDestroyed': {
      const again = known.closed;
      known.closed = true;
      return frozen && !again ? undefined : 'not once, after the freeze';
    }
    case 'TallyEncrypted': {
      const again = known.tallied;
      known.tallied = true;
      return frozen && !again ? undefined : 'not once, after the freeze';
    }
    case 'PartialDecryptionFiled':
    case 'PartialDecryptionRejected':
      return frozen && known.tallied ? undefined : 'without an encrypted tally';
    case 'TieDrawn':
      return frozen ? undefined : 'not before the result';
    case 'ResultProclaimed':
      known.box = 'proclaimed';
      return frozen && known.tallied ? undefined : 'not once, after the tally';
    case 'ObservationWritten':
      if (live) return 'before the freeze';
      return known.signed ? 'after the minutes were signed' : undefined;
    case 'MinutesSigned': {
      const first = !known.signed;
      known.signed = true;
      if (known.box !== 'proclaimed') return 'before the result';
      return first && event.data.office !== 'secretary' ? 'before the secretary' : undefined;
    }
  }
}

/** Nobody alone stops or prolongs a vote, replaces the software, or has a count go on over a discrepancy. */
function byTwo({ staffIds }: { readonly staffIds: readonly string[] }): Said {
  return new Set(staffIds).size > 1 ? undefined : 'by one person alone';
}

/** One mailing of an election after the other. */
function mailing(known: Progress, event: EventOf<'mailing'>): Said {
  if (event.type === 'MailingTested') return undefined;
  const before = known.asked;
  if (event.type === 'MailingOrdered') {
    known.asked = event.data.mailingId;
    return before === undefined ? undefined : 'while another mailing goes on';
  }
  delete known.asked;
  return before === event.data.mailingId ? undefined : 'of a mailing that does not go on';
}

function small(known: Progress, event: EventOf<'claim' | 'assistance' | 'staff'>): Said {
  const first = ['ClaimFiled', 'AssistanceRequested', 'StaffAdded'].includes(event.type);
  return begins(known, first);
}
