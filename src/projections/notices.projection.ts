import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { VaultVersion } from '../events/fields.js';
import type { Queryable } from '../storage/database.js';
import { uuids, type Projection } from './projection.js';

/** Who needs a voting code, who has one, and whose notice is delivered (F40, F116). Names no unit and no address. */
export const notices: Projection = {
  name: 'notices',
  role: 'register',
  tables: ['read_register.notices'],
  apply({ event }) {
    if (!isOf(event, 'elector')) return [];
    switch (event.type) {
      case 'ElectorRegistered': {
        const { electorId, electionId, identity, scrutinIds = [] } = event.data;
        const row = [electorId, electionId, identity.version, identity.sha256, uuids(scrutinIds)];
        return [{ name: 'registered', text: REGISTERED, rows: [row] }];
      }
      case 'ElectorCorrected': {
        const { electorId, identity, scrutinIds } = event.data;
        const values = [electorId, identity.version, identity.sha256, scrutinIds ?? null];
        return [{ name: 'corrected', text: CORRECTED, values }];
      }
      case 'ContactChanged': {
        const { electorId, identity } = event.data;
        return [
          {
            name: 'corrected',
            text: CORRECTED,
            values: [electorId, identity.version, identity.sha256, null],
          },
        ];
      }
      case 'ElectorRemoved':
        return [{ name: 'removed', text: REMOVED, values: [event.data.electorId] }];
      case 'VotingCodeIssued':
        return [{ name: 'issued', text: ISSUED, rows: [[event.data.electorId, event.data.gateKey]] }];
      case 'VotingCodeReassorted':
        return [{ name: 'reassorted', text: REASSORTED, values: [event.data.electorId, event.data.gateKey] }];
      case 'NoticeDelivered': {
        const { electorId, channel, staffId, at } = event.data;
        return [{ name: 'delivered', text: DELIVERED, values: [electorId, channel, at, staffId ?? null] }];
      }
      case 'ActivationLinkIssued':
      case 'MailBounced':
      case 'AccountActivated':
      case 'PasswordResetRequested':
      case 'PasswordReset':
      case 'CodeReassortRequested':
        return [];
      default:
        return never(event);
    }
  },
};

const REGISTERED = `insert into read_register.notices (elector_id, election_id, identity, identity_sha256, scrutin_ids)
  select elector_id, election_id, identity, sha256, scrutin_ids::uuid[]
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[])
      as g(elector_id, election_id, identity, sha256, scrutin_ids)`;
// A code serves the scrutins it was made for: one more, and another code is needed.
const CORRECTED = `update read_register.notices set identity = $2, identity_sha256 = $3,
    needs_code = needs_code or not coalesce($4::uuid[], scrutin_ids) <@ scrutin_ids,
    scrutin_ids = coalesce($4::uuid[], scrutin_ids) where elector_id = $1`;
const REMOVED = 'delete from read_register.notices where elector_id = $1';
// A notice that replaces another one is yet to be delivered.
const ISSUED = `update read_register.notices n set gate_key = g.gate_key, needs_code = false,
    channel = null, delivered_at = null, staff_id = null
    from (select distinct on (elector_id) elector_id, gate_key
            from unnest($1::uuid[], $2::text[]) with ordinality as g(elector_id, gate_key, place)
            order by elector_id, place desc) g
    where n.elector_id = g.elector_id`;
const REASSORTED = 'update read_register.notices set gate_key = $2, needs_code = false where elector_id = $1';
const DELIVERED = `update read_register.notices
  set channel = $2, delivered_at = $3, staff_id = $4 where elector_id = $1`;

/** By which way a notice reached its elector. */
export type DeliveryChannel = 'hand' | 'post' | 'registered';

/** Where one elector's notice stands. */
export interface NoticeRow {
  readonly electorId: string;
  readonly electionId: string;
  readonly identity: VaultVersion;
  readonly scrutinIds: readonly string[];
  /** Undefined until a code is issued. */
  readonly gateKey: string | undefined;
  /** No code yet, or one that does not serve every scrutin of the elector. */
  readonly needsCode: boolean;
  readonly delivered: { readonly channel: DeliveryChannel; readonly at: Date } | undefined;
}

/** Which of an election's electors to list. */
export type NoticeSelection = 'all' | 'pending' | 'undelivered';

const CONDITION: Readonly<Record<NoticeSelection, string>> = {
  all: 'true',
  pending: 'needs_code',
  undelivered: 'delivered_at is null and gate_key is not null',
};

/** One page of the electors of an election, in the order of their ids, after the one given. */
export async function noticesOf(
  tx: Queryable,
  electionId: string,
  selection: NoticeSelection,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<NoticeRow[]> {
  const { rows } = await tx.query<Row>(
    `select * from read_register.notices where election_id = $1 and ${CONDITION[selection]}
       and ($2::uuid is null or elector_id > $2) order by elector_id limit $3`,
    [electionId, page.after ?? null, page.limit],
  );
  return rows.map(rowOf);
}

/** Where the notices of these electors stand, by elector. */
export async function noticesOfElectors(
  tx: Queryable,
  electorIds: readonly string[],
): Promise<ReadonlyMap<string, NoticeRow>> {
  const { rows } = await tx.query<Row>('select * from read_register.notices where elector_id = any ($1)', [
    electorIds,
  ]);
  return new Map(rows.map((row) => [row.elector_id, rowOf(row)]));
}

/** How many electors of an election there are, wait for a code, and have their notice. */
export async function countNotices(
  tx: Queryable,
  electionId: string,
): Promise<{ readonly electors: number; readonly pending: number; readonly delivered: number }> {
  const { rows } = await tx.query<{ electors: number; pending: number; delivered: number }>(
    `select count(*)::int as electors, (count(*) filter (where needs_code))::int as pending,
       count(delivered_at)::int as delivered from read_register.notices where election_id = $1`,
    [electionId],
  );
  return rows[0] ?? { electors: 0, pending: 0, delivered: 0 };
}

interface Row {
  elector_id: string;
  election_id: string;
  identity: string;
  identity_sha256: string;
  scrutin_ids: string[];
  gate_key: string | null;
  needs_code: boolean;
  channel: DeliveryChannel | null;
  delivered_at: Date | null;
}

function rowOf(row: Row): NoticeRow {
  return {
    electorId: row.elector_id,
    electionId: row.election_id,
    identity: { version: row.identity, sha256: row.identity_sha256 },
    scrutinIds: row.scrutin_ids,
    gateKey: row.gate_key ?? undefined,
    needsCode: row.needs_code,
    delivered: row.channel && row.delivered_at ? { channel: row.channel, at: row.delivered_at } : undefined,
  };
}
