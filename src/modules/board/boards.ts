import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import type { BoardCommand } from './board.commands.js';
import { board as boardDecider } from './board.decider.js';
import { declared, type Board, type RunningCeremony } from './board.state.decider.js';

/** The streams of boards: what is known of one, and the door to it. */
@Injectable()
export class Boards {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
  ) {}

  /** What is known of a board now. Refuses one that was not declared. */
  async of(boardId: string): Promise<Board> {
    return declared((await this.ledger.load(boardDecider, `board-${boardId}`)).state);
  }

  /** The ceremony of this id, running or over. */
  async ceremony(boardId: string, ceremonyId: string): Promise<RunningCeremony> {
    const { ceremony } = await this.of(boardId);
    if (ceremony?.ceremonyId === ceremonyId) return ceremony;
    throw new Refusal('ceremony.unknown', 'The board has no ceremony of this id.');
  }

  execute(command: BoardCommand): Promise<Executed> {
    return this.ledger.execute(boardDecider, `board-${command.boardId}`, command, this.clock.now());
  }
}
