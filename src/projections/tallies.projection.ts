import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Boxes from the opening to the result (F104). What is encrypted is in none of its rows, so no vote is before the result. */
export const tallies: Projection = {
  name: 'tallies',
  role: 'register',
  tables: ['read_register.tallies'],
  apply({ event }) {
    if (!isOf(event, 'box')) return [];
    const { scrutinId } = event.data;
    switch (event.type) {
      case 'BoxOpened': {
        const { electionId, boardId, opensAt, closesAt, graceMinutes, electionFile, roll } = event.data;
        const values = [
          scrutinId,
          electionId,
          boardId,
          closesAt,
          graceMinutes,
          electionFile,
          roll.count,
          opensAt,
        ];
        return [{ name: 'opened', text: OPENED, values }];
      }
      case 'BoxExtended':
        return [{ name: 'extended', text: EXTENDED, values: [scrutinId, event.data.closesAt] }];
      case 'BoxFrozen': {
        const { ballots, signatures, at } = event.data;
        return [{ name: 'frozen', text: FROZEN, values: [scrutinId, ballots, signatures, at] }];
      }
      case 'DiscrepancyStated':
        return [{ name: 'stated', text: STATED, values: [scrutinId] }];
      case 'RegisterKeyDestroyed':
        return [{ name: 'reconciled', text: PHASE, values: [scrutinId, 'reconciled'] }];
      case 'TallyEncrypted':
        return [{ name: 'encrypted', text: PHASE, values: [scrutinId, 'encrypted'] }];
      case 'PartialDecryptionFiled':
        return [{ name: 'filed', text: FILED, values: [scrutinId, event.data.seat] }];
      case 'PartialDecryptionRejected':
        if (event.data.reason !== 'disagrees') return [];
        return [{ name: 'taken-out', text: TAKEN_OUT, values: [scrutinId, event.data.seat] }];
      case 'TieDrawn': {
        const { step, among, drawn } = event.data;
        return [
          { name: 'drawn', text: DRAWN, values: [scrutinId, JSON.stringify([{ step, among, drawn }])] },
        ];
      }
      case 'ResultProclaimed': {
        const { votes, blank, seats, at } = event.data;
        const values = [scrutinId, JSON.stringify(votes), blank, seats, at];
        return [{ name: 'proclaimed', text: PROCLAIMED, values }];
      }
      case 'MinutesSigned':
        return [{ name: 'signed', text: SIGNED, values: [scrutinId, event.data.minutes] }];
      case 'VotesCast':
      case 'BoxSuspended':
      case 'BoxResumed':
      case 'ObservationWritten':
        return [];
      default:
        return never(event);
    }
  },
};

const OPENED = `insert into read_register.tallies
    (scrutin_id, election_id, board_id, phase, closes_at, grace_minutes, election_file, roll, opens_at)
  values ($1, $2, $3, 'open', $4, $5, $6, $7, $8)`;
const EXTENDED = 'update read_register.tallies set closes_at = $2 where scrutin_id = $1';
const FROZEN = `update read_register.tallies
  set phase = 'frozen', ballots = $2, signatures = $3, frozen_at = $4 where scrutin_id = $1`;
const STATED = 'update read_register.tallies set discrepancy = true where scrutin_id = $1';
const PHASE = 'update read_register.tallies set phase = $2 where scrutin_id = $1';
const FILED =
  'update read_register.tallies set seats_decrypted = array_append(seats_decrypted, $2::integer) where scrutin_id = $1';
const TAKEN_OUT =
  'update read_register.tallies set seats_decrypted = array_remove(seats_decrypted, $2::integer) where scrutin_id = $1';
const DRAWN = 'update read_register.tallies set draws = draws || $2::jsonb where scrutin_id = $1';
const PROCLAIMED = `update read_register.tallies
  set phase = 'proclaimed', votes = $2::jsonb, blank = $3, seats = $4, proclaimed_at = $5 where scrutin_id = $1`;
const SIGNED = 'update read_register.tallies set minutes = $2 where scrutin_id = $1';

export type TallyPhase = 'open' | 'frozen' | 'reconciled' | 'encrypted' | 'proclaimed';

/** One scrutin on its way to the result. */
export interface TallyRow {
  readonly scrutinId: string;
  readonly electionId: string;
  readonly boardId: string;
  readonly phase: TallyPhase;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly graceMinutes: number;
  readonly electionFile: string;
  /** Electors on the roll. */
  readonly roll: number;
  readonly ballots: number | null;
  readonly signatures: number | null;
  readonly frozenAt: Date | null;
  /** The board stated that names, signatures and ballots do not agree: the minutes bear a remark. */
  readonly discrepancy: boolean;
  readonly seatsDecrypted: readonly number[];
  readonly votes: readonly { listId: string; votes: number; seats: number }[] | null;
  readonly blank: number | null;
  readonly seats: string | null;
  readonly draws: readonly { step: number; among: string[]; drawn: string }[];
  readonly proclaimedAt: Date | null;
  readonly minutes: string | null;
}

const SELECT = `select scrutin_id as "scrutinId", election_id as "electionId", board_id as "boardId", phase,
  opens_at as "opensAt", closes_at as "closesAt", grace_minutes as "graceMinutes", election_file as "electionFile", roll, ballots, signatures,
  frozen_at as "frozenAt", discrepancy, seats_decrypted as "seatsDecrypted", votes, blank, seats, draws,
  proclaimed_at as "proclaimedAt", minutes from read_register.tallies`;

/** One scrutin, undefined when no box of it was opened. `tx` is a connection of the register's role, as below. */
export async function findTally(tx: Queryable, scrutinId: string): Promise<TallyRow | undefined> {
  const { rows } = await tx.query<TallyRow>(`${SELECT} where scrutin_id = $1`, [scrutinId]);
  return rows[0];
}

/** All scrutins of a board, or of an election. */
export async function talliesOf(
  tx: Queryable,
  of: { readonly boardId: string } | { readonly electionId: string },
): Promise<TallyRow[]> {
  const [column, id] = 'boardId' in of ? ['board_id', of.boardId] : ['election_id', of.electionId];
  return (await tx.query<TallyRow>(`${SELECT} where ${column} = $1 order by scrutin_id`, [id])).rows;
}

/** Those of these scrutins whose boxes were opened. */
export async function talliesByIds(tx: Queryable, scrutinIds: readonly string[]): Promise<TallyRow[]> {
  const { rows } = await tx.query<TallyRow>(`${SELECT} where scrutin_id = any ($1) order by scrutin_id`, [
    scrutinIds,
  ]);
  return rows;
}

/** Scrutins in one of these phases. */
export async function talliesIn(tx: Queryable, phases: readonly TallyPhase[]): Promise<TallyRow[]> {
  return (await tx.query<TallyRow>(`${SELECT} where phase = any ($1) order by scrutin_id`, [phases])).rows;
}
