import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { VaultVersion } from '../events/fields.js';
import type { Queryable } from '../storage/database.js';
import { uuids, type Projection, type Statement } from './projection.js';

/**
 * Who is on which electoral list (F101): electors by their random ids, and the version of the identity that counts. A
 * change of a list that stands after `ListsClosed` in the ledger counts for nothing and is counted (docs/adr/0010).
 */
export const electors: Projection = {
  name: 'electors',
  role: 'register',
  tables: [
    'read_register.electors',
    'read_register.scrutin_electors',
    'read_register.list_sizes',
    'read_register.closed_lists',
  ],
  apply({ event }) {
    if (isOf(event, 'election'))
      return event.type === 'ListsClosed'
        ? [{ name: 'closed', text: CLOSED, values: [event.data.electionId] }]
        : [];
    if (!isOf(event, 'elector')) return [];
    switch (event.type) {
      case 'ElectorRegistered': {
        const { electorId, electionId, identity, scrutinIds = [] } = event.data;
        const row = [electorId, electionId, identity.version, identity.sha256, uuids(scrutinIds)];
        return [{ name: 'registered', text: REGISTERED, rows: [row] }];
      }
      case 'ElectorCorrected': {
        const { electorId, identity, scrutinIds } = event.data;
        const identified = { name: 'identified', text: IDENTIFIED, values: versionOf(electorId, identity) };
        if (scrutinIds === undefined) return [identified];
        return [
          identified,
          { name: 'corrected', text: CORRECTED, values: [electorId, scrutinIds] },
          ...leave(electorId),
          enter(electorId),
        ];
      }
      case 'ContactChanged': // is on no list: also after they are closed
        return [
          {
            name: 'contact',
            text: CONTACT,
            values: versionOf(event.data.electorId, event.data.identity),
          },
        ];
      case 'ElectorRemoved':
        return [
          { name: 'removed', text: REMOVED, values: [event.data.electorId] },
          ...leave(event.data.electorId),
        ];
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'NoticeDelivered':
      case 'VotingCodeIssued':
      case 'CodeReassortRequested':
      case 'VotingCodeReassorted':
        return [];
      default:
        return never(event);
    }
  },
};

function versionOf(electorId: string, { version, sha256 }: VaultVersion): unknown[] {
  return [electorId, version, sha256];
}

function leave(electorId: string): Statement[] {
  return [
    { name: 'leave', text: LEAVE, values: [electorId] },
    { name: 'emptied', text: EMPTIED, values: [] },
  ];
}

function enter(electorId: string): Statement {
  return { name: 'enter', text: ENTER, values: [electorId] };
}

const CLOSED = 'insert into read_register.closed_lists (election_id) values ($1) on conflict do nothing';
/** Counts the rows that a common table expression has put on lists, under a name. */
const longer = (entered: string) => `insert into read_register.list_sizes as l (scrutin_id, electors)
    select scrutin_id, count(*) from ${entered} group by scrutin_id
    on conflict (scrutin_id) do update set electors = l.electors + excluded.electors`;
const REGISTERED = `with given as (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])
      as g(elector_id, election_id, identity_version, identity_sha256, scrutin_ids)),
  late as (
    update read_register.closed_lists c set late = late + (select count(*) from given g where g.election_id = c.election_id)
      where election_id in (select election_id from given) returning election_id),
  entered as (
    insert into read_register.electors (elector_id, election_id, identity_version, identity_sha256, scrutin_ids)
      select elector_id, election_id, identity_version, identity_sha256, scrutin_ids::uuid[] from given
        where election_id not in (select election_id from late) returning elector_id, scrutin_ids),
  listed as (
    insert into read_register.scrutin_electors (scrutin_id, elector_id)
      select distinct unnest(scrutin_ids), elector_id from entered on conflict do nothing returning scrutin_id)
  ${longer('listed')}`;
/** Of an elector of an election whose lists are closed: counts the change, and keeps the statement from doing it. */
const LATE = `with late as (
    update read_register.closed_lists set late = late + 1
      where election_id = (select election_id from read_register.electors where elector_id = $1) returning 1)`;
const IDENTIFIED = `${LATE}
  update read_register.electors set identity_version = $2, identity_sha256 = $3
    where elector_id = $1 and not exists (select from late)`;
const OPEN = `not exists (select from read_register.closed_lists c join read_register.electors e using (election_id)
                            where e.elector_id = $1)`;
