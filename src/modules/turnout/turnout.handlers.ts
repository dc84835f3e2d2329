import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { FileEarlierTurnout } from './turnout.commands.js';
import { comparison } from './turnout.decider.js';

/** Names the turnout of an earlier election. */
@CommandHandler(FileEarlierTurnout)
export class FileEarlierTurnoutHandler implements ICommandHandler<FileEarlierTurnout, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: FileEarlierTurnout): Promise<Executed> {
    return this.ledger.execute(comparison, `election-${command.electionId}`, command, this.clock.now());
  }
}
