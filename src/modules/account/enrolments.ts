import { Injectable } from '@nestjs/common';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { ListFence } from '../../ledger/list-fence.js';
import { Identities, type NewIdentity } from '../../vault/identities.js';
import { account } from './account.decider.js';
import { enrolment, type Enrolment } from './enrolment.decider.js';

/** Somebody to be put on the lists. */
export interface Newcomer {
  readonly electorId: string;
  readonly known: NewIdentity;
  readonly scrutinIds?: readonly string[];
  /** The link of the opening mail; undefined where the mails are to leave later. */
  readonly invitation: Enrolment['invitation'];
}

/** Puts many electors on the lists of one election at once: one write to the vault, one lock, one append each. */
@Injectable()
export class Enrolments {
  constructor(
    private readonly ledger: Ledger,
    private readonly fence: ListFence,
    private readonly clock: Clock,
    private readonly identities: Identities,
  ) {}

  /**
   * All of them or, where an identifier or a NUMEN is another's, none. Cut off in the middle, it is done again with the same
   * ids: who is there stays as they are. Gives how many are new.
   */
  async enrol(electionId: string, newcomers: readonly Newcomer[]): Promise<number> {
    const present = await this.present(newcomers.map(({ electorId }) => electorId));
    const missing = newcomers.filter(({ electorId }) => !present.has(electorId));
    if (missing.length === 0) return 0;
    const known = new Map(missing.map(({ electorId, known }) => [electorId, known]));
    const versions = await this.identities.writeMany(electionId, known);
    await this.fence.change(electionId, () =>
      Promise.all(
        missing.map(({ electorId, scrutinIds, invitation }) => {
          const identity = versions.get(electorId);
          if (!identity) throw new Error('an identity was not written');
          const command = { electorId, electionId, identity, ...(scrutinIds && { scrutinIds }), invitation };
          return this.ledger.executeNew(enrolment, `elector-${electorId}`, command, this.clock.now());
        }),
      ),
    );
    return missing.length;
  }

  /** Those who are on the lists; a crash may have left an identifier without its elector. */
  private async present(electorIds: readonly string[]): Promise<ReadonlySet<string>> {
    const holding = [...(await this.identities.holding(electorIds))];
    const loaded = await Promise.all(holding.map((id) => this.ledger.load(account, `elector-${id}`)));
    return new Set(holding.filter((_, index) => loaded[index]?.state.phase === 'registered'));
  }
}
