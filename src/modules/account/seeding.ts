import { Injectable } from '@nestjs/common';
import type { VaultVersion } from '../../events/fields.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { account } from './account.decider.js';
import { enrolment } from './enrolment.decider.js';
import { Identities } from './identities.js';
import { inventedElector, inventedLink } from './invented-electors.js';

/** What to seed. */
export interface Sowing {
  readonly electionId: string;
  readonly electors: number;
  /** Which invented electors: the same number, the same people. */
  readonly seed: number;
  /** Until when the opening links hold. */
  readonly expiresAt: string;
}

const BATCH = 1_000;

/**
 * Fills an election with invented electors and has their opening mails sent, until the set-up of an election brings real
 * lists. What was there is left as it is: seeding again after a crash goes on, seeding again after the end does nothing.
 */
@Injectable()
export class Seeding {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly identities: Identities,
  ) {}

  /** Gives the number of electors that are new. `progress` is told how many are looked after. */
  async sow(sowing: Sowing, progress: (done: number) => void = () => undefined): Promise<number> {
    const { electionId, electors, seed } = sowing;
    let added = 0;
    for (let from = 0; from < electors; from += BATCH) {
      const to = Math.min(from + BATCH, electors);
      const batch = new Map(
        Array.from({ length: to - from }, (_, index) => {
          const { electorId, known } = inventedElector(electionId, seed, from + index);
          return [electorId, known];
        }),
      );
      for (const electorId of await this.present([...batch.keys()])) batch.delete(electorId);
      if (batch.size > 0)
        await this.identities.registerMany(electionId, batch, (electorId, identity) =>
          this.enrol(electorId, identity, sowing),
        );
      added += batch.size;
      progress(to);
    }
    return added;
  }

  /** Those who are on the lists; a crash may have left an identifier without its elector. */
  private async present(electorIds: readonly string[]): Promise<string[]> {
    const holding = [...(await this.identities.holding(electorIds))];
    const loaded = await Promise.all(holding.map((id) => this.ledger.load(account, `elector-${id}`)));
    return holding.filter((_, index) => loaded[index]?.state.phase === 'registered');
  }

  private enrol(electorId: string, identity: VaultVersion, { electionId, expiresAt }: Sowing) {
    const linkId = inventedLink(electorId);
    return this.ledger.execute(
      enrolment,
      `elector-${electorId}`,
      { electorId, electionId, identity, linkId, expiresAt },
      this.clock.now(),
    );
  }
}
