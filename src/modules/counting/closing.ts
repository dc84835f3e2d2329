import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { listElections } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { electionClosing } from './closing.decider.js';

/** The closing of elections, by itself at the hour. The scheduler calls it. */
@Injectable()
export class Closing {
  private readonly done = new Set<string>();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  /** Closes every election whose hour has come. Doing it twice closes each once. */
  async closeWhatIsDue(): Promise<void> {
    const now = this.clock.now();
    for (const { electionId, calendar } of await listElections(this.database.pool('register'))) {
      if (!calendar || Date.parse(now) < calendar.votingClosesAt.getTime() || this.done.has(electionId))
        continue;
      try {
        await this.ledger.execute(electionClosing, `election-${electionId}`, { electionId }, now);
      } catch (error) {
        if (error instanceof Refusal) continue; // never opened: nothing to close
        throw error;
      }
      this.done.add(electionId);
    }
  }
}
