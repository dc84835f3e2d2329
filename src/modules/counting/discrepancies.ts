import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import { talliesOf } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { FoundDiscrepancies, type Asked, type FoundDiscrepancy } from '../../vault/found-discrepancies.js';
import { memberOf, type Board } from './board-fold.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { StateDiscrepancy, type Member } from './counting.commands.js';
import { requireSound, requireTwo, same, type Figures, type Stated } from './discrepancy.decider.js';
import { Reconciling } from './reconciling.js';

/** A frozen scrutin that does not agree, as its board sees it. */
export interface Discrepancy extends Figures {
  readonly scrutinId: string;
  readonly rootAgrees: boolean;
  readonly keyAgrees: boolean;
  /** What a member would state, and who; somebody who has left the board since is not named. */
  readonly asked: (Asked & { readonly by: Member | undefined }) | undefined;
  /** What was stated of these very figures. */
  readonly stated:
    (Pick<Stated, 'at'> & { readonly by: readonly Member[]; readonly text: string }) | undefined;
}

/** Where names, signatures and ballots do not agree, two members of the board state it, and the count goes on (CGFP R. 211-574). */
@Injectable()
export class Discrepancies {
  constructor(
    private readonly commands: CommandBus,
    private readonly boards: Boards,
    private readonly boxes: Boxes,
    private readonly reconciling: Reconciling,
    private readonly found: FoundDiscrepancies,
    private readonly documents: Documents,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those of a board. */
  async of(boardId: string): Promise<Discrepancy[]> {
    const board = await this.boards.of(boardId);
    const rows = await talliesOf(this.database.pool('register'), { boardId });
    const found = await this.found.of(rows.map(({ scrutinId }) => scrutinId));
    return Promise.all(found.map((one) => this.viewOf(board, one)));
  }

  /** A member asks that this be stated. Nothing is public yet. */
  async ask(boardId: string, staffId: string, scrutinId: string, text: string): Promise<string> {
    await this.boards.memberOf(boardId, staffId);
    const one = (await this.of(boardId)).find((other) => other.scrutinId === scrutinId);
    if (!one) throw new Refusal('counting.no-discrepancy', 'No discrepancy was found in this scrutin.');
    requireSound(one);
    if (one.stated) throw new Refusal('counting.discrepancy-stated', 'This discrepancy was stated.');
    return this.found.ask(scrutinId, { text, staffId, askedAt: new Date(this.clock.now()) });
  }

  /** Another member approves: all is compared once more, and it is stated if that gives what both have read. */
  async approve(boardId: string, staffId: string, requestId: string): Promise<void> {
    const approving = memberOf((await this.boards.memberOf(boardId, staffId)).board, staffId);
    const one = await this.asked(boardId, requestId);
    if (!one) throw new Refusal('counting.no-request', 'Nothing of this kind waits.');
    if (!one.asked.by || !approving)
      throw new Refusal('counting.asker-left', 'Who asked is no member of the board any more.');
    const found = await this.reconciling.compare(one.scrutinId);
    if (!same(found, one)) {
      await this.found.keep(found);
      throw new Refusal('counting.other-figures', 'Something else was found than what was asked about.');
    }
    const members = [one.asked.by, approving] as const;
    requireTwo(members); // before the text becomes public
    const text = await this.documents.put(Buffer.from(one.asked.text), 'text/plain; charset=utf-8', 'public');
    await this.commands.execute(new StateDiscrepancy(one.scrutinId, found, text, members));
    await this.found.drop(requestId);
  }

  /** Nothing is stated after all. Twice is no error. */
  async drop(boardId: string, staffId: string, requestId: string): Promise<void> {
    await this.boards.memberOf(boardId, staffId);
    if (await this.asked(boardId, requestId)) await this.found.drop(requestId);
  }

  private async asked(boardId: string, requestId: string) {
    for (const { asked, ...one } of await this.of(boardId))
      if (asked?.requestId === requestId) return { ...one, asked };
    return undefined;
  }

  private async viewOf(board: Board, one: FoundDiscrepancy): Promise<Discrepancy> {
    const { scrutinId, names, matched, signatures, ballots, rootAgrees, keyAgrees } = one;
    const last = (await this.boxes.of(scrutinId)).stated.at(-1);
    const by = (staffIds: readonly string[]) => staffIds.flatMap((id) => memberOf(board, id) ?? []);
    return {
      ...{ scrutinId, names, matched, signatures, ballots, rootAgrees, keyAgrees },
      asked: one.requestId === null ? undefined : { ...one, by: memberOf(board, one.staffId) },
      stated:
        last && same(one, last)
          ? { at: last.at, by: by(last.staffIds), text: await this.boards.text(last.text) }
          : undefined,
    };
  }
}
