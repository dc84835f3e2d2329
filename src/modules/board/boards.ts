import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Ledger, type Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { isAdministrator } from './administrators.js';
import { AppointMember, type BoardCommand } from './board.commands.js';
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

  /** The seats of a board that an administrator has, or stands by for. */
  async administratorsOf({ seats }: Board): Promise<number[]> {
    const found: number[] = [];
    for (const [seat, { titular, substitute }] of seats)
      for (const staffId of [titular, substitute])
        if (staffId !== undefined && (await isAdministrator(this.ledger, staffId))) found.push(seat);
    return [...new Set(found)];
  }

  async execute(asked: BoardCommand): Promise<Executed> {
    const command = asked.kind === 'AppointMember' ? await this.looked(asked) : asked;
    return this.ledger.execute(boardDecider, `board-${command.boardId}`, command, this.clock.now());
  }

  private async looked(asked: AppointMember): Promise<AppointMember> {
    const { boardId, seat, office, staffId, substitute, listId } = asked;
    const administrator = await isAdministrator(this.ledger, staffId);
    return new AppointMember(boardId, seat, office, staffId, substitute, listId, administrator);
  }
}
