import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseElection } from '../../crypto/election.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { addTallies, parseTally, printTally, RunningTally, tallyShape } from '../../crypto/tally.js';
import { CountVerifier } from '../../verification/count-verifier.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { portionsOf } from './portions.js';
import { Rechecking } from './rechecking.js';

/** The text of an encrypted tally, and of how many ballots it is the product. */
export interface SummedTally {
  readonly tally: string;
  readonly ballots: number;
}

/** Portions under way at once, for each thread. */
const AHEAD = 2;

/**
 * The encrypted tally of a box. What is stated is the sum from its first ballot, which rests on the ledger alone; what was
 * kept up during the vote must be the same.
 */
@Injectable()
export class Adding implements OnApplicationShutdown {
  readonly verifier = new CountVerifier();

  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly rechecking: Rechecking,
  ) {}

  /** The tally of a frozen box. Rejects with `Contradicted` when what was kept up says otherwise. */
  async agreed(scrutinId: string): Promise<SummedTally> {
    const kept = await this.rechecking.kept(scrutinId);
    const summed = await this.sum(scrutinId);
    if (kept && (kept.tally !== summed.tally || kept.ballots !== summed.ballots))
      return this.rechecking.contradict(scrutinId, kept.revision);
    return summed;
  }

  /** Adds up every ballot that is in the box now. */
  async sum(scrutinId: string): Promise<SummedTally> {
    const { electionFile } = await this.boxes.opened(scrutinId);
    const election = parseElection(await this.boards.text(electionFile));
    const group = await serverGroup(election.group);
    let tally = new RunningTally(group, election).sum();
    let ballots = 0;
    const underWay = new Set<Promise<void>>();
    try {
      for await (const portion of portionsOf(this.boxes.stored(scrutinId))) {
        const events = portion.map(({ type, data }) => ({ type, data }));
        const one = this.verifier.sum({ election: election.raw, events }).then((summed) => {
          tally = addTallies(group, tally, parseTally(group, tallyShape(election), summed.tally));
          ballots += summed.ballots;
          underWay.delete(one);
        });
        one.catch(() => undefined); // told when all are awaited, which may be after it failed
        underWay.add(one);
        if (underWay.size >= AHEAD * this.verifier.threads) await Promise.race(underWay);
      }
    } finally {
      await Promise.all(underWay);
    }
    return { tally: printTally(group, tally), ballots };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.verifier.close();
  }
}
