import type { Election } from '../../crypto/election.js';
import type { Group } from '../../crypto/group.js';
import {
  addTallies,
  parseTally,
  printTally,
  RunningTally,
  tallyShape,
  type EncryptedTally,
} from '../../crypto/tally.js';
import type { StoredEvent } from '../../ledger/event-store.js';
import type { Rechecked } from '../../vault/rechecked-boxes.js';
import type { Verdicts } from '../../verification/recheck-worker.js';

/** References that are written down; of how many there are, all are counted. */
const NAMED = 100;

/** Portions in the order of the box: what is verified and added up is everything up to one event. */
export class Progress {
  private readonly portions: { readonly end: StoredEvent; readonly verdicts: Promise<Verdicts> }[] = [];

  private constructor(
    private readonly group: Group,
    private readonly election: Election,
    private so: Omit<Rechecked, 'tally'>,
    private tally: EncryptedTally,
  ) {}

  /** From where a box was left, or from before its first event. */
  static of(group: Group, election: Election, electionFile: string, left: Rechecked | undefined): Progress {
    const begin = { electionFile, revision: -1, eventId: '', ballots: 0, refused: 0, disputed: [] };
    const tally = left
      ? parseTally(group, tallyShape(election), left.tally)
      : new RunningTally(group, election).sum();
    return new Progress(group, election, left ?? begin, tally);
  }

  /** How far it is. */
  get at(): Rechecked {
    return { ...this.so, tally: printTally(this.group, this.tally) };
  }

  get revision(): number {
    return this.so.revision;
  }

  get underWay(): number {
    return this.portions.length;
  }

  await(end: StoredEvent, verdicts: Promise<Verdicts>): void {
    verdicts.catch(() => undefined); // told when its turn comes
    this.portions.push({ end, verdicts });
  }

  /** Takes the oldest portion in. */
  async next(): Promise<void> {
    const { end, verdicts } = this.portions.shift() as (typeof this.portions)[number];
    const { ballots, refused, tally } = await verdicts;
    const { group, election, so } = this;
    this.tally = addTallies(group, this.tally, parseTally(group, tallyShape(election), tally));
    this.so = {
      electionFile: so.electionFile,
      ...{ revision: end.revision, eventId: end.id },
      ballots: so.ballots + ballots,
      refused: so.refused + refused.length,
      disputed: [...so.disputed, ...refused].slice(0, NAMED),
    };
  }
}
