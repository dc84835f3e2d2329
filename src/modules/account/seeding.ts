import { Injectable } from '@nestjs/common';
import { Enrolments } from './enrolments.js';
import { inventedElector, inventedLink } from './invented-electors.js';

/** What to seed. */
export interface Sowing {
  readonly electionId: string;
  readonly electors: number;
  /** Which invented electors: the same number, the same people. */
  readonly seed: number;
  /** Until when the opening links hold. */
  readonly expiresAt: string;
  /** The scrutins of the elector of an index; none without it. */
  readonly scrutinsOf?: (index: number) => readonly string[];
}

const BATCH = 1_000;

/**
 * Fills an election with invented electors and has their opening mails sent, for demonstrations and trials. What was there is left as it is: seeding again after a crash goes on, seeding again after the end does nothing.
 */
@Injectable()
export class Seeding {
  constructor(private readonly enrolments: Enrolments) {}

  /** Gives the number of electors that are new. `progress` is told how many are looked after. */
  async sow(sowing: Sowing, progress: (done: number) => void = () => undefined): Promise<number> {
    const { electionId, electors, seed, expiresAt } = sowing;
    let added = 0;
    for (let from = 0; from < electors; from += BATCH) {
      const to = Math.min(from + BATCH, electors);
      const batch = Array.from({ length: to - from }, (_, index) => {
        const { electorId, known } = inventedElector(electionId, seed, from + index);
        const invitation = { linkId: inventedLink(electorId), expiresAt };
        const scrutinIds = sowing.scrutinsOf?.(from + index);
        return { electorId, known, ...(scrutinIds && { scrutinIds }), invitation };
      });
      added += await this.enrolments.enrol(electionId, batch);
      progress(to);
    }
    return added;
  }
}
