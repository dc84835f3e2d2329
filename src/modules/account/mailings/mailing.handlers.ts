import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../ledger/clock.js';
import { Ledger, type Executed } from '../../../ledger/ledger.js';
import {
  EndMailing,
  NoteMailingTest,
  OrderMailing,
  StopMailing,
  type MailingCommand,
} from './mailing.commands.js';
import { mailing } from './mailing.decider.js';

/** What the organiser allows (`REMIND_ABSTAINERS`). */
export class MailingRules {
  constructor(readonly abstainersMayBeReminded: boolean) {}
}

/** Executes commands of mailings under the rules of the organiser. */
@Injectable()
export class MailingDoor {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly rules: MailingRules,
  ) {}

  execute(command: MailingCommand): Promise<Executed> {
    const { abstainersMayBeReminded } = this.rules;
    const request = { command, abstainersMayBeReminded };
    return this.ledger.execute(mailing, `mailing-${command.electionId}`, request, this.clock.now());
  }
}

/** Takes note of a test. */
@CommandHandler(NoteMailingTest)
export class NoteMailingTestHandler implements ICommandHandler<NoteMailingTest, Executed> {
  constructor(private readonly door: MailingDoor) {}

  execute(command: NoteMailingTest): Promise<Executed> {
    return this.door.execute(command);
  }
}

/** Orders a mailing. */
@CommandHandler(OrderMailing)
export class OrderMailingHandler implements ICommandHandler<OrderMailing, Executed> {
  constructor(private readonly door: MailingDoor) {}

  execute(command: OrderMailing): Promise<Executed> {
    return this.door.execute(command);
  }
}

/** Stops a mailing. */
@CommandHandler(StopMailing)
export class StopMailingHandler implements ICommandHandler<StopMailing, Executed> {
  constructor(private readonly door: MailingDoor) {}

  execute(command: StopMailing): Promise<Executed> {
    return this.door.execute(command);
  }
}

/** Ends a mailing. */
@CommandHandler(EndMailing)
export class EndMailingHandler implements ICommandHandler<EndMailing, Executed> {
  constructor(private readonly door: MailingDoor) {}

  execute(command: EndMailing): Promise<Executed> {
    return this.door.execute(command);
  }
}

/** All that the module registers. */
export const mailingHandlers = [
  MailingDoor,
  NoteMailingTestHandler,
  OrderMailingHandler,
  StopMailingHandler,
  EndMailingHandler,
];
