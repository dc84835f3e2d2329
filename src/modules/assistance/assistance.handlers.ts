import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { AnswerAssistance, RequestAssistance } from './assistance.commands.js';
import { assistance } from './assistance.decider.js';

/** Takes a request for help. */
@CommandHandler(RequestAssistance)
export class RequestAssistanceHandler implements ICommandHandler<RequestAssistance, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RequestAssistance): Promise<Executed> {
    return this.ledger.execute(assistance, `assistance-${command.assistanceId}`, command, this.clock.now());
  }
}

/** Takes the answer. */
@CommandHandler(AnswerAssistance)
export class AnswerAssistanceHandler implements ICommandHandler<AnswerAssistance, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: AnswerAssistance): Promise<Executed> {
    return this.ledger.execute(assistance, `assistance-${command.assistanceId}`, command, this.clock.now());
  }
}

/** All that the module registers. */
export const assistanceHandlers = [RequestAssistanceHandler, AnswerAssistanceHandler];
