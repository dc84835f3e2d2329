import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import { Refusal } from '../ledger/refusal.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Every election with its calendar: what the portal shows to everybody. */
export const elections: Projection = {
  name: 'elections',
  role: 'register',
  tables: ['read_register.elections'],
  apply({ event }) {
    if (!isOf(event, 'election')) return [];
    switch (event.type) {
      case 'ElectionDeclared': {
        const { electionId, title, preset } = event.data;
        return [{ name: 'declared', text: DECLARED, values: [electionId, title, preset] }];
      }
      case 'ElectionRenamed':
        return [{ name: 'renamed', text: RENAMED, values: [event.data.electionId, event.data.title] }];
      case 'CalendarSet': {
        const { electionId, portalOpensAt, votingOpensAt, votingClosesAt, graceMinutes } = event.data;
        const { listsShownAt, candidatesDueAt, candidatesShownAt, noticesFrom } = event.data;
        const optional = [listsShownAt, candidatesDueAt, candidatesShownAt, noticesFrom];
        const values = [electionId, portalOpensAt, votingOpensAt, votingClosesAt, graceMinutes];
        return [
          {
            name: 'calendar',
            text: CALENDAR,
            values: [...values, ...optional.map((date) => date ?? null)],
          },
        ];
      }
      case 'ListsClosed':
        return [{ name: 'closed', text: CLOSED, values: [event.data.electionId, event.data.at] }];
      case 'ElectionOpened':
      case 'ElectionClosed':
      case 'IncidentLogged':
      case 'InterventionLogged':
      case 'BuildReplaced':
      case 'EarlierTurnoutFiled':
        return [];
      default:
        return never(event);
    }
  },
};

const DECLARED = 'insert into read_register.elections (election_id, title, preset) values ($1, $2, $3)';
const RENAMED = 'update read_register.elections set title = $2 where election_id = $1';
const CALENDAR = `update read_register.elections
  set portal_opens_at = $2, voting_opens_at = $3, voting_closes_at = $4, grace_minutes = $5,
      lists_shown_at = $6, candidates_due_at = $7, candidates_shown_at = $8, notices_from = $9
  where election_id = $1`;
const CLOSED = 'update read_register.elections set lists_closed_at = $2 where election_id = $1';

export interface ElectionRow {
  readonly electionId: string;
  readonly title: string;
  readonly preset: '2022' | '2026';
  /** Undefined until the calendar is set. */
  readonly calendar:
    | {
        readonly portalOpensAt: Date;
        readonly votingOpensAt: Date;
        readonly votingClosesAt: Date;
        readonly graceMinutes: number;
        readonly listsShownAt: Date | undefined;
        readonly candidatesDueAt: Date | undefined;
        readonly candidatesShownAt: Date | undefined;
        readonly noticesFrom: Date | undefined;
      }
    | undefined;
  /** Since when no list changes (CGFP 528). */
  readonly listsClosedAt: Date | undefined;
}

/** All elections, the one whose vote opens first at the top. `tx` is a connection of the register's role. */
export async function listElections(tx: Queryable): Promise<ElectionRow[]> {
  const { rows } = await tx.query<Row>(`${SELECT} order by voting_opens_at nulls last, election_id`);
  return rows.map(electionOf);
}

/** The election that a page speaks of where none is asked for: the first whose vote is not over, else the last. */
export function presentElection(elections: readonly ElectionRow[], now: string): ElectionRow | undefined {
  const ahead = elections.find(({ calendar }) => !calendar || calendar.votingClosesAt.toISOString() > now);
  return ahead ?? elections.at(-1);
}

/** All elections, and the one that was asked for or is held now. Refuses where none is declared. */
export async function chosenElection(
  tx: Queryable,
  asked: string | undefined,
  now: string,
): Promise<{ readonly elections: readonly ElectionRow[]; readonly electionId: string }> {
  const elections = await listElections(tx);
  const electionId = asked ?? presentElection(elections, now)?.electionId;
  if (electionId === undefined) throw new Refusal('election.none', 'No election is declared yet.');
  return { elections, electionId };
}

/** One election, undefined when there is none of this id (a UUID). */
export async function findElection(tx: Queryable, electionId: string): Promise<ElectionRow | undefined> {
  const { rows } = await tx.query<Row>(`${SELECT} where election_id = $1`, [electionId]);
  return rows[0] && electionOf(rows[0]);
}

interface Row {
  election_id: string;
  title: string;
  preset: '2022' | '2026';
  portal_opens_at: Date | null;
  voting_opens_at: Date | null;
  voting_closes_at: Date | null;
  grace_minutes: number | null;
  lists_shown_at: Date | null;
  candidates_due_at: Date | null;
  candidates_shown_at: Date | null;
  notices_from: Date | null;
  lists_closed_at: Date | null;
}

const SELECT = 'select * from read_register.elections';

function electionOf(row: Row): ElectionRow {
  const { election_id: electionId, title, preset } = row;
  const { portal_opens_at, voting_opens_at, voting_closes_at, grace_minutes } = row;
  const calendar =
    portal_opens_at && voting_opens_at && voting_closes_at && grace_minutes !== null
      ? {
          portalOpensAt: portal_opens_at,
          votingOpensAt: voting_opens_at,
          votingClosesAt: voting_closes_at,
          graceMinutes: grace_minutes,
          listsShownAt: row.lists_shown_at ?? undefined,
          candidatesDueAt: row.candidates_due_at ?? undefined,
          candidatesShownAt: row.candidates_shown_at ?? undefined,
          noticesFrom: row.notices_from ?? undefined,
        }
      : undefined;
  return { electionId, title, preset, calendar, listsClosedAt: row.lists_closed_at ?? undefined };
}
