import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Refusal } from '../../ledger/refusal.js';
import type { DecryptionVerdict } from '../../verification/count-worker.js';
import { Adding } from './adding.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { FilePartialDecryption, RejectPartialDecryption } from './counting.commands.js';
import { EarlyAttempts } from './early-attempts.js';
import { Proclaiming } from './proclaiming.js';
import { Witnessing } from './witnessing.js';

/** What a holder sends for one scrutin. */
export interface HoldersPart {
  readonly scrutinId: string;
  readonly decryption: string;
  readonly binding: string;
}

/** What became of it. */
export interface Filed {
  readonly scrutinId: string;
  readonly verdict: Exclude<DecryptionVerdict, 'other-share'> | 'refused';
  /** Why it was refused without being judged. */
  readonly code?: string;
  /** The result could be proclaimed with it. */
  readonly proclaimed: boolean;
}

const AT_ONCE = 8;

/** Parts of holders, for all scrutins of their board in one action (design 5). Each is judged on its own. */
@Injectable()
export class Decrypting {
  constructor(
    private readonly commands: CommandBus,
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly adding: Adding,
    private readonly proclaiming: Proclaiming,
    private readonly witnessing: Witnessing,
    private readonly early: EarlyAttempts,
  ) {}

  /**
   * Judges, files and, where every part of the key has its quorum, proclaims. A part that comes before its box may be decrypted
   * is entered in the journal; when all do, nothing happened and all is refused.
   */
  async file(boardId: string, staffId: string, parts: readonly HoldersPart[]): Promise<Filed[]> {
    const { board, seat } = await this.boards.memberOf(boardId, staffId);
    const owner = board.owners.indexOf(seat) + 1;
    if (owner === 0)
      throw new Refusal('counting.no-share', 'This seat holds no share of the key.', 'forbidden');
    const ids = new Set(board.scrutins.map(({ scrutinId }) => scrutinId));
    const own = new Set(parts.map(({ scrutinId }) => scrutinId).filter((id) => ids.has(id)));
    const tooEarly = await this.tooEarly(own);
    if (tooEarly.size > 0) await this.early.note(board.electionId, staffId, tooEarly);
    const [refusal] = tooEarly.values();
    if (refusal && parts.every(({ scrutinId }) => tooEarly.has(scrutinId))) throw refusal;
    const filed: Filed[] = [];
    const waiting = [...parts];
    await this.witnessing.hurry([...own].filter((id) => !tooEarly.has(id)));
    const work = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        const { scrutinId } = part;
        if (!ids.has(scrutinId)) {
          filed.push({ scrutinId, verdict: 'refused', code: 'counting.other-board', proclaimed: false });
        } else filed.push(await this.one(part, { seat, owner, staffId }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return filed;
  }

  private async tooEarly(scrutinIds: Iterable<string>): Promise<ReadonlyMap<string, Refusal>> {
    const refused = new Map<string, Refusal>();
    for (const scrutinId of scrutinIds) {
      const refusal = await this.early.refusalOf(scrutinId);
      if (refusal) refused.set(scrutinId, refusal);
    }
    return refused;
  }

  private async one(
    { scrutinId, decryption, binding }: HoldersPart,
    { seat, owner, staffId }: { seat: number; owner: number; staffId: string },
  ): Promise<Filed> {
    try {
      const { opened, tally } = await this.boxes.of(scrutinId);
      const witnessed = await this.witnessing.hasSeen(scrutinId);
      if (!tally) throw new Refusal('counting.not-encrypted', 'The encrypted tally was not stated yet.');
      const [election, keyHolders] = await Promise.all([
        this.boards.text(opened.electionFile),
        this.boards.text(opened.keyHolders),
      ]);
      const task = { election, keyHolders, tally: tally.tally, owner, decryption, binding };
      const verdict = await this.adding.verifier.judge(task);
      if (verdict === 'other-share')
        throw new Refusal('counting.other-share', 'This part was made with the share of another seat.');
      if (verdict !== 'valid') {
        await this.commands.execute(new RejectPartialDecryption(scrutinId, seat, staffId, verdict));
        return { scrutinId, verdict, proclaimed: false };
      }
      await this.commands.execute(
        new FilePartialDecryption(scrutinId, seat, owner, decryption, binding, staffId, witnessed),
      );
      return { scrutinId, verdict, proclaimed: await this.proclaiming.whenDecrypted(scrutinId) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { scrutinId, verdict: 'refused', code: error.code, proclaimed: false };
    }
  }
}
