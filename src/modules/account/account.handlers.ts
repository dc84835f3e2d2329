import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { ListFence } from '../../ledger/list-fence.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  ActivateAccount,
  ChangeContact,
  CorrectElector,
  IssueActivationLink,
  RecordBounce,
  RegisterElector,
  RemoveElector,
  RequestPasswordReset,
  ResetPassword,
} from './account.commands.js';
import { account } from './account.decider.js';

/** Executes changes of the electoral lists, on the near side of `ListsClosed`. */
@Injectable()
export class ListDoor {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly clock: Clock,
  ) {}

  async change(command: RegisterElector | CorrectElector | RemoveElector): Promise<Executed> {
    const stream = `elector-${command.electorId}`;
    return this.fence.change(await this.electionOf(command, stream), () =>
      this.ledger.execute(account, stream, command, this.clock.now()),
    );
  }

  private async electionOf(command: RegisterElector | CorrectElector | RemoveElector, stream: string) {
    if (command.kind === 'RegisterElector') return command.electionId;
    const { state } = await this.ledger.load(account, stream);
    if (state.phase === 'registered') return state.electionId;
    throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
  }
}

/** Puts an elector on the lists. */
@CommandHandler(RegisterElector)
export class RegisterElectorHandler implements ICommandHandler<RegisterElector, Executed> {
  constructor(private readonly door: ListDoor) {}

  execute(command: RegisterElector): Promise<Executed> {
    return this.door.change(command);
  }
}

/** Corrects an elector of the lists (F111). */
@CommandHandler(CorrectElector)
export class CorrectElectorHandler implements ICommandHandler<CorrectElector, Executed> {
  constructor(private readonly door: ListDoor) {}

  execute(command: CorrectElector): Promise<Executed> {
    return this.door.change(command);
  }
}

/** Takes an elector off the lists (F93). */
@CommandHandler(RemoveElector)
export class RemoveElectorHandler implements ICommandHandler<RemoveElector, Executed> {
  constructor(private readonly door: ListDoor) {}

  execute(command: RemoveElector): Promise<Executed> {
    return this.door.change(command);
  }
}

/** Has the opening mail sent (F10). */
@CommandHandler(IssueActivationLink)
export class IssueActivationLinkHandler implements ICommandHandler<IssueActivationLink, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: IssueActivationLink): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Activates an account (F33). */
@CommandHandler(ActivateAccount)
export class ActivateAccountHandler implements ICommandHandler<ActivateAccount, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ActivateAccount): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Has the mail of a réassort sent (F34). */
@CommandHandler(RequestPasswordReset)
export class RequestPasswordResetHandler implements ICommandHandler<RequestPasswordReset, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RequestPasswordReset): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Sets another password (F98). */
@CommandHandler(ResetPassword)
export class ResetPasswordHandler implements ICommandHandler<ResetPassword, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ResetPassword): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Mends a professional address. */
@CommandHandler(ChangeContact)
export class ChangeContactHandler implements ICommandHandler<ChangeContact, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: ChangeContact): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** Takes note of a mail that came back (F13). */
@CommandHandler(RecordBounce)
export class RecordBounceHandler implements ICommandHandler<RecordBounce, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RecordBounce): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
  }
}

/** All that the module registers. */
export const accountHandlers = [
  ListDoor,
  RegisterElectorHandler,
  CorrectElectorHandler,
  RemoveElectorHandler,
  IssueActivationLinkHandler,
  ActivateAccountHandler,
  RequestPasswordResetHandler,
  ResetPasswordHandler,
  ChangeContactHandler,
  RecordBounceHandler,
];
