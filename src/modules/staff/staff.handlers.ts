import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SessionStore } from '../../http/session-store.js';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Database } from '../../storage/database.js';
import { holdsSeat } from './held-seats.js';
import { AddStaff, GrantRole, IssueStaffLink, RevokeRole, SetStaffSecrets } from './staff.commands.js';
import { staff } from './staff.decider.js';

/** Lets somebody of the staff sign in. */
@CommandHandler(AddStaff)
export class AddStaffHandler implements ICommandHandler<AddStaff, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: AddStaff): Promise<Executed> {
    return this.ledger.execute(staff, `staff-${command.staffId}`, command, this.clock.now());
  }
}

/** Lets somebody set password and authenticator anew. */
@CommandHandler(IssueStaffLink)
export class IssueStaffLinkHandler implements ICommandHandler<IssueStaffLink, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: IssueStaffLink): Promise<Executed> {
    return this.ledger.execute(staff, `staff-${command.staffId}`, command, this.clock.now());
  }
}

/** Another password and another authenticator; sessions that the old ones opened end. */
@CommandHandler(SetStaffSecrets)
export class SetStaffSecretsHandler implements ICommandHandler<SetStaffSecrets, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly sessions: SessionStore,
  ) {}

  async execute(command: SetStaffSecrets): Promise<Executed> {
    const executed = await this.ledger.execute(staff, `staff-${command.staffId}`, command, this.clock.now());
    await this.sessions.endAllOf(command.staffId);
    return executed;
  }
}

/** Adds a role; it counts from the next sign-in. */
@CommandHandler(GrantRole)
export class GrantRoleHandler implements ICommandHandler<GrantRole, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ staffId, role, by }: GrantRole): Promise<Executed> {
    const seated = role === 'administrator' && (await holdsSeat(this.store, this.database, staffId));
    const command = new GrantRole(staffId, role, by, seated);
    return this.ledger.execute(staff, `staff-${command.staffId}`, command, this.clock.now());
  }
}

/** Takes a role away, at once: the sessions of its holder end. */
@CommandHandler(RevokeRole)
export class RevokeRoleHandler implements ICommandHandler<RevokeRole, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly sessions: SessionStore,
  ) {}

  async execute(command: RevokeRole): Promise<Executed> {
    const executed = await this.ledger.execute(staff, `staff-${command.staffId}`, command, this.clock.now());
    await this.sessions.endAllOf(command.staffId);
    return executed;
  }
}

/** All that the module registers. */
export const staffHandlers = [
  ...[AddStaffHandler, IssueStaffLinkHandler, SetStaffSecretsHandler],
  ...[GrantRoleHandler, RevokeRoleHandler],
];
