import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { EventStore } from '../../ledger/event-store.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { ListFence } from '../../ledger/list-fence.js';
import { Database } from '../../storage/database.js';
import {
  CloseLists,
  DeclareElection,
  LogIncident,
  LogIntervention,
  RenameElection,
  SetCalendar,
} from './election.commands.js';
import { election } from './election.decider.js';
import { anySealed } from './sealed-boards.js';

/** Declares an election. */
@CommandHandler(DeclareElection)
export class DeclareElectionHandler implements ICommandHandler<DeclareElection, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: DeclareElection): Promise<Executed> {
    return this.ledger.execute(election, `election-${command.electionId}`, command, this.clock.now());
  }
}

/** Corrects the title of an election, unless it is sealed: no seal is approved meanwhile. */
@CommandHandler(RenameElection)
export class RenameElectionHandler implements ICommandHandler<RenameElection, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  execute({ electionId, title, by }: RenameElection): Promise<Executed> {
    return this.fence.alone(electionId, async () => {
      const sealed = await anySealed(this.store, this.database, electionId);
      const command = new RenameElection(electionId, title, by, sealed);
      return this.ledger.execute(election, `election-${electionId}`, command, this.clock.now());
    });
  }
}

/** Sets the calendar of an election, unless it is sealed: no seal is approved meanwhile. */
@CommandHandler(SetCalendar)
export class SetCalendarHandler implements ICommandHandler<SetCalendar, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  execute({ electionId, calendar }: SetCalendar): Promise<Executed> {
    return this.fence.alone(electionId, async () => {
      const sealed = await anySealed(this.store, this.database, electionId);
      const command = new SetCalendar(electionId, calendar, sealed);
      return this.ledger.execute(election, `election-${electionId}`, command, this.clock.now());
    });
  }
}

/** Closes the lists: waits for the changes under way, lets no later one begin. */
@CommandHandler(CloseLists)
export class CloseListsHandler implements ICommandHandler<CloseLists, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly clock: Clock,
  ) {}

  execute(command: CloseLists): Promise<Executed> {
    const { electionId } = command;
    return this.fence.alone(electionId, () =>
      this.ledger.execute(election, `election-${electionId}`, command, this.clock.now()),
    );
  }
}

/** Enters an incident in the journal of an election. */
@CommandHandler(LogIncident)
export class LogIncidentHandler implements ICommandHandler<LogIncident, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: LogIncident): Promise<Executed> {
    return this.ledger.execute(election, `election-${command.electionId}`, command, this.clock.now());
  }
}

/** Enters an intervention in the journal of an election. */
@CommandHandler(LogIntervention)
export class LogInterventionHandler implements ICommandHandler<LogIntervention, Executed> {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  execute(command: LogIntervention): Promise<Executed> {
    return this.ledger.execute(election, `election-${command.electionId}`, command, this.clock.now());
  }
}

/** All that the module registers. */
export const electionHandlers = [
  DeclareElectionHandler,
  RenameElectionHandler,
  SetCalendarHandler,
  CloseListsHandler,
  LogIncidentHandler,
  LogInterventionHandler,
];
