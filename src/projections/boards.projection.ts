import type { BoardEvent } from '../events/board.events.js';
import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection, Statement } from './projection.js';

/** Boards with their members, and the scrutins that are sealed. What a ceremony said is read from the stream. */
export const boards: Projection = {
  name: 'boards',
  role: 'register',
  tables: ['read_register.boards', 'read_register.board_members', 'read_register.sealed_scrutins'],
  apply({ event }) {
    if (isOf(event, 'box'))
      return event.type === 'BoxOpened'
        ? [{ name: 'opened', text: OPENED, values: [event.data.scrutinId] }]
        : [];
    if (event.type === 'BuildReplaced') {
      const { electionId, build, booth, at } = event.data;
      return [{ name: 'build', text: BUILD, values: [electionId, build, booth, at] }];
    }
    return isOf(event, 'board') ? ofBoard(event) : [];
  },
};

function ofBoard(event: BoardEvent): readonly Statement[] {
  switch (event.type) {
    case 'BoardDeclared': {
      const { boardId, electionId, title } = event.data;
      return [{ name: 'declared', text: DECLARED, values: [boardId, electionId, title] }];
    }
    case 'BoardRenamed':
      return [{ name: 'renamed', text: RENAMED, values: [event.data.boardId, event.data.title] }];
    case 'BoardMemberAppointed': {
      const { boardId, seat, substitute, staffId } = event.data;
      const appointed = { name: 'appointed', text: APPOINTED, values: [boardId, seat, substitute, staffId] };
      return substitute
        ? [appointed]
        : [appointed, { name: 'sits', text: HOLDS, values: [boardId, seat, false] }];
    }
    case 'BoardMemberReplaced':
      return [{ name: 'replaced', text: HOLDS, values: [event.data.boardId, event.data.seat, true] }];
    case 'BoardKeyPublished': {
      const { boardId, keyHolders, publicKey } = event.data;
      return [{ name: 'key', text: KEY, values: [boardId, keyHolders, publicKey] }];
    }
    case 'SealProposed':
      return [{ name: 'proposed', text: PROPOSED, values: [event.data.boardId, event.data.opensAt] }];
    case 'ScrutinsSealed': {
      const { boardId, electionId, seal, scrutins, at } = event.data;
      return [
        { name: 'sealed', text: SEALED, values: [boardId, seal, at] },
        ...scrutins.map(({ scrutinId, uuid, electionFile, fingerprint, roll, credentials }) => ({
          name: 'scrutin',
          text: SCRUTIN,
          values: [
            ...[scrutinId, electionId, boardId, seal, uuid, electionFile, fingerprint],
            ...[roll.count, roll.root, credentials.count, credentials.root],
          ],
        })),
      ];
    }
    case 'SealBroken': {
      const { boardId, seal, reason, at } = event.data;
      return [
        { name: 'broken', text: BROKEN, values: [boardId, seal, reason, at] },
        { name: 'unsealed', text: UNSEALED, values: [boardId] },
      ];
    }
    case 'CeremonyStarted':
    case 'KeyHolderCertified':
    case 'KeySharesCommitted':
    case 'KeySharesOpened':
    case 'KeySharesDealt':
    case 'KeyHolderCompleted':
    case 'KeyComplaintFiled':
    case 'CeremonyAborted':
    case 'PracticeCompleted':
    case 'RehearsalStarted':
    case 'RehearsalDecrypted':
    case 'DecryptionRehearsed':
    case 'SealApproved':
    case 'SealBreakAsked':
      return [];
    default:
      return never(event);
  }
}

const DECLARED = 'insert into read_register.boards (board_id, election_id, title) values ($1, $2, $3)';
const RENAMED = 'update read_register.boards set title = $2 where board_id = $1';
const APPOINTED = `insert into read_register.board_members (board_id, seat, substitute, staff_id, holds)
    values ($1, $2, $3, $4, not $3)
  on conflict (board_id, seat, substitute) do update set staff_id = excluded.staff_id`;
