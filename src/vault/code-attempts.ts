import type { Database } from '../storage/database.js';
import type { Digests } from './digests.js';

/** Tries at proving who one is for another voting code: five a day and account, wherever they come from (design 4). */
export class CodeAttempts {
  private static readonly MOST = 5;

  constructor(
    private readonly database: Database,
    private readonly digests: Digests,
  ) {}

  /** Counts a try before it is made, so that many at once do not slip through. False when the day's are used up. */
  async begin(electorId: string, day: string): Promise<boolean> {
    const { rowCount } = await this.database.pool('vault').query(
      `insert into vault.code_attempts as a (digest, day, count) values ($1, $2, 1)
       on conflict (digest, day) do update set count = a.count + 1 where a.count < ${CodeAttempts.MOST}`,
      [await this.digests.of('code-attempts', electorId), day],
    );
    return rowCount === 1;
  }

  /** Takes a try back: it was right, or nothing could be sent. */
  async withdraw(electorId: string, day: string): Promise<void> {
    await this.database
      .pool('vault')
      .query(
        'update vault.code_attempts set count = count - 1 where digest = $1 and day = $2 and count > 0',
        [await this.digests.of('code-attempts', electorId), day],
      );
  }
}
