import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../ledger/refusal.js';
import { Log } from '../../operations/log.js';
import { Transparency } from '../../transparency/transparency.js';

const TRIES = 20;
const PAUSE = 200; // milliseconds

/** Whether the witnesses of the log have seen a freeze: nothing is decrypted before (design 6). */
@Injectable()
export class Witnessing {
  private readonly seen = new Set<string>();

  constructor(
    private readonly transparency: Transparency,
    private readonly log: Log,
  ) {}

  /** A checkpoint over the freeze of this box has the quorum of the policy. What was witnessed once stays so. */
  async hasSeen(scrutinId: string): Promise<boolean> {
    if (this.seen.has(scrutinId)) return true;
    if ((await this.transparency.checkpoints.ofFreeze(scrutinId)) === undefined) return false;
    this.seen.add(scrutinId);
    return true;
  }

  /**
   * Asks the witnesses for a checkpoint now, where one of these freezes waits for it: the next of the clock may be a minute
   * away. What fails here is tried again by the clock.
   */
  async hurry(scrutinIds: readonly string[]): Promise<void> {
    const seen = await Promise.all(scrutinIds.map((scrutinId) => this.hasSeen(scrutinId)));
    if (seen.every(Boolean)) return;
    try {
      await this.inTheTree(scrutinIds);
      await this.transparency.signWhenCaughtUp();
    } catch (error) {
      if (!(error instanceof Refusal))
        this.log.pino.warn({ err: error }, 'no checkpoint over the freeze yet');
    }
  }
  /** The tree follows the ledger by moments. */
  private async inTheTree(scrutinIds: readonly string[]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const leaves = await Promise.all(scrutinIds.map((id) => this.transparency.log.freezeLeaf(id)));
      if (leaves.every((leaf) => leaf !== undefined)) return;
      await sleep(PAUSE);
    }
  }
}