const HOLDS = `update read_register.board_members set holds = (substitute = $3)
  where board_id = $1 and seat = $2`;
const KEY = 'update read_register.boards set key_holders = $2, public_key = $3 where board_id = $1';
const PROPOSED = 'update read_register.boards set opens_at = $2 where board_id = $1';
const SEALED = `update read_register.boards
  set seal = $2, sealed_at = $3, replaced_build = null, replaced_booth = null, replaced_at = null where board_id = $1`;
// Of what is sealed now: a board that seals later seals the software that runs then.
const BUILD = `update read_register.boards set replaced_build = $2, replaced_booth = $3, replaced_at = $4
  where election_id = $1 and seal is not null`;
const SCRUTIN = `insert into read_register.sealed_scrutins
    (scrutin_id, election_id, board_id, seal, uuid, election_file, fingerprint, roll, roll_root, credentials, credentials_root)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (scrutin_id) do update set seal = excluded.seal`;
const BROKEN = `update read_register.boards
  set seal = null, sealed_at = null, broken_seal = $2, broken_why = $3, broken_at = $4 where board_id = $1`;
const UNSEALED = 'delete from read_register.sealed_scrutins where board_id = $1 and not opened';
const OPENED = 'update read_register.sealed_scrutins set opened = true where scrutin_id = $1';

/** A board as the pages list it. */
export interface BoardRow {
  readonly boardId: string;
  readonly electionId: string;
  readonly title: string;
  /** Address of `trustees.json`; undefined until there is a key. */
  readonly keyHolders: string | undefined;
  readonly publicKey: string | undefined;
  /** Address of what was sealed; undefined while nothing is. */
  readonly seal: string | undefined;
  readonly sealedAt: Date | undefined;
  /** The software that counts since, in the place of the one that was sealed. */
  readonly replaced: { readonly build: string; readonly booth: string; readonly at: Date } | undefined;
  /** The newest seal that was broken, shown to everybody. */
  readonly broken: { readonly seal: string; readonly reason: string; readonly at: Date } | undefined;
}

/** All boards, by title. `tx` is a connection of the register's role. */
export async function listBoards(tx: Queryable): Promise<BoardRow[]> {
  const { rows } = await tx.query<Row>('select * from read_register.boards order by title, board_id');
  return rows.map(rowOf);
}

/** The boards in which one of the staff has a seat, or is the substitute of one. */
export async function boardsOf(tx: Queryable, staffId: string): Promise<BoardRow[]> {
  const { rows } = await tx.query<Row>(
    `select * from read_register.boards where board_id in
       (select board_id from read_register.board_members where staff_id = $1) order by title, board_id`,
    [staffId],
  );
  return rows.map(rowOf);
}

/** One board, undefined when there is none of this id (a UUID). */
export async function findBoard(tx: Queryable, boardId: string): Promise<BoardRow | undefined> {
  const { rows } = await tx.query<Row>('select * from read_register.boards where board_id = $1', [boardId]);
  return rows[0] && rowOf(rows[0]);
}

/** What was sealed for a scrutin. */
export interface SealedScrutinRow {
  readonly scrutinId: string;
  readonly electionId: string;
  readonly boardId: string;
  readonly seal: string;
  readonly uuid: string;
  readonly electionFile: string;
  readonly fingerprint: string;
  readonly roll: { readonly count: number; readonly root: string };
  readonly credentials: { readonly count: number; readonly root: string };
  /** Whether its box is open, or was. */
  readonly opened: boolean;
}

/** Those of these scrutins that are sealed now. */
export async function sealedScrutins(
  tx: Queryable,
  scrutinIds: readonly string[],
): Promise<SealedScrutinRow[]> {
  const { rows } = await tx.query<SealedRow>(
    'select * from read_register.sealed_scrutins where scrutin_id = any ($1) order by scrutin_id',
    [scrutinIds],
  );
  return rows.map(sealedOf);
}

