import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import type { Occasion } from '../../mail/letters.js';
import { extendedScrutins } from '../../projections/boxes.projection.js';
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
    const closes = calendar && (await this.closes(electionId, calendar.votingClosesAt));
    const portalOpens = calendar?.portalOpensAt;
    const later = portalOpens && portalOpens > new Date(this.clock.now()) ? portalOpens : undefined;
    return { title, portalOpens: later, opens: calendar?.votingOpensAt, closes, portal: `${portal}/` };
  }

  /** The closing; once it is past, the last one of the scrutins that were extended. */
  private async closes(electionId: string, closes: Date): Promise<Date> {
    if (closes > new Date(this.clock.now())) return closes;
    const extended = await extendedScrutins(this.database.pool('register'), electionId);
    return extended.at(-1)?.closesAt ?? closes;
  }

  /** The last minute of an opening link that is issued now. */
  linkUntil(): string {
    return new Date(Date.parse(this.clock.now()) + LINK_LIFE).toISOString();
  }
}