const CORRECTED = `update read_register.electors set scrutin_ids = $2 where elector_id = $1 and ${OPEN}`;
const CONTACT =
  'update read_register.electors set identity_version = $2, identity_sha256 = $3 where elector_id = $1';
const REMOVED = `${LATE}
  delete from read_register.electors where elector_id = $1 and not exists (select from late)`;
// These bring scrutin_electors into line with what the row says, whatever was let through.
const LEAVE = `with gone as (
    delete from read_register.scrutin_electors s
      where s.elector_id = $1 and not exists (
        select from read_register.electors e where e.elector_id = $1 and s.scrutin_id = any (e.scrutin_ids))
      returning scrutin_id)
  update read_register.list_sizes l set electors = electors - 1 from gone where l.scrutin_id = gone.scrutin_id`;
const EMPTIED = 'delete from read_register.list_sizes where electors = 0';
const ENTER = `with listed as (
    insert into read_register.scrutin_electors (scrutin_id, elector_id)
      select distinct unnest(scrutin_ids), elector_id from read_register.electors where elector_id = $1
      on conflict do nothing returning scrutin_id)
  ${longer('listed')}`;

/** An elector on the lists. Who it is, the vault knows by this version. */
export interface ElectorRow {
  readonly electorId: string;
  readonly electionId: string;
  readonly identity: VaultVersion;
  readonly scrutinIds: readonly string[];
}

/** One elector, undefined when none of this id (a UUID) is on the lists. `tx` is a connection of the register's role. */
export async function findElector(tx: Queryable, electorId: string): Promise<ElectorRow | undefined> {
  const [row] = await electorsByIds(tx, [electorId]);
  return row;
}

/** Those of these electors who are on the lists. */
export async function electorsByIds(tx: Queryable, electorIds: readonly string[]): Promise<ElectorRow[]> {
  const { rows } = await tx.query<Row>(`${SELECT} where elector_id = any ($1)`, [electorIds]);
  return rows.map(rowOf);
}

/** Pages of the electors of an election, in the order of their ids. */
export async function electorsOfElection(
  tx: Queryable,
  electionId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<ElectorRow[]> {
  const { rows } = await tx.query<Row>(
    `${SELECT} where election_id = $1 and elector_id > $2 order by elector_id limit $3`,
    [electionId, after ?? FIRST, limit],
  );
  return rows.map(rowOf);
}

/** Pages of the electors of a scrutin, in the order of their ids: ids alone. */
export async function electorIdsOfScrutin(
  tx: Queryable,
  scrutinId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<string[]> {
  const { rows } = await tx.query<{ elector_id: string }>(
    `select elector_id from read_register.scrutin_electors
       where scrutin_id = $1 and elector_id > $2 order by elector_id limit $3`,
    [scrutinId, after ?? FIRST, limit],
  );
  return rows.map(({ elector_id }) => elector_id);
}

/** All electors of a scrutin, page after page. */
export async function* everyElectorIdOfScrutin(
  tx: Queryable,
  scrutinId: string,
  limit = 10_000,
): AsyncGenerator<readonly string[]> {
  for (let after: string | undefined; ;) {
    const page = await electorIdsOfScrutin(tx, scrutinId, { after, limit });
    if (page.length === 0) return;
    yield page;
    after = page.at(-1);
  }
}

/** How many electors each scrutin has; one without any is not in it. */
export async function countElectors(
  tx: Queryable,
  scrutinIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ scrutin_id: string; electors: number }>(
    'select scrutin_id, electors from read_register.list_sizes where scrutin_id = any ($1)',
    [scrutinIds],
  );
  return new Map(rows.map(({ scrutin_id, electors: count }) => [scrutin_id, count]));
}

/** How many changes stand after `ListsClosed` in the ledger and do not count; undefined while lists are open. */
export async function lateChanges(tx: Queryable, electionId: string): Promise<number | undefined> {
  const { rows } = await tx.query<{ late: number }>(
    'select late from read_register.closed_lists where election_id = $1',
    [electionId],
  );
  return rows[0]?.late;
}

const FIRST = '00000000-0000-0000-0000-000000000000';
const SELECT = 'select * from read_register.electors';

interface Row {
  elector_id: string;
  election_id: string;
  identity_version: string;
  identity_sha256: string;
  scrutin_ids: string[];
}

function rowOf(row: Row): ElectorRow {
  return {
    electorId: row.elector_id,
    electionId: row.election_id,
    identity: { version: row.identity_version, sha256: row.identity_sha256 },
    scrutinIds: row.scrutin_ids,
  };
}
