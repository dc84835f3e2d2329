import type { Database } from '../storage/database.js';

/**
 * The minute of each elector's last sign-in, for « Dernière connexion » (F6). Most sign in once, to vote, so that beside the
 * minutes of thin batches these rows would lead to ballots: no back-up holds them, and they go when a register key goes.
 */
export class SignIns {
  constructor(private readonly database: Database) {}

  /** Notes a sign-in, and gives the minute of the one before. */
  async note(electorId: string, minute: string): Promise<Date | undefined> {
    const { rows } = await this.database.pool('vault').query<{ minute: Date }>(
      `with before as (select minute from vault.sign_ins where elector_id = $1),
            noted as (insert into vault.sign_ins (elector_id, minute) values ($1, $2)
                      on conflict (elector_id) do update set minute = excluded.minute)
       select minute from before`,
      [electorId, minute],
    );
    return rows[0]?.minute;
  }

  /** Forgets them all, also of those who still vote elsewhere: nobody needs them. */
  async forget(): Promise<void> {
    await this.database.pool('vault').query('delete from vault.sign_ins');
  }
}
