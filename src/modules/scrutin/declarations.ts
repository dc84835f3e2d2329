import { Injectable, NotFoundException } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { beleniosUuidOf, scrutinIdOf } from '../../election-file/derived-ids.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { listBoards } from '../../projections/boards.projection.js';
import { findElection } from '../../projections/elections.projection.js';
import { findScrutin, scrutinsOfElection, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { DeclareScrutin, type ScrutinDescription } from './scrutin.commands.js';

/** What somebody says of a scrutin; its uuid is ours to choose. */
export type Declared = Omit<ScrutinDescription, 'uuid' | 'code'> & { readonly code: string };

/** Scrutins as administrators declare them by hand: under the same ids as the file of the election would (apply again: nothing). */
@Injectable()
export class Declarations {
  constructor(
    private readonly commands: CommandBus,
    private readonly database: Database,
  ) {}

  /** Declares a scrutin in an election. */
  async declare(electionId: string, said: Declared): Promise<Executed & { scrutinId: string }> {
    const register = this.database.pool('register');
    if (!(await findElection(register, electionId))) throw new NotFoundException();
    await this.check(electionId, said);
    const usual = scrutinIdOf(electionId, said.code);
    // A scrutin that had this code first and has another now keeps its id.
    const scrutinId = (await findScrutin(register, usual)) ? randomUUID() : usual;
    const description = { ...said, uuid: beleniosUuidOf(scrutinId) };
    const executed = await this.commands.execute<DeclareScrutin, Executed>(
      new DeclareScrutin(scrutinId, electionId, description),
    );
    return { ...executed, scrutinId };
  }

  /** Corrects what may be corrected; uuid and group stay. */
  async correct(scrutin: ScrutinRow, said: Omit<Declared, 'group'>): Promise<Executed> {
    const { scrutinId, electionId, uuid, group } = scrutin;
    await this.check(electionId, said, scrutinId);
    return this.commands.execute<DeclareScrutin, Executed>(
      new DeclareScrutin(scrutinId, electionId, { ...said, uuid, group }),
    );
  }

  /** A code names one scrutin of the election, and its board is of the same election. */
  private async check(
    electionId: string,
    { code, boardId }: Pick<Declared, 'code' | 'boardId'>,
    own?: string,
  ): Promise<void> {
    const register = this.database.pool('register');
    const scrutins = await scrutinsOfElection(register, electionId);
    if (scrutins.some((one) => one.code === code && one.scrutinId !== own))
      throw new Refusal('scrutin.code-taken', 'Another scrutin of this election has this code.');
    if (boardId === undefined) return;
    const boards = await listBoards(register);
    if (!boards.some((one) => one.boardId === boardId && one.electionId === electionId))
      throw new Refusal('scrutin.board-unknown', 'No board of this election has this id.');
  }
}
