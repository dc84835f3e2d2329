import { ForbiddenException, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { signedIn } from '../../http/visitor.js';
import { boardsOf, listBoards, type BoardRow } from '../../projections/boards.projection.js';
import { Database } from '../../storage/database.js';
import { Boards } from './boards.js';

/** Who may look at which board, and by which names people know each other. */
@Injectable()
export class Members {
  constructor(
    private readonly database: Database,
    private readonly boards: Boards,
  ) {}

  /** The boards that who asks may see: all of them for administrators and auditors, one's own for members. */
  async boardsOf(request: Request): Promise<BoardRow[]> {
    const register = this.database.pool('register');
    const user = signedIn(request);
    if (user?.kind !== 'staff') return [];
    const all = user.roles.includes('administrator') || user.roles.includes('auditor');
    return all ? listBoards(register) : boardsOf(register, user.staffId);
  }

  /** Refuses who has neither a seat in a board nor the right to see all. */
  async requireSight(request: Request, boardId: string): Promise<void> {
    const user = signedIn(request);
    if (user?.kind !== 'staff') throw new ForbiddenException();
    if (user.roles.includes('administrator') || user.roles.includes('auditor')) return;
    const { seats } = await this.boards.of(boardId);
    const member = [...seats.values()].some(
      ({ titular, substitute }) => titular === user.staffId || substitute === user.staffId,
    );
    if (!member) throw new ForbiddenException();
  }

  /** All of the staff by the names by which they sign in, for who gives the seats. */
  async everybody(): Promise<{ staffId: string; login: string }[]> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ staff_id: string; login: string }>(
        'select staff_id, login from vault.staff_logins order by login',
      );
    return rows.map(({ staff_id: staffId, login }) => ({ staffId, login }));
  }

  /** The names by which members sign in, for the pages of the board. */
  async namesOf(staffIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.database
      .pool('vault')
      .query<{ staff_id: string; login: string }>(
        'select staff_id, login from vault.staff_logins where staff_id = any ($1)',
        [staffIds],
      );
    return new Map(rows.map(({ staff_id, login }) => [staff_id, login]));
  }
}
