import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import type { Occasion } from '../../mail/letters.js';
import { findElection } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';

const DAY = 86_400_000;
const LINK_LIFE = 90 * DAY;

/** What mails say of an election, and how long the links in them live. */
@Injectable()
export class Occasions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** `portal` is where people reach it, without a slash at the end. */
  async of(electionId: string, portal: string): Promise<Occasion> {
    const election = await findElection(this.database.pool('register'), electionId);
    if (!election) throw new Error('the read model does not show this election yet');
    const { title, calendar } = election;
    return { title, opens: calendar?.votingOpensAt, closes: calendar?.votingClosesAt, portal: `${portal}/` };
  }

  /** The last minute of an opening link that is issued now. */
  linkUntil(): string {
    return new Date(Date.parse(this.clock.now()) + LINK_LIFE).toISOString();
  }
}
