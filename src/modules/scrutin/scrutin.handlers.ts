import { Injectable } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { ListFence, type ListsState } from '../../ledger/list-fence.js';
import { Refusal } from '../../ledger/refusal.js';
import {
  DeclareScrutin,
  DrawListOrder,
  FileCandidateList,
  FileStatement,
  WithdrawCandidateList,
  type ScrutinCommand,
} from './scrutin.commands.js';
import { scrutin } from './scrutin.decider.js';

/** Executes what changes a scrutin, on the near side of `ListsClosed` where it changes what is listed. */
@Injectable()
export class ScrutinDoor {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly clock: Clock,
  ) {}

  /** A change that `ListsClosed` ends. */
  async fenced(command: ScrutinCommand): Promise<Executed> {
    const electionId = await this.electionOf(command);
    return this.fence.change(electionId, (state) => this.execute(command, state));
  }

  /** A change that may come after it: the order is drawn from the lists that are there. */
  async open(command: ScrutinCommand): Promise<Executed> {
    return this.execute(command, await this.fence.state(await this.electionOf(command)));
  }

  private execute(command: ScrutinCommand, election: ListsState): Promise<Executed> {
    const stream = `scrutin-${command.scrutinId}`;
    return this.ledger.execute(scrutin, stream, { command, election }, this.clock.now());
  }

  private async electionOf(command: ScrutinCommand): Promise<string> {
    if (command.kind === 'DeclareScrutin') return command.electionId;
    const { state } = await this.ledger.load(scrutin, `scrutin-${command.scrutinId}`);
    if (state.phase === 'declared') return state.electionId;
    throw new Refusal('scrutin.not-declared', 'No scrutin of this id was declared.');
  }
}

/** Declares a scrutin. */
@CommandHandler(DeclareScrutin)
export class DeclareScrutinHandler implements ICommandHandler<DeclareScrutin, Executed> {
  constructor(private readonly door: ScrutinDoor) {}

  execute(command: DeclareScrutin): Promise<Executed> {
    return this.door.fenced(command);
  }
}

/** Files a list of candidates. */
@CommandHandler(FileCandidateList)
export class FileCandidateListHandler implements ICommandHandler<FileCandidateList, Executed> {
  constructor(private readonly door: ScrutinDoor) {}

  execute(command: FileCandidateList): Promise<Executed> {
    return this.door.fenced(command);
  }
}

/** Takes a list of candidates back. */
@CommandHandler(WithdrawCandidateList)
export class WithdrawCandidateListHandler implements ICommandHandler<WithdrawCandidateList, Executed> {
  constructor(private readonly door: ScrutinDoor) {}

  execute(command: WithdrawCandidateList): Promise<Executed> {
    return this.door.fenced(command);
  }
}

/** Files a statement. */
@CommandHandler(FileStatement)
export class FileStatementHandler implements ICommandHandler<FileStatement, Executed> {
  constructor(private readonly door: ScrutinDoor) {}

  execute(command: FileStatement): Promise<Executed> {
    return this.door.fenced(command);
  }
}

/** Draws the order of the lists. */
@CommandHandler(DrawListOrder)
export class DrawListOrderHandler implements ICommandHandler<DrawListOrder, Executed> {
  constructor(private readonly door: ScrutinDoor) {}

  execute(command: DrawListOrder): Promise<Executed> {
    return this.door.open(command);
  }
}

/** All that the module registers. */
export const scrutinHandlers = [
  ScrutinDoor,
  DeclareScrutinHandler,
  FileCandidateListHandler,
  WithdrawCandidateListHandler,
  FileStatementHandler,
  DrawListOrderHandler,
];
