import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection, Recorded, Statement } from './projection.js';

/**
 * What became of the mails to each elector: which came back, who never activated an account (requirements, section 3:
 * « delivery ledger per elector »). Whether a mail has left is in the outbox, which is not rebuilt.
 */
export const mailStatus: Projection = {
  name: 'mail_status',
  role: 'register',
  tables: ['read_register.mail_status', 'read_register.mail_links'],
  apply(recorded) {
    const { event } = recorded;
    if (!isOf(event, 'elector')) return [];
    switch (event.type) {
      case 'ElectorRegistered': {
        const { electorId, electionId } = event.data;
        return [{ name: 'known', text: KNOWN, rows: [[electorId, electionId, null, null, null]] }];
      }
      case 'ActivationLinkIssued':
      case 'PasswordResetRequested':
        return issued(event.data, recorded);
      case 'MailBounced': {
        const { electorId, linkId, reason, at } = event.data;
        return [{ name: 'bounced', text: BOUNCED, values: [electorId, linkId, at, reason ?? null] }];
      }
      case 'AccountActivated': {
        const { electorId, at } = event.data;
        return [{ name: 'activated', text: ACTIVATED, values: [electorId, at] }];
      }
      case 'ContactChanged':
        return [{ name: 'changed', text: CHANGED, values: [event.data.electorId] }];
      case 'ElectorRemoved':
        return [{ name: 'removed', text: REMOVED, values: [event.data.electorId] }];
      case 'ElectorCorrected':
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

function issued(
  { electorId, linkId, at }: { electorId: string; linkId: string; at: string },
  { id }: Recorded,
): Statement[] {
  return [{ name: 'known', text: KNOWN, rows: [[electorId, null, linkId, id, at]] }];
}

// Electors (with their election) and links (without) as they come, for lists of a million: of an elector the newest link
// counts, and what one statement inserts it cannot update.
const KNOWN = `with given as (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
      with ordinality as g(elector_id, election_id, link_id, event_id, issued_at, place)),
  links as (
    insert into read_register.mail_links (link_id, elector_id)
      select link_id, elector_id from given where link_id is not null),
  newest as (
    select distinct on (elector_id) * from given where link_id is not null order by elector_id, place desc),
  registered as (
    insert into read_register.mail_status (elector_id, election_id, link_id, event_id, issued_at)
      select g.elector_id, g.election_id, n.link_id, n.event_id, n.issued_at
        from given g left join newest n using (elector_id) where g.election_id is not null)
  update read_register.mail_status s
    set link_id = n.link_id, event_id = n.event_id, issued_at = n.issued_at, bounced_at = null, reason = null
    from newest n where s.elector_id = n.elector_id`;
// Only of the newest mail: when an earlier one comes back late, the later one may have arrived.
const BOUNCED = `update read_register.mail_status set bounced_at = $3, reason = $4 where elector_id = $1 and link_id = $2`;
const REMOVED = 'delete from read_register.mail_status where elector_id = $1';
const ACTIVATED = 'update read_register.mail_status set activated_at = $2 where elector_id = $1';
// What came back came from an address that counts no longer.
const CHANGED = `update read_register.mail_status
  set bounced_at = null, reason = null, activated_at = null where elector_id = $1`;

/** An elector whose mail needs a look. */
export interface MailRow {
  readonly electorId: string;
  readonly electionId: string;
  readonly linkId: string | undefined;
  /** The event that asked for the mail, by which the outbox knows it. */
  readonly eventId: string | undefined;
  readonly issuedAt: Date | undefined;
  readonly bouncedAt: Date | undefined;
  readonly reason: string | undefined;
  readonly activatedAt: Date | undefined;
}

/** Which electors to list: whose mail came back, or who never activated an account. */
export type MailTrouble = 'bounced' | 'silent';

const TROUBLE = { bounced: 'bounced_at is not null', silent: 'activated_at is null' } as const;

/** A page of the electors in trouble, in the order of their ids, after one. `tx` is a connection of the register's role. */
export async function listMailTrouble(
  tx: Queryable,
  trouble: MailTrouble,
  electionId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<MailRow[]> {
  const { rows } = await tx.query<Row>(
    `select * from read_register.mail_status where election_id = $1 and ${TROUBLE[trouble]}
        and ($2::uuid is null or elector_id > $2) order by elector_id limit $3`,
    [electionId, after ?? null, limit],
  );
  return rows.map(mailOf);
}

/** Who is to be written to: who never was, or who did not activate an account though no mail came back. */
export type Unreached = 'opening' | 'not-activated';

const UNREACHED = {
  opening: 'issued_at is null and activated_at is null',
  'not-activated': 'issued_at is not null and bounced_at is null and activated_at is null',
} as const;

/** A page of the electors to be written to, in the order of their ids, after one. `tx` is of the register's role. */
export async function listUnreached(
  tx: Queryable,
  kind: Unreached,
  electionId: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<string[]> {
  const { rows } = await tx.query<{ elector_id: string }>(
    `select elector_id from read_register.mail_status where election_id = $1 and ${UNREACHED[kind]}
        and ($2::uuid is null or elector_id > $2) order by elector_id limit $3`,
    [electionId, after ?? null, limit],
  );
  return rows.map(({ elector_id }) => elector_id);
}

/** How many there are to be written to. */
export async function countUnreached(tx: Queryable, kind: Unreached, electionId: string): Promise<number> {
  const { rows } = await tx.query<{ electors: number }>(
    `select count(*) as electors from read_register.mail_status where election_id = $1 and ${UNREACHED[kind]}`,
    [electionId],
  );
  return rows[0]?.electors ?? 0;
}

/** How many electors there are, how many never activated an account, and how many mails came back. */
export async function countMails(
  tx: Queryable,
  electionId: string,
): Promise<{ electors: number; silent: number; bounced: number }> {
  const { rows } = await tx.query<{ electors: number; silent: number; bounced: number }>(
    `select count(*) as electors, count(*) filter (where activated_at is null) as silent,
            count(*) filter (where bounced_at is not null) as bounced
       from read_register.mail_status where election_id = $1`,
    [electionId],
  );
  return rows[0] ?? { electors: 0, silent: 0, bounced: 0 };
}

/** What is known of the mails to one elector. */
export async function findMail(tx: Queryable, electorId: string): Promise<MailRow | undefined> {
  const { rows } = await tx.query<Row>('select * from read_register.mail_status where elector_id = $1', [
    electorId,
  ]);
  return rows[0] && mailOf(rows[0]);
}

/** Whose link this was. */
export async function electorOfLink(tx: Queryable, linkId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ elector_id: string }>(
    'select elector_id from read_register.mail_links where link_id = $1',
    [linkId],
  );
  return rows[0]?.elector_id;
}

interface Row {
  elector_id: string;
  election_id: string;
  link_id: string | null;
  event_id: string | null;
  issued_at: Date | null;
  bounced_at: Date | null;
  reason: string | null;
  activated_at: Date | null;
}

function mailOf(row: Row): MailRow {
  return {
    electorId: row.elector_id,
    electionId: row.election_id,
    linkId: row.link_id ?? undefined,
    eventId: row.event_id ?? undefined,
    issuedAt: row.issued_at ?? undefined,
    bouncedAt: row.bounced_at ?? undefined,
    reason: row.reason ?? undefined,
    activatedAt: row.activated_at ?? undefined,
  };
}
