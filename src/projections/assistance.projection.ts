import { isOf } from '../events/codec.js';
import { never } from '../events/event.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Requests for assistance and their answers (F61), for those who asked and those who answer. */
export const assistance: Projection = {
  name: 'assistance',
  role: 'register',
  tables: ['read_register.assistance'],
  apply({ event }) {
    if (!isOf(event, 'assistance')) return [];
    switch (event.type) {
      case 'AssistanceRequested': {
        const { assistanceId, electorId, text, at } = event.data;
        return [{ name: 'asked', text: ASKED, values: [assistanceId, electorId ?? null, text, at] }];
      }
      case 'AssistanceAnswered': {
        const { assistanceId, staffId, text, at } = event.data;
        return [{ name: 'answered', text: ANSWERED, values: [assistanceId, staffId, text, at] }];
      }
      default:
        return never(event);
    }
  },
};

const ASKED =
  'insert into read_register.assistance (assistance_id, elector_id, question, asked_at) values ($1, $2, $3, $4)';
const ANSWERED = `update read_register.assistance
  set staff_id = $2, answer = $3, answered_at = $4 where assistance_id = $1`;

/** A request for assistance. `question` and `answer` are the addresses of restricted documents. */
export interface AssistanceRow {
  readonly assistanceId: string;
  readonly electorId: string | undefined;
  readonly question: string;
  readonly askedAt: Date;
  readonly answer: string | undefined;
  readonly answeredAt: Date | undefined;
}

/**
 * What nobody has answered yet, the oldest first; what was asked after the request `after`, whether or not that one was
 * answered since. `tx` is a connection of the register's role.
 */
export async function openAssistance(tx: Queryable, limit: number, after?: string): Promise<AssistanceRow[]> {
  const { rows } = await tx.query<Row>(
    `select * from read_register.assistance where answer is null and ($2::uuid is null or (asked_at, assistance_id) >
       (select asked_at, assistance_id from read_register.assistance where assistance_id = $2))
      order by asked_at, assistance_id limit $1`,
    [limit, after],
  );
  return rows.map(rowOf);
}

/** What one elector asked, the newest first. */
export async function assistanceOf(tx: Queryable, electorId: string, limit = 50): Promise<AssistanceRow[]> {
  const { rows } = await tx.query<Row>(
    'select * from read_register.assistance where elector_id = $1 order by asked_at desc, assistance_id limit $2',
    [electorId, limit],
  );
  return rows.map(rowOf);
}

interface Row {
  assistance_id: string;
  elector_id: string | null;
  question: string;
  asked_at: Date;
  answer: string | null;
  answered_at: Date | null;
}

function rowOf(row: Row): AssistanceRow {
  return {
    assistanceId: row.assistance_id,
    electorId: row.elector_id ?? undefined,
    question: row.question,
    askedAt: row.asked_at,
    answer: row.answer ?? undefined,
    answeredAt: row.answered_at ?? undefined,
  };
}
