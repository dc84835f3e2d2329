import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { MailingKind } from '../events/mailing.events.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** The mailings that were ordered, and which one goes on. */
export const mailings: Projection = {
  name: 'mailings',
  role: 'register',
  tables: ['read_register.mailings'],
  apply({ event }) {
    if (!isOf(event, 'mailing')) return [];
    switch (event.type) {
      case 'MailingTested':
        return [];
      case 'MailingOrdered': {
        const { mailingId, electionId, kind, perMinute, staffId, at } = event.data;
        return [
          { name: 'ordered', text: ORDERED, values: [mailingId, electionId, kind, perMinute, staffId, at] },
        ];
      }
      case 'MailingStopped': {
        const { mailingId, staffId, at } = event.data;
        return [{ name: 'stopped', text: STOPPED, values: [mailingId, staffId, at] }];
      }
      case 'MailingEnded': {
        const { mailingId, mails, at } = event.data;
        return [{ name: 'ended', text: ENDED, values: [mailingId, mails, at] }];
      }
      default:
        return never(event);
    }
  },
};

const ORDERED = `insert into read_register.mailings (mailing_id, election_id, kind, per_minute, staff_id, ordered_at)
  values ($1, $2, $3, $4, $5, $6)`;
const STOPPED = 'update read_register.mailings set stopped_by = $2, over_at = $3 where mailing_id = $1';
const ENDED = 'update read_register.mailings set mails = $2, over_at = $3 where mailing_id = $1';

/** One mailing. */
export interface MailingRow {
  readonly mailingId: string;
  readonly electionId: string;
  readonly kind: MailingKind;
  readonly perMinute: number;
  readonly staffId: string;
  readonly orderedAt: Date;
  /** Who stopped it; undefined when it went to its end or goes on. */
  readonly stoppedBy: string | undefined;
  /** Undefined while it goes on. */
  readonly overAt: Date | undefined;
  /** How many mails there were, at its end. */
  readonly mails: number | undefined;
}

interface Row {
  mailing_id: string;
  election_id: string;
  kind: MailingKind;
  per_minute: number;
  staff_id: string;
  ordered_at: Date;
  stopped_by: string | null;
  over_at: Date | null;
  mails: number | null;
}

/** The mailings of an election, the newest first. `tx` is a connection of the register's role. */
export async function mailingsOf(tx: Queryable, electionId: string): Promise<MailingRow[]> {
  const { rows } = await tx.query<Row>(
    'select * from read_register.mailings where election_id = $1 order by ordered_at desc, mailing_id limit 100',
    [electionId],
  );
  return rows.map(rowOf);
}

/** Those that go on, of all elections. */
export async function mailingsUnderWay(tx: Queryable): Promise<MailingRow[]> {
  const { rows } = await tx.query<Row>(
    'select * from read_register.mailings where over_at is null order by ordered_at, mailing_id',
  );
  return rows.map(rowOf);
}

/** Whether a mailing goes on still. */
export async function isUnderWay(tx: Queryable, mailingId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from read_register.mailings where mailing_id = $1 and over_at is null',
    [mailingId],
  );
  return rowCount === 1;
}

function rowOf(row: Row): MailingRow {
  return {
    mailingId: row.mailing_id,
    electionId: row.election_id,
    kind: row.kind,
    perMinute: row.per_minute,
    staffId: row.staff_id,
    orderedAt: row.ordered_at,
    stoppedBy: row.stopped_by ?? undefined,
    overAt: row.over_at ?? undefined,
    mails: row.mails ?? undefined,
  };
}
