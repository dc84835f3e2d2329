import { minBatch, type BoxEvent } from '../events/box.events.js';
import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection, Statement } from './projection.js';

/** Where each box stands: phase, times and counts. No signature, no ballot. */
export const boxes: Projection = {
  name: 'boxes',
  role: 'register',
  tables: ['read_register.boxes'],
  apply({ event }) {
    if (!isOf(event, 'box')) return [];
    const { scrutinId } = event.data;
    const phase = (to: BoxPhase): Statement => ({
      name: 'phase',
      text: 'update read_register.boxes set phase = $2 where scrutin_id = $1',
      values: [scrutinId, to],
    });
    switch (event.type) {
      case 'BoxOpened':
        return [opened(event.data)];
      case 'BoxSuspended':
        return [phase('suspended')];
      case 'BoxResumed':
        return [phase('open')];
      case 'BoxExtended':
        return [
          {
            name: 'extended',
            text: 'update read_register.boxes set closes_at = $2 where scrutin_id = $1',
            values: [scrutinId, event.data.closesAt],
          },
        ];
      case 'VotesCast': {
        const { length } = event.data.signatures;
        return [
          {
            name: 'cast',
            text: `update read_register.boxes set votes = votes + $2, batches = batches + 1, thin_batches = thin_batches + $3
              where scrutin_id = $1`,
            values: [scrutinId, length, length < minBatch ? 1 : 0],
          },
        ];
      }
      case 'BoxFrozen':
        return [phase('frozen')];
      case 'RegisterKeyDestroyed':
        return [
          {
            name: 'destroyed',
            text: 'update read_register.boxes set key_destroyed = true where scrutin_id = $1',
            values: [scrutinId],
          },
        ];
      case 'TallyEncrypted':
        return [phase('tallied')];
      case 'ResultProclaimed':
        return [phase('proclaimed')];
      case 'DiscrepancyStated':
      case 'PartialDecryptionFiled':
      case 'PartialDecryptionRejected':
      case 'TieDrawn':
      case 'ObservationWritten':
      case 'MinutesSigned':
        return [];
    }
  },
};

function opened(data: Extract<BoxEvent, { type: 'BoxOpened' }>['data']): Statement {
  const { scrutinId, electionId, boardId, opensAt, closesAt, graceMinutes } = data;
  const { electionFile, keyHolders, seal, roll } = data;
  return {
    name: 'opened',
    text: `insert into read_register.boxes (scrutin_id, election_id, board_id, phase, opens_at, closes_at, grace_minutes,
        election_file, key_holders, seal, electors) values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      ...[scrutinId, electionId, boardId, opensAt, closesAt, graceMinutes],
      ...[electionFile, keyHolders, seal, roll.count],
    ],
  };
}

/** How far a box has come. Between `closesAt` and the freeze it is still `open`: the clock says that it is not. */
export type BoxPhase = 'open' | 'suspended' | 'frozen' | 'tallied' | 'proclaimed';

export interface BoxRow {
  readonly scrutinId: string;
  readonly electionId: string;
  readonly boardId: string;
  readonly phase: BoxPhase;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly graceMinutes: number;
  /** Documents: election.json, trustees.json, and what the board sealed. */
  readonly electionFile: string;
  readonly keyHolders: string;
  readonly seal: string;
  /** On the roll. */
  readonly electors: number;
  readonly votes: number;
  readonly batches: number;
  /** Batches with fewer votes than `minBatch`. */
  readonly thinBatches: number;
  readonly keyDestroyed: boolean;
}

interface Row {
  scrutin_id: string;
  election_id: string;
  board_id: string;
  phase: BoxPhase;
  opens_at: Date;
  closes_at: Date;
  grace_minutes: number;
  election_file: string;
  key_holders: string;
  seal: string;
  electors: number;
  votes: number;
  batches: number;
  thin_batches: number;
  key_destroyed: boolean;
}

/** The box of a scrutin, undefined before its opening. */
export async function findBox(register: Queryable, scrutinId: string): Promise<BoxRow | undefined> {
  return (await findBoxes(register, [scrutinId]))[0];
}

/** The boxes of these scrutins that have been opened. */
export async function findBoxes(register: Queryable, scrutinIds: readonly string[]): Promise<BoxRow[]> {
  const { rows } = await register.query<Row>(
    'select * from read_register.boxes where scrutin_id = any ($1) order by scrutin_id',
    [scrutinIds],
  );
  return rows.map(rowOf);
}

/** A scrutin that closes later than the calendar of its election says. */
export interface ExtendedScrutin {
  readonly scrutinId: string;
  readonly title: string;
  readonly closesAt: Date;
}

/** The scrutins of an election whose closing was put off. */
export async function extendedScrutins(register: Queryable, electionId: string): Promise<ExtendedScrutin[]> {
  const { rows } = await register.query<ExtendedScrutin>(
    `select scrutin_id as "scrutinId", s.title, b.closes_at as "closesAt"
       from read_register.boxes b join read_register.scrutins s using (scrutin_id)
       join read_register.elections e on e.election_id = b.election_id
      where b.election_id = $1 and b.closes_at > e.voting_closes_at order by b.closes_at, s.declared`,
    [electionId],
  );
  return rows;
}

/** The boxes of an election that have been opened. */
export async function listBoxes(register: Queryable, electionId: string): Promise<BoxRow[]> {
  const { rows } = await register.query<Row>(
    'select * from read_register.boxes where election_id = $1 order by scrutin_id',
    [electionId],
  );
  return rows.map(rowOf);
}

function rowOf(row: Row): BoxRow {
  return {
    scrutinId: row.scrutin_id,
    electionId: row.election_id,
    boardId: row.board_id,
    phase: row.phase,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    graceMinutes: row.grace_minutes,
    electionFile: row.election_file,
    keyHolders: row.key_holders,
    seal: row.seal,
    electors: row.electors,
    votes: row.votes,
    batches: row.batches,
    thinBatches: row.thin_batches,
    keyDestroyed: row.key_destroyed,
  };
}
