import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** Réassorts of voting codes, asked for and completed: the board sees how many, and an unusual number rings (design 4). */
export const reassorts: Projection = {
  name: 'reassorts',
  role: 'register',
  tables: ['read_register.reassorts'],
  apply({ event }) {
    if (!isOf(event, 'elector')) return [];
    if (event.type === 'CodeReassortRequested') {
      const { linkId, electorId, channel, at } = event.data;
      return [{ name: 'asked', text: ASKED, values: [linkId, electorId, channel, at] }];
    }
    if (event.type === 'VotingCodeReassorted') {
      const { linkId, at } = event.data;
      return [{ name: 'completed', text: COMPLETED, values: [linkId, at] }];
    }
    return [];
  },
};

const ASKED = `insert into read_register.reassorts (link_id, elector_id, channel, asked_at) values ($1, $2, $3, $4)`;
const COMPLETED = 'update read_register.reassorts set completed_at = $2 where link_id = $1';

/** Réassorts of a scrutin's electors. */
export interface ReassortCount {
  readonly scrutinId: string;
  readonly asked: number;
  readonly completed: number;
  readonly inPerson: number;
}

/** How many codes were asked for again and made anew among the electors of each scrutin; one without any is not in it. */
export async function countReassorts(
  tx: Queryable,
  scrutinIds: readonly string[],
): Promise<ReadonlyMap<string, ReassortCount>> {
  const { rows } = await tx.query<ReassortCount>(
    `select scrutin_id as "scrutinId", count(*) as asked, count(completed_at) as completed,
            count(completed_at) filter (where channel = 'in-person') as "inPerson"
       from read_register.reassorts join read_register.scrutin_electors using (elector_id)
      where scrutin_id = any ($1) group by scrutin_id`,
    [scrutinIds],
  );
  return new Map(rows.map((row) => [row.scrutinId, row]));
}

/** Above this share of a roll, and this number, réassorts of a scrutin are unusual. */
const UNUSUAL = { share: 0.02, number: 10 };

/** Whether so many réassorts are unusual for a roll: somebody may be making codes for those who do not vote (D.2). */
export function isUnusual(completed: number, roll: number): boolean {
  return completed >= UNUSUAL.number && completed > roll * UNUSUAL.share;
}
