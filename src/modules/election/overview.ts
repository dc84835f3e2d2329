import { Injectable } from '@nestjs/common';
import { inParis } from '../../http/paris-time.js';
import { listBoards } from '../../projections/boards.projection.js';
import { countElectors } from '../../projections/electors.projection.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';

/** Fewer electors than this, and a result tells how somebody voted (requirements, DH-3). */
const FEW = 10;

/** How far the setting-up of an election is: its scrutins and its boards, and what each still lacks. */
@Injectable()
export class Overview {
  constructor(private readonly database: Database) {}

  async of(electionId: string) {
    const register = this.database.pool('register');
    const [scrutins, all] = await Promise.all([
      scrutinsOfElection(register, electionId),
      listBoards(register),
    ]);
    const electors = await countElectors(
      register,
      scrutins.map(({ scrutinId }) => scrutinId),
    );
    const boards = all.filter((board) => board.electionId === electionId);
    const titles = new Map(boards.map(({ boardId, title }) => [boardId, title]));
    return {
      scrutins: scrutins.map(({ scrutinId, code, title, body, seats, held, boardId, lists, seed }) => {
        const count = electors.get(scrutinId) ?? 0;
        return {
          ...{ scrutinId, code, title, body, seats, here: held === 'here' },
          board: titles.get(boardId ?? ''),
          lists: lists.length,
          statements: lists.filter(({ statement }) => statement !== undefined).length,
          drawn: seed !== undefined && lists.every(({ place }) => place !== undefined),
          electors: count,
          few: held === 'here' && count < FEW,
        };
      }),
      boards: boards.map(({ boardId, title, publicKey, sealedAt }) => ({
        boardId,
        title,
        key: publicKey !== undefined,
        sealed: sealedAt && inParis(sealedAt),
      })),
    };
  }
}
