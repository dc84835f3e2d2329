import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** With which file each election's turnout is compared. */
export const earlierTurnouts: Projection = {
  name: 'earlier_turnout',
  role: 'register',
  tables: ['read_register.earlier_turnout'],
  apply({ event }) {
    if (!isOf(event, 'election') || event.type !== 'EarlierTurnoutFiled') return [];
    const { electionId, file } = event.data;
    return [{ name: 'filed', text: FILED, values: [electionId, file] }];
  },
};

const FILED = `insert into read_register.earlier_turnout (election_id, file) values ($1, $2)
  on conflict (election_id) do update set file = excluded.file`;

/** The address of the file, undefined when there is none. */
export async function earlierTurnout(register: Queryable, electionId: string): Promise<string | undefined> {
  const { rows } = await register.query<{ file: string }>(
    'select file from read_register.earlier_turnout where election_id = $1',
    [electionId],
  );
  return rows[0]?.file;
}
