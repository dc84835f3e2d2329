import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Scrutins with their lists of candidates, in the drawn order once it is drawn. */
export const scrutins: Projection = {
  name: 'scrutins',
  role: 'register',
  tables: ['read_register.scrutins', 'read_register.candidate_lists'],
  apply({ event }) {
    if (!isOf(event, 'scrutin')) return [];
    switch (event.type) {
      case 'ScrutinDeclared': {
        const { scrutinId, electionId, boardId, uuid, group, code, title, body, seats, held } = event.data;
        const values = [scrutinId, electionId, boardId ?? null, uuid, group, code ?? null];
        return [{ name: 'declared', text: DECLARED, values: [...values, title, body, seats, held] }];
      }
      case 'CandidateListFiled': {
        const { scrutinId, listId, content, logo, candidates } = event.data;
        return [
          {
            name: 'filed',
            text: FILED,
            values: [scrutinId, listId, content, logo ?? null, candidates ?? null],
          },
        ];
      }
      case 'CandidateListWithdrawn':
        return [{ name: 'withdrawn', text: WITHDRAWN, values: [event.data.scrutinId, event.data.listId] }];
      case 'StatementFiled': {
        const { scrutinId, listId, statement } = event.data;
        return [{ name: 'statement', text: STATEMENT, values: [scrutinId, listId, statement] }];
      }
      case 'ListOrderDrawn': {
        const { scrutinId, seed, order } = event.data;
        return [
          { name: 'seed', text: SEED, values: [scrutinId, seed] },
          { name: 'order', text: ORDER, values: [scrutinId, order] },
        ];
      }
      default:
        return never(event);
    }
  },
};

const DECLARED = `insert into read_register.scrutins
    (scrutin_id, election_id, board_id, uuid, "group", code, title, body, seats, held)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (scrutin_id) do update set board_id = excluded.board_id, code = excluded.code, title = excluded.title,
    body = excluded.body, seats = excluded.seats, held = excluded.held`;
const FILED = `insert into read_register.candidate_lists (scrutin_id, list_id, content, logo, candidates)
    values ($1, $2, $3, $4, $5)
  on conflict (scrutin_id, list_id) do update
    set content = excluded.content, logo = excluded.logo, candidates = excluded.candidates`;
const WITHDRAWN = 'delete from read_register.candidate_lists where scrutin_id = $1 and list_id = $2';
const STATEMENT =
  'update read_register.candidate_lists set statement = $3 where scrutin_id = $1 and list_id = $2';
const SEED = 'update read_register.scrutins set seed = $2 where scrutin_id = $1';
const ORDER = `update read_register.candidate_lists set place = array_position($2::uuid[], list_id)
  where scrutin_id = $1`;

/** A list of candidates. Content, logo and statement are the addresses of public documents. */
export interface CandidateListRow {
  readonly listId: string;
  readonly content: string;
  readonly logo: string | undefined;
  readonly statement: string | undefined;
  /** How many of it may have a seat; undefined without any candidate (« sur sigle »). */
  readonly candidates: number | undefined;
  /** In the booth, from 1; undefined until the order is drawn. */
  readonly place: number | undefined;
}

/** A scrutin as it is declared now. */
export interface ScrutinRow {
  readonly scrutinId: string;
  readonly electionId: string;
  readonly boardId: string | undefined;
  readonly uuid: string;
  readonly group: 'Ed25519' | 'BELENIOS-2048';
  readonly code: string | undefined;
  readonly title: string;
  readonly body: 'CSA' | 'CAP' | 'CCP';
  readonly seats: number;
  readonly held: 'here' | 'elsewhere';
  /** What the order was drawn from. */
  readonly seed: string | undefined;
  /** In the drawn order; until it is drawn, as they were filed. */
  readonly lists: readonly CandidateListRow[];
}

/** All scrutins of an election, in the order of their declaration. `tx` is a connection of the register's role. */
export function scrutinsOfElection(tx: Queryable, electionId: string): Promise<ScrutinRow[]> {
  return read(tx, 's.election_id = $1', electionId);
}

/** The scrutins of these ids, in the order of their declaration. */
export function scrutinsOf(tx: Queryable, scrutinIds: readonly string[]): Promise<ScrutinRow[]> {
  return read(tx, 's.scrutin_id = any ($1)', scrutinIds);
}

/** The scrutins whose key a board holds. */
export function scrutinsOfBoard(tx: Queryable, boardId: string): Promise<ScrutinRow[]> {
  return read(tx, 's.board_id = $1', boardId);
}

/** One scrutin, undefined when there is none of this id (a UUID). */
export async function findScrutin(tx: Queryable, scrutinId: string): Promise<ScrutinRow | undefined> {
  const [row] = await scrutinsOf(tx, [scrutinId]);
  return row;
}

async function read(tx: Queryable, where: string, value: unknown): Promise<ScrutinRow[]> {
  const { rows } = await tx.query<Row>(
    `select s.*, coalesce((
         select json_agg(json_build_object('listId', l.list_id, 'content', l.content, 'logo', l.logo,
             'statement', l.statement, 'candidates', l.candidates, 'place', l.place) order by l.place, l.filed)
           from read_register.candidate_lists l where l.scrutin_id = s.scrutin_id), '[]') as lists
       from read_register.scrutins s where ${where} order by s.declared`,
    [value],
  );
  return rows.map(rowOf);
}

type Nullable<T> = { [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K] };

interface Row {
  scrutin_id: string;
  election_id: string;
  board_id: string | null;
  uuid: string;
  group: ScrutinRow['group'];
  code: string | null;
  title: string;
  body: ScrutinRow['body'];
  seats: number;
  held: ScrutinRow['held'];
  seed: string | null;
  lists: Nullable<CandidateListRow>[];
}

function rowOf(row: Row): ScrutinRow {
  const { uuid, group, title, body, seats, held } = row;
  return {
    scrutinId: row.scrutin_id,
    electionId: row.election_id,
    boardId: row.board_id ?? undefined,
    uuid,
    group,
    code: row.code ?? undefined,
    title,
    body,
    seats,
    held,
    seed: row.seed ?? undefined,
    lists: row.lists.map(({ logo, statement, candidates, place, ...list }) => ({
      ...list,
      candidates: candidates ?? undefined,
      logo: logo ?? undefined,
      statement: statement ?? undefined,
      place: place ?? undefined,
    })),
  };
}
