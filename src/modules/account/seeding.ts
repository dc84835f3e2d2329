import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Ledger } from '../../ledger/ledger.js';
import { IssueActivationLink } from './account.commands.js';
import { account } from './account.decider.js';
import { Identities, type NewIdentity } from './identities.js';
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

const BATCH = 500;

/**
 * Fills an election with invented electors and has their opening mails sent, until the set-up of an election brings real
 * lists. What was there is left as it is: seeding again after a crash goes on, seeding again after the end does nothing.
 */
@Injectable()
export class Seeding {
  constructor(
    private readonly ledger: Ledger,
    private readonly identities: Identities,
    private readonly commands: CommandBus,
  ) {}

  /** Gives the number of electors that are new. `progress` is told how many are looked after. */
  async sow(
    { electionId, electors, seed, expiresAt }: Sowing,
    progress: (done: number) => void = () => undefined,
  ): Promise<number> {
    let added = 0;
    for (let from = 0; from < electors; from += BATCH) {
      const to = Math.min(from + BATCH, electors);
      const batch = Array.from({ length: to - from }, (_, index) =>
        inventedElector(electionId, seed, from + index),
      );
      const states = await Promise.all(
        batch.map(({ electorId }) => this.ledger.load(account, `elector-${electorId}`)),
      );
      const missing = new Map<string, NewIdentity>();
      const unlinked: string[] = [];
      batch.forEach(({ electorId, known }, index) => {
        const state = states[index]?.state;
        if (state?.phase !== 'registered') missing.set(electorId, known);
        if (state?.phase !== 'registered' || state.links.size === 0) unlinked.push(electorId);
      });
      if (missing.size > 0) await this.identities.registerMany(electionId, missing);
      await Promise.all(unlinked.map((electorId) => this.link(electorId, expiresAt)));
      added += missing.size;
      progress(to);
    }
    return added;
  }

  private link(electorId: string, expiresAt: string): Promise<unknown> {
    return this.commands.execute(new IssueActivationLink(electorId, inventedLink(electorId), expiresAt));
  }
}
