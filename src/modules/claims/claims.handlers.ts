import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { ListFence } from '../../ledger/list-fence.js';
import { findElection } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { AnswerClaim, FileClaim } from './claims.commands.js';
import { claim } from './claims.decider.js';

/** Takes a claim, from the day on which lists are shown until they are closed. */
@CommandHandler(FileClaim)
export class FileClaimHandler implements ICommandHandler<FileClaim, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  async execute(command: FileClaim): Promise<Executed> {
    const now = this.clock.now();
    const { closed } = await this.fence.state(command.electionId);
    const election = await findElection(this.database.pool('register'), command.electionId);
    const shown = election?.calendar?.listsShownAt;
    const early = shown !== undefined && shown.getTime() > Date.parse(now);
    const claims = closed ? 'closed' : early ? 'early' : 'open';
    return this.ledger.execute(claim, `claim-${command.claimId}`, { command, claims }, now);
  }
}

/** Takes what was decided. */
@CommandHandler(AnswerClaim)
export class AnswerClaimHandler implements ICommandHandler<AnswerClaim, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: AnswerClaim): Promise<Executed> {
    const stream = `claim-${command.claimId}`;
    return this.ledger.execute(claim, stream, { command, claims: 'closed' }, this.clock.now());
  }
}

/** All that the module registers. */
export const claimHandlers = [FileClaimHandler, AnswerClaimHandler];