/** The sealed scrutins of an election. */
export async function sealedOfElection(tx: Queryable, electionId: string): Promise<SealedScrutinRow[]> {
  const { rows } = await tx.query<SealedRow>(
    'select * from read_register.sealed_scrutins where election_id = $1 order by scrutin_id',
    [electionId],
  );
  return rows.map(sealedOf);
}

/** The boards whose hour has come and that have boxes to open. */
export async function boardsToOpen(tx: Queryable, now: string): Promise<string[]> {
  const { rows } = await tx.query<{ board_id: string }>(
    `select distinct board_id from read_register.sealed_scrutins join read_register.boards using (board_id)
       where not opened and opens_at <= $1`,
    [now],
  );
  return rows.map(({ board_id }) => board_id);
}

/** A board whose sealed software counts: no result is proclaimed yet in one of its scrutins at least. */
export interface UnfinishedBoard extends BoardRow {
  /** Whether one of its boxes is open. */
  readonly voting: boolean;
}

/** The boards with scrutins between seal and result. */
export async function unfinishedBoards(tx: Queryable): Promise<UnfinishedBoard[]> {
  const { rows } = await tx.query<Row & { voting: boolean }>(
    `select b.*, coalesce(bool_or(x.phase in ('open', 'suspended')), false) as voting
       from read_register.boards b join read_register.sealed_scrutins z using (board_id)
       left join read_register.boxes x on x.scrutin_id = z.scrutin_id
       where b.seal is not null and x.phase is distinct from 'proclaimed' group by b.board_id order by b.board_id`,
  );
  return rows.map((row) => ({ ...rowOf(row), voting: row.voting }));
}

/** Scrutins held here whose hour has come and that nobody sealed: they stay shut, and somebody must know. */
export async function unsealedAtTheHour(tx: Queryable, now: string): Promise<string[]> {
  const { rows } = await tx.query<{ scrutin_id: string }>(
    `select s.scrutin_id from read_register.scrutins s join read_register.elections e using (election_id)
       left join read_register.sealed_scrutins z on z.scrutin_id = s.scrutin_id
       where s.held = 'here' and s.board_id is not null and z.scrutin_id is null
         and e.voting_opens_at <= $1 and e.voting_closes_at > $1 order by s.scrutin_id`,
    [now],
  );
  return rows.map(({ scrutin_id }) => scrutin_id);
}

interface Row {
  board_id: string;
  election_id: string;
  title: string;
  key_holders: string | null;
  public_key: string | null;
  seal: string | null;
  sealed_at: Date | null;
  replaced_build: string | null;
  replaced_booth: string | null;
  replaced_at: Date | null;
  broken_seal: string | null;
  broken_why: string | null;
  broken_at: Date | null;
}

interface SealedRow {
  scrutin_id: string;
  election_id: string;
  board_id: string;
  seal: string;
  uuid: string;
  election_file: string;
  fingerprint: string;
  roll: number;
  roll_root: string;
  credentials: number;
  credentials_root: string;
  opened: boolean;
}

function rowOf(row: Row): BoardRow {
  const { broken_seal: seal, broken_why: reason, broken_at: at } = row;
  const { replaced_build: build, replaced_booth: booth, replaced_at } = row;
  return {
    boardId: row.board_id,
    electionId: row.election_id,
    title: row.title,
    keyHolders: row.key_holders ?? undefined,
    publicKey: row.public_key ?? undefined,
    seal: row.seal ?? undefined,
    sealedAt: row.sealed_at ?? undefined,
    replaced: build !== null && booth !== null && replaced_at ? { build, booth, at: replaced_at } : undefined,
    broken: seal !== null && reason !== null && at ? { seal, reason, at } : undefined,
  };
}

function sealedOf(row: SealedRow): SealedScrutinRow {
  return {
    scrutinId: row.scrutin_id,
    electionId: row.election_id,
    boardId: row.board_id,
    seal: row.seal,
    uuid: row.uuid,
    electionFile: row.election_file,
    fingerprint: row.fingerprint,
    roll: { count: row.roll, root: row.roll_root },
    credentials: { count: row.credentials, root: row.credentials_root },
    opened: row.opened,
  };
}
