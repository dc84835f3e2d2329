import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Executed } from '../../ledger/ledger.js';
import {
  AbortCeremony,
  AppointMember,
  ApproveSeal,
  BreakSeal,
  ComplainOfShare,
  ConcludeRehearsal,
  ConcludeRound,
  DeclareBoard,
  RenameBoard,
  DecryptRehearsal,
  ProposeSeal,
  ReplaceMember,
  SpeakInCeremony,
  StartCeremony,
  StartRehearsal,
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

/** Corrects the title of a board. */
@CommandHandler(RenameBoard)
export class RenameBoardHandler implements ICommandHandler<RenameBoard, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: RenameBoard): Promise<Executed> {
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

/** Takes the message of a seat in a round. */
@CommandHandler(SpeakInCeremony)
export class SpeakInCeremonyHandler implements ICommandHandler<SpeakInCeremony, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: SpeakInCeremony): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Ends a round in which all have spoken. */
@CommandHandler(ConcludeRound)
export class ConcludeRoundHandler implements ICommandHandler<ConcludeRound, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ConcludeRound): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Takes a complaint about a share. */
@CommandHandler(ComplainOfShare)
export class ComplainOfShareHandler implements ICommandHandler<ComplainOfShare, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ComplainOfShare): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Begins a rehearsal. */
@CommandHandler(StartRehearsal)
export class StartRehearsalHandler implements ICommandHandler<StartRehearsal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: StartRehearsal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Takes a part of a rehearsal. */
@CommandHandler(DecryptRehearsal)
export class DecryptRehearsalHandler implements ICommandHandler<DecryptRehearsal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: DecryptRehearsal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Ends a rehearsal. */
@CommandHandler(ConcludeRehearsal)
export class ConcludeRehearsalHandler implements ICommandHandler<ConcludeRehearsal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ConcludeRehearsal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Proposes what is to be sealed. */
@CommandHandler(ProposeSeal)
export class ProposeSealHandler implements ICommandHandler<ProposeSeal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ProposeSeal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Approves a seal. */
@CommandHandler(ApproveSeal)
export class ApproveSealHandler implements ICommandHandler<ApproveSeal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: ApproveSeal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** Breaks a seal. */
@CommandHandler(BreakSeal)
export class BreakSealHandler implements ICommandHandler<BreakSeal, Executed> {
  constructor(private readonly boards: Boards) {}

  execute(command: BreakSeal): Promise<Executed> {
    return this.boards.execute(command);
  }
}

/** All that the module registers. Where a command carries a verdict, its service has just come to it. */
export const boardHandlers = [
  DeclareBoardHandler,
  RenameBoardHandler,
  AppointMemberHandler,
  ReplaceMemberHandler,
  StartCeremonyHandler,
  AbortCeremonyHandler,
  SpeakInCeremonyHandler,
  ConcludeRoundHandler,
  ComplainOfShareHandler,
  StartRehearsalHandler,
  DecryptRehearsalHandler,
  ConcludeRehearsalHandler,
  ProposeSealHandler,
  ApproveSealHandler,
  BreakSealHandler,
];
