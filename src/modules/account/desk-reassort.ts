import { Injectable } from '@nestjs/common';
import { Refusal } from '../../ledger/refusal.js';
import { boardsOf } from '../../projections/boards.projection.js';
import { Database } from '../../storage/database.js';
import { Backoff } from '../../vault/backoff.js';
import { StaffCodes } from '../../vault/staff-codes.js';
import { CodeReassort } from './code-reassort.js';

/** A member of the board who stands at the desk, with the code of the application. */
export interface Approver {
  readonly login: string;
  readonly code: string;
}

/**
 * A new voting code in person, without a challenge answer (design 4): one of the staff and a member of the board of the
 * elector's scrutins together. The code is made in the browser at the desk, as that of any réassort, and counted with them.
 */
@Injectable()
export class DeskReassort {
  constructor(
    private readonly reassort: CodeReassort,
    private readonly codes: StaffCodes,
    private readonly backoff: Backoff,
    private readonly database: Database,
  ) {}

  /** The token of the page at the desk. Wrong codes slow down, whoever is named. */
  async begin(
    electorId: string,
    staffId: string,
    { login, code }: Approver,
    browser: string,
  ): Promise<string> {
    const one = await this.backoff.begin(`desk/${login.trim().toLowerCase()}`, browser);
    const member = await this.codes.approver(login, code);
    if (member === undefined)
      throw new Refusal('reassort.approver', 'Name and one-time password do not match.', 'forbidden');
    await one.succeeded();
    const boards = await boardsOf(this.database.pool('register'), member);
    const ofElector = await this.reassort.boardsOf(electorId);
    if (!boards.some(({ boardId }) => ofElector.has(boardId)))
      throw new Refusal('reassort.other-board', 'No member of a board of this elector.', 'forbidden');
    return this.reassort.requestInPerson(electorId, [staffId, member]);
  }
}
