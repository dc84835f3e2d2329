import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import {
  ActivateAccount,
  ChangeContact,
  IssueActivationLink,
  RecordBounce,
  RegisterElector,
  RequestPasswordReset,
  ResetPassword,
} from './account.commands.js';
import { account } from './account.decider.js';

/** Puts an elector on the lists. */
@CommandHandler(RegisterElector)
export class RegisterElectorHandler implements ICommandHandler<RegisterElector, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: RegisterElector): Promise<Executed> {
    return this.ledger.execute(account, `elector-${command.electorId}`, command, this.clock.now());
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
  RegisterElectorHandler,
  IssueActivationLinkHandler,
  ActivateAccountHandler,
  RequestPasswordResetHandler,
  ResetPasswordHandler,
  ChangeContactHandler,
  RecordBounceHandler,
];
