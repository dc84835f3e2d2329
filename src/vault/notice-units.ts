import type { Database } from '../storage/database.js';

/** An elector whose notice goes with those of a unit. */
export interface NoticeUnit {
  readonly electorId: string;
  readonly unit: string;
  readonly channel: 'hand' | 'post' | 'registered';
}

/** To whom notices go together (F116). Where somebody works is personal data: it is in the vault, not in a read model. */
export class NoticeUnits {
  constructor(private readonly database: Database) {}

  /** Takes note of these electors; what was noted of them before is replaced. */
  async note(electionId: string, electors: readonly NoticeUnit[]): Promise<void> {
    await this.database.pool('vault').query(
      `insert into vault.notice_units (elector_id, election_id, unit, channel)
         select elector_id, $1, unit, channel from unnest($2::uuid[], $3::text[], $4::text[]) as r(elector_id, unit, channel)
         on conflict (elector_id) do update set unit = excluded.unit, channel = excluded.channel`,
      [
        electionId,
        electors.map(({ electorId }) => electorId),
        electors.map(({ unit }) => unit),
        electors.map(({ channel }) => channel),
      ],
    );
  }

  /** Units whose name contains a text, and how many electors each has. */
  async find(electionId: string, text: string, limit = 50): Promise<{ unit: string; electors: number }[]> {
    const { rows } = await this.database.pool('vault').query<{ unit: string; electors: number }>(
      `select unit, count(*)::int as electors from vault.notice_units
        where election_id = $1 and position(lower($2) in lower(unit)) > 0 group by unit order by unit limit $3`,
      [electionId, text, limit],
    );
    return rows;
  }

  /** The electors of a unit. */
  async of(electionId: string, unit: string): Promise<NoticeUnit[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ elector_id: string; channel: NoticeUnit['channel'] }>(
        'select elector_id, channel from vault.notice_units where election_id = $1 and unit = $2 order by elector_id',
        [electionId, unit],
      );
    return rows.map(({ elector_id: electorId, channel }) => ({ electorId, unit, channel }));
  }
}
