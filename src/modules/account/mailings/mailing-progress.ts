import type { Database } from '../../../storage/database.js';

/** How far a mailing has come. */
export interface Progress {
  /** The last elector that was looked at, in the order of their ids. */
  readonly after: string | undefined;
  readonly mails: number;
  /** Mailboxes that refused the letter at once. */
  readonly refused: number;
}

/** The name under which an operator pauses and resumes mailings (`isoloir reactions`); paused after a restore. */
export const MAILINGS = 'mailings';

const NOTHING: Progress = { after: undefined, mails: 0, refused: 0 };

/** How far each mailing has come, kept beside the outbox: it is no fact, and is not rebuilt. */
export class MailingProgress {
  constructor(private readonly database: Database) {}

  async of(mailingId: string): Promise<Progress> {
    return (await this.ofAll([mailingId])).get(mailingId) ?? NOTHING;
  }

  async ofAll(mailingIds: readonly string[]): Promise<ReadonlyMap<string, Progress>> {
    const { rows } = await this.database
      .pool('reactions')
      .query<{ mailing_id: string; after: string | null; mails: number; refused: number }>(
        'select * from reactions.mailings where mailing_id = any ($1)',
        [mailingIds],
      );
    return new Map(
      rows.map(({ mailing_id, after, mails, refused }) => [
        mailing_id,
        { after: after ?? undefined, mails, refused },
      ]),
    );
  }

  async save(mailingId: string, { after, mails, refused }: Progress): Promise<void> {
    await this.database.pool('reactions').query(
      `insert into reactions.mailings (mailing_id, after, mails, refused) values ($1, $2, $3, $4)
       on conflict (mailing_id) do update set after = excluded.after, mails = excluded.mails, refused = excluded.refused`,
      [mailingId, after ?? null, mails, refused],
    );
  }

  /** Whether an operator, or a restore, holds mailings back. */
  async paused(): Promise<boolean> {
    const { rows } = await this.database
      .pool('reactions')
      .query<{ paused: boolean }>('select paused from reactions.checkpoints where name = $1', [MAILINGS]);
    return rows[0]?.paused ?? false;
  }
}
