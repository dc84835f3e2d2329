import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseElection, type Election } from '../../crypto/election.js';
import type { Group } from '../../crypto/group.js';
import { serverGroup } from '../../crypto/server-groups.js';
import {
  addTallies,
  parseTally,
  printTally,
  RunningTally,
  tallyShape,
  type EncryptedTally,
} from '../../crypto/tally.js';
import { CountVerifier } from '../../verification/count-verifier.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';

interface Running {
  readonly group: Group;
  readonly election: Election;
  tally: EncryptedTally;
  ballots: number;
  revision: number;
}

/** The text of an encrypted tally, and of how many ballots it is the product. */
export interface SummedTally {
  readonly tally: string;
  readonly ballots: number;
}

/** Ballots given to a thread at once. */
const PORTION = 200;
/** Portions under way at once. */
const AHEAD = 8;

/**
 * The encrypted tallies, kept up as ballots come in, so that a large box is counted soon after its freeze. What an
 * instance has added up lives in its memory; another one begins at the first ballot and comes to the same product.
 */
@Injectable()
export class RunningTallies implements OnApplicationShutdown {
  private readonly running = new Map<string, Promise<Running>>();
  readonly verifier = new CountVerifier();

  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
  ) {}

  /** Adds what came in since the last time. */
  advance(scrutinId: string): Promise<SummedTally> {
    const before = this.running.get(scrutinId) ?? this.begin(scrutinId);
    const next = before.then((running) => this.addNew(scrutinId, running));
    this.running.set(scrutinId, next);
    next.catch(() => this.running.delete(scrutinId)); // begin again: half an addition is in no tally
    return next.then(summed);
  }

  /** The same from the first ballot, without what is remembered: both must be equal. */
  async recompute(scrutinId: string): Promise<SummedTally> {
    return summed(await this.addNew(scrutinId, await this.begin(scrutinId)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.verifier.close();
  }

  private async begin(scrutinId: string): Promise<Running> {
    const { opened } = await this.boxes.of(scrutinId);
    const election = parseElection(await this.boards.text(opened.electionFile));
    const group = await serverGroup(election.group);
    return { group, election, tally: new RunningTally(group, election).sum(), ballots: 0, revision: -1 };
  }

  private async addNew(scrutinId: string, before: Running): Promise<Running> {
    const { group, election } = before;
    const after = { ...before };
    const underWay = new Set<Promise<void>>();
    const add = (ballots: readonly string[]) => {
      const one = this.verifier.sum({ election: election.raw, ballots }).then((text) => {
        after.tally = addTallies(group, after.tally, parseTally(group, tallyShape(election), text));
        after.ballots += ballots.length;
        underWay.delete(one);
      });
      one.catch(() => undefined); // told when all are awaited, which may be after it failed
      underWay.add(one);
    };
    let portion: string[] = [];
    try {
      for await (const { event, revision } of this.boxes.events(scrutinId, before.revision)) {
        after.revision = revision;
        if (event.type !== 'VotesCast') continue;
        portion.push(...event.data.ballots);
        if (portion.length < PORTION) continue;
        add(portion);
        portion = [];
        if (underWay.size >= AHEAD) await Promise.race(underWay);
      }
      if (portion.length > 0) add(portion);
    } finally {
      await Promise.all(underWay);
    }
    return after;
  }
}

function summed({ group, tally, ballots }: Running): SummedTally {
  return { tally: printTally(group, tally), ballots };
}
