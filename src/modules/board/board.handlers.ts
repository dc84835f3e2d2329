import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Executed } from '../../ledger/ledger.js';
import {
  AbortCeremony,
  AppointMember,
  DeclareBoard,
  ReplaceMember,
  StartCeremony,
} from './board.commands.js';
import { Boards } from './boards.js';

/** Declares a board. */
@CommandHandler(DeclareBoard)
export class DeclareBoardHandler implements ICommandHandler<DeclareBoard, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: DeclareBoard): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Gives a seat. */
@CommandHandler(AppointMember)
export class AppointMemberHandler implements ICommandHandler<AppointMember, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: AppointMember): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Lets a substitute take a seat. */
@CommandHandler(ReplaceMember)
export class ReplaceMemberHandler implements ICommandHandler<ReplaceMember, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ReplaceMember): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Begins a key ceremony. */
@CommandHandler(StartCeremony)
export class StartCeremonyHandler implements ICommandHandler<StartCeremony, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: StartCeremony): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Ends a key ceremony without a key. */
@CommandHandler(AbortCeremony)
export class AbortCeremonyHandler implements ICommandHandler<AbortCeremony, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: AbortCeremony): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** All that the module registers. What needs the cryptography or many look-ups goes through its services. */
export const boardHandlers = [
  DeclareBoardHandler,
  AppointMemberHandler,
  ReplaceMemberHandler,
  StartCeremonyHandler,
  AbortCeremonyHandler,
];
