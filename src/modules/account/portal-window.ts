import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import { findElection, listElections } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';

/** From when electors may come in (F1): by an identifier, by the link of a mail, by pages or by programs alike. */
@Injectable()
export class PortalWindow {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The election one comes in to: without an id that of this portal. Refuses while its portal is not open. */
  async require(electionId: string | undefined): Promise<string> {
    const register = this.database.pool('register');
    const election =
      electionId === undefined
        ? (await listElections(register))[0]
        : await findElection(register, electionId);
    if (!election?.calendar || election.calendar.portalOpensAt > new Date(this.clock.now()))
      throw new Refusal('portal.not-open', 'The portal of this election is not open yet.');
    return election.electionId;
  }
}
