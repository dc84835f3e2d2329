import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { IssueVotingCode, RecordDelivery } from './notices.commands.js';
import { votingCode } from './voting-code.decider.js';

/** Lets a code open the gate. */
@CommandHandler(IssueVotingCode)
export class IssueVotingCodeHandler implements ICommandHandler<IssueVotingCode, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: IssueVotingCode): Promise<Executed> {
    return this.ledger.execute(votingCode, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Records that a notice has reached its elector. */
@CommandHandler(RecordDelivery)
export class RecordDeliveryHandler implements ICommandHandler<RecordDelivery, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RecordDelivery): Promise<Executed> {
    return this.ledger.execute(votingCode, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** All that the module registers. */
export const noticesHandlers = [IssueVotingCodeHandler, RecordDeliveryHandler];
