import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { ReassortVotingCode, RequestCodeReassort } from './code.commands.js';
import { code } from './code.decider.js';

/** Takes note that a link to a new voting code is asked for; where it goes is no part of it (F50). */
@CommandHandler(RequestCodeReassort)
export class RequestCodeReassortHandler implements ICommandHandler<RequestCodeReassort, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RequestCodeReassort): Promise<Executed> {
    return this.ledger.execute(code, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Replaces the gate key of an elector: the old voting code is worth nothing from there on (F51). */
@CommandHandler(ReassortVotingCode)
export class ReassortVotingCodeHandler implements ICommandHandler<ReassortVotingCode, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ReassortVotingCode): Promise<Executed> {
    return this.ledger.execute(code, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** All that the module registers. */
export const codeHandlers = [RequestCodeReassortHandler, ReassortVotingCodeHandler];
