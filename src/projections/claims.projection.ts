import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Claims against electoral lists and what was decided on them (F57, F110). */
export const claims: Projection = {
  name: 'claims',
  role: 'register',
  tables: ['read_register.claims'],
  apply({ event }) {
    if (!isOf(event, 'claim')) return [];
    switch (event.type) {
      case 'ClaimFiled': {
        const { claimId, electionId, electorId, scrutinId, text, at } = event.data;
        const values = [claimId, electionId, electorId, scrutinId ?? null, text, at];
        return [{ name: 'filed', text: FILED, values }];
      }
      case 'ClaimAnswered': {
        const { claimId, decision, text, staffId, at } = event.data;
        return [{ name: 'answered', text: ANSWERED, values: [claimId, decision, text, staffId, at] }];
      }
      default:
        return never(event);
    }
  },
};

const FILED = `insert into read_register.claims (claim_id, election_id, elector_id, scrutin_id, text, filed_at)
  values ($1, $2, $3, $4, $5, $6)`;
const ANSWERED = `update read_register.claims
  set decision = $2, answer = $3, staff_id = $4, answered_at = $5 where claim_id = $1`;

/** A claim. `text` and `answer` are the addresses of restricted documents. */
export interface ClaimRow {
  readonly claimId: string;
  readonly electionId: string;
  readonly electorId: string;
  readonly scrutinId: string | undefined;
  readonly text: string;
  readonly filedAt: Date;
  readonly decision: 'accepted' | 'refused' | 'noted' | undefined;
  readonly answer: string | undefined;
  readonly answeredAt: Date | undefined;
}

/** What nobody has answered yet, the oldest first. `tx` is a connection of the register's role. */
export async function openClaims(tx: Queryable, limit = 50): Promise<ClaimRow[]> {
  const { rows } = await tx.query<Row>(
    'select * from read_register.claims where decision is null order by filed_at, claim_id limit $1',
    [limit],
  );
  return rows.map(rowOf);
}

/** What one elector claimed, the newest first. */
export async function claimsOf(tx: Queryable, electorId: string, limit = 50): Promise<ClaimRow[]> {
  const { rows } = await tx.query<Row>(
    'select * from read_register.claims where elector_id = $1 order by filed_at desc, claim_id limit $2',
    [electorId, limit],
  );
  return rows.map(rowOf);
}

/** How many claims of an election wait for an answer: none may when it is sealed. */
export async function countOpenClaims(tx: Queryable, electionId: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    'select count(*) as count from read_register.claims where decision is null and election_id = $1',
    [electionId],
  );
  return rows[0]?.count ?? 0;
}

interface Row {
  claim_id: string;
  election_id: string;
  elector_id: string;
  scrutin_id: string | null;
  text: string;
  filed_at: Date;
  decision: ClaimRow['decision'] | null;
  answer: string | null;
  answered_at: Date | null;
}

function rowOf(row: Row): ClaimRow {
  return {
    claimId: row.claim_id,
    electionId: row.election_id,
    electorId: row.elector_id,
    scrutinId: row.scrutin_id ?? undefined,
    text: row.text,
    filedAt: row.filed_at,
    decision: row.decision ?? undefined,
    answer: row.answer ?? undefined,
    answeredAt: row.answered_at ?? undefined,
  };
}
