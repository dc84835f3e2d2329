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
  /** Leaves of the log that the witnesses are known to have seen: all below this one. */
  private covered = 0;

  constructor(
    private readonly transparency: Transparency,
    private readonly log: Log,
  ) {}

  /** A checkpoint over the freeze of this box has the quorum of the policy. What was witnessed once stays so. */
  async hasSeen(scrutinId: string): Promise<boolean> {
    const leaf = await this.transparency.log.freezeLeaf(scrutinId);
    if (leaf === undefined) return false;
    if (leaf >= this.covered) {
      const found = await this.transparency.checkpoints.ofFreeze(scrutinId);
      this.covered = Math.max(this.covered, found?.size ?? 0);
    }
    return leaf < this.covered;
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
