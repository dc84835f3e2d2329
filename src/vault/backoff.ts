import { Injectable } from '@nestjs/common';
import { Clock } from '../ledger/clock.js';
import { TooSoon } from '../ledger/refusal.js';
import { Database } from '../storage/database.js';
import { Digests } from './digests.js';

const FREE = 3; // failures in a row that cost no wait
const LONGEST = 900; // seconds (design 8: at most fifteen minutes)
const FORGET = 3600; // seconds after the wait until failures are forgotten

/** One try of a password that was let through, counted as a failure until it is forgiven. */
export interface Try {
  /** The password was right: the browser is known from now on, and what it counted is forgotten. */
  succeeded(): Promise<void>;
  /** Nothing was tried after all (the queue was full). */
  withdrawn(): Promise<void>;
}

/**
 * Failures slow down and never lock out: they are counted by account and by browser. A browser that signed in to the account
 * before is counted by itself, so that no stranger's failures stop its owner; a link from a mail asks nobody here. Accounts
 * that do not exist are counted alike.
 */
@Injectable()
export class Backoff {
  constructor(
    private readonly database: Database,
    private readonly digests: Digests,
    private readonly clock: Clock,
  ) {}

  /** Counts a try before it is made, so that many at once do not slip through. Throws `TooSoon`. */
  async begin(account: string, browser: string): Promise<Try> {
    const pair = await this.digests.of('known-browser', account, browser);
    const keys = (await this.knows(pair))
      ? [await this.digests.of('failures', 'pair', account, browser)]
      : [
          await this.digests.of('failures', 'account', account),
          await this.digests.of('failures', 'browser', browser),
        ];
    const now = this.clock.now();
    const wait = await this.wait(keys, now);
    if (wait > 0) throw new TooSoon(wait);
    await this.count(keys, now);
    return {
      succeeded: async () => {
        await this.pool.query('delete from vault.failures where digest = any ($1)', [keys]);
        await this.know(pair);
      },
      withdrawn: async () => {
        await this.pool.query(
          'update vault.failures set count = count - 1, until = $2 where digest = any ($1) and count > 0',
          [keys, now],
        );
      },
    };
  }

  /** This browser has proved that it is the owner's, by a password or by a link of a mail. */
  async recognise(account: string, browser: string): Promise<void> {
    await this.know(await this.digests.of('known-browser', account, browser));
  }

  /** Whole seconds for which strangers to an account wait; 0 when nobody does. */
  async waitOf(account: string): Promise<number> {
    return this.wait([await this.digests.of('failures', 'account', account)], this.clock.now());
  }

  /** Removes what is forgotten. */
  async sweep(): Promise<void> {
    await this.pool.query('delete from vault.failures where forget_at < $1', [this.clock.now()]);
  }

  private get pool() {
    return this.database.pool('vault');
  }

  private async knows(pair: Buffer): Promise<boolean> {
    const { rowCount } = await this.pool.query('select from vault.known_browsers where digest = $1', [pair]);
    return rowCount === 1;
  }

  private async know(pair: Buffer): Promise<void> {
    await this.pool.query('insert into vault.known_browsers (digest) values ($1) on conflict do nothing', [
      pair,
    ]);
  }

  /** Whole seconds until the next try, 0 when it may be made now. */
  private async wait(keys: Buffer[], now: string): Promise<number> {
    const { rows } = await this.pool.query<{ seconds: number }>(
      `select coalesce(ceil(extract(epoch from max(until) - $2::timestamptz)), 0)::float8 as seconds
         from vault.failures where digest = any ($1)`,
      [keys, now],
    );
    return rows[0]?.seconds ?? 0;
  }

  /** One row a key, locked in the order of the keys. A key that another try just made wait is not counted again. */
  private async count(keys: Buffer[], now: string): Promise<void> {
    const { rowCount } = await this.pool.query(
      `insert into vault.failures as f (digest, count, until, forget_at)
         select key, 1, $2::timestamptz, $2::timestamptz + make_interval(secs => ${FORGET})
           from unnest($1::bytea[]) as key order by key
       on conflict (digest) do update set (count, until, forget_at) = (
           select n, $2::timestamptz + make_interval(secs => pause), $2::timestamptz + make_interval(secs => pause + ${FORGET})
             from (select case when f.forget_at < $2::timestamptz then 1 else f.count + 1 end as n) as counted,
                  lateral (select case when n <= ${FREE} then 0 else least(power(2, least(n - ${FREE}, 20)), ${LONGEST}) end as pause) as paused)
         where f.until <= $2::timestamptz`,
      [keys, now],
    );
    if ((rowCount ?? 0) < keys.length) throw new TooSoon(1);
  }
}
