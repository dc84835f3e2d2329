import { isOf } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection } from './projection.js';

/** How many have voted in each scrutin, hour by hour (F103). For the board and the administration, not for the public. */
export const turnout: Projection = {
  name: 'turnout',
  role: 'register',
  tables: ['read_register.turnout'],
  apply({ event }) {
    if (!isOf(event, 'box') || event.type !== 'VotesCast') return [];
    const { scrutinId, signatures, at } = event.data;
    return [
      {
        name: 'voted',
        text: `insert into read_register.turnout as t (scrutin_id, hour, votes)
          values ($1, date_trunc('hour', $2::timestamptz, 'UTC'), $3)
          on conflict (scrutin_id, hour) do update set votes = t.votes + excluded.votes`,
        values: [scrutinId, at, signatures.length],
      },
    ];
  },
};

/** Votes of one hour, which begins at `hour`. */
export interface TurnoutRow {
  readonly scrutinId: string;
  readonly hour: Date;
  readonly votes: number;
}

/** The hours of these scrutins in which somebody voted, in their order. */
export async function turnoutOf(register: Queryable, scrutinIds: readonly string[]): Promise<TurnoutRow[]> {
  const { rows } = await register.query<{ scrutin_id: string; hour: Date; votes: number }>(
    'select scrutin_id, hour, votes from read_register.turnout where scrutin_id = any ($1) order by scrutin_id, hour',
    [scrutinIds],
  );
  return rows.map(({ scrutin_id: scrutinId, hour, votes }) => ({ scrutinId, hour, votes }));
}

/** Votes of some scrutins together: of each, and of each hour, from one look at the table, so that the sums agree. */
export interface TurnoutSums {
  readonly byScrutin: ReadonlyMap<string, number>;
  readonly byHour: readonly { readonly hour: Date; readonly votes: number }[];
}

/** The votes of these scrutins, summed. */
export async function sumTurnout(register: Queryable, scrutinIds: readonly string[]): Promise<TurnoutSums> {
  const { rows } = await register.query<{ scrutin_id: string | null; hour: Date | null; votes: number }>(
    `select scrutin_id, hour, sum(votes)::bigint as votes from read_register.turnout where scrutin_id = any ($1)
       group by grouping sets ((scrutin_id), (hour)) order by hour`,
    [scrutinIds],
  );
  return {
    byScrutin: new Map(
      rows.flatMap(({ scrutin_id: id, votes }) => (id === null ? [] : [[id, votes] as const])),
    ),
    byHour: rows.flatMap(({ hour, votes }) => (hour === null ? [] : [{ hour, votes }])),
  };
}
