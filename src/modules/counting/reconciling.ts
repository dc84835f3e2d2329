import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { rootOfLines, sortedLines } from '../../crypto/line-list.js';
import { readRegister } from '../../documents/register-document.js';
import { talliesIn, talliesOf } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { FoundDiscrepancies } from '../../vault/found-discrepancies.js';
import { NoRegisterKey, RegisterKeys } from '../../vault/register-keys.js';
import { SignIns } from '../../vault/sign-ins.js';
import { Adding } from './adding.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { DestroyRegisterKey, EncryptTally } from './counting.commands.js';
import { isSettled } from './discrepancy.decider.js';
import { ElectorNames } from './elector-names.js';
import { Contradicted } from './rechecking.js';

/** Ballots that are added up while the board waits for the page: two seconds. The task of the count adds up the others. */
const AT_ONCE = 10_000;

/** What the board's tool found in one scrutin. */
export interface Reconciled {
  readonly scrutinId: string;
  readonly ballots: number;
  readonly signatures: number;
  readonly names: number;
  /** Names whose tag, made again, is a signature of the box. */
  readonly matched: number;
  /** The signatures are those whose root the freeze stated. */
  readonly rootAgrees: boolean;
  /** The register key is there, and that of the vote, as far as there is a signature. */
  readonly keyAgrees: boolean;
}

/** And what became of it. */
export interface Settled extends Reconciled {
  /** All agrees, or the board has stated what does not: the register key is destroyed. */
  readonly settled: boolean;
}

/** From the freeze to the encrypted tally: names, tags and counts are compared, then the register key dies. */
@Injectable()
export class Reconciling {
  constructor(
    private readonly commands: CommandBus,
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly names: ElectorNames,
    private readonly registerKeys: RegisterKeys,
    private readonly signIns: SignIns,
    private readonly adding: Adding,
    private readonly discrepancies: FoundDiscrepancies,
    private readonly database: Database,
  ) {}

  /** Compares the named register of a frozen scrutin with its box. Changes nothing. */
  async compare(scrutinId: string): Promise<Reconciled> {
    const { frozen, opened, ballots, signatures } = await this.boxes.of(scrutinId);
    if (!frozen) throw new RangeError('the box is not frozen');
    const tags = new Set<string>();
    for await (const event of this.boxes.events(scrutinId))
      if (event.type === 'VotesCast') for (const tag of event.data.signatures) tags.add(tag);
    const entries = [...readRegister(Buffer.from(await this.boards.text(frozen.register)))];
    const ids = [...new Set(entries.map(({ electorId }) => electorId))];
    return {
      ...{ scrutinId, ballots, signatures, names: entries.length },
      ...(await this.match(scrutinId, ids, tags, opened.rollFile)),
      rootAgrees: rootOfLines(sortedLines(tags)) === frozen.registerRoot,
    };
  }

  /** How many of these electors have signed, and whether the register key, if there is one, is that of the vote. */
  private async match(
    scrutinId: string,
    ids: readonly string[],
    signatures: ReadonlySet<string>,
    rollFile: string,
  ): Promise<Pick<Reconciled, 'matched' | 'keyAgrees'>> {
    try {
      const again = await this.registerKeys.tagsOf(scrutinId, ids);
      const matched = again.filter((tag) => signatures.has(tag)).length;
      const known = matched > 0 || signatures.size === 0;
      return { matched, keyAgrees: known || (await this.makesRoll(scrutinId, rollFile)) };
    } catch (error) {
      if (!(error instanceof NoRegisterKey)) throw error;
      return { matched: 0, keyAgrees: signatures.size === 0 };
    }
  }

  /** Whether the register key makes a tag of the sealed roll: that of the vote makes all of them. */
  private async makesRoll(scrutinId: string, rollFile: string): Promise<boolean> {
    const roll = new Set((await this.boards.text(rollFile)).split('\n'));
    for await (const ids of this.names.ofScrutin(scrutinId)) {
      const tags = await this.registerKeys.tagsOf(scrutinId, ids);
      if (tags.some((tag) => roll.has(tag))) return true;
    }
    return false;
  }

  /**
   * One action of a member for all frozen scrutins of the board: each is compared, and where all agrees, or what differs is
   * what the board stated, its register key is destroyed and its tally stated. Another is left as it is and shows why.
   */
  async reconcile(boardId: string, staffId: string): Promise<Settled[]> {
    await this.boards.memberOf(boardId, staffId);
    const rows = await talliesOf(this.database.pool('register'), { boardId });
    const compared: Settled[] = [];
    let left = AT_ONCE;
    for (const { scrutinId } of rows) {
      const box = await this.boxes.of(scrutinId);
      if (box.phase !== 'frozen') continue;
      const found = await this.compare(scrutinId);
      const settled = isSettled(box, found);
      compared.push({ ...found, settled });
      if (!settled) {
        await this.discrepancies.keep(found);
        continue;
      }
      await this.commands.execute(new DestroyRegisterKey(scrutinId, found, [staffId]));
      await this.registerKeys.destroy(scrutinId);
      await this.discrepancies.forget(scrutinId);
      await this.signIns.forget(); // they would lead from an elector to a minute, and on to a thin batch
      left -= found.ballots;
      if (left >= 0) await this.finish(scrutinId).catch(leaveToTask);
    }
    return compared;
  }

  /** Adds up what was reconciled: large boxes, and what a crash left. */
  async tend(signal?: AbortSignal): Promise<void> {
    let contradicted: Contradicted | undefined;
    for (const { scrutinId } of await talliesIn(this.database.pool('register'), ['reconciled'])) {
      if (signal?.aborted) return;
      await this.finish(scrutinId).catch((error: unknown) => {
        if (!(error instanceof Contradicted)) throw error;
        contradicted = error; // one box stops no other
      });
    }
    if (contradicted) throw contradicted; // the scheduler and readiness say so
  }

  /** The key first, and the tally only once it is gone. */
  private async finish(scrutinId: string): Promise<void> {
    await this.registerKeys.destroy(scrutinId);
    const { tally, ballots } = await this.adding.agreed(scrutinId);
    await this.commands.execute(new EncryptTally(scrutinId, tally, ballots));
  }
}

/** The board's page shows what is contradicted, and the task of the count says it again. */
function leaveToTask(error: unknown): void {
  if (!(error instanceof Contradicted)) throw error;
}
