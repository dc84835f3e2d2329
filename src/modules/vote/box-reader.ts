import { Injectable } from '@nestjs/common';
import type { Snapshot } from '../../ledger/ledger.js';
import {
  lookUpBox,
  type IndexedBox,
  type Used,
  type VoteKeys,
} from '../../projections/box-index.projection.js';
import { Database } from '../../storage/database.js';
import { Gathering } from '../../storage/gathering.js';
import { absentBox, type Box } from './box-state.decider.js';

/** A box at the revision of `box_index`, and what the index knows of votes at that revision. */
export interface Look {
  readonly since: Snapshot<Box>;
  readonly used: readonly Used[];
}

const NOTHING: Used = { signed: false, credentialUsed: false, alphaUsed: false, deposit: undefined };

/** Asks `box_index` what a decision needs. What is later than its revision, the ledger reads from the stream. */
@Injectable()
export class BoxReader {
  private readonly single = new Map<string, Gathering<VoteKeys, Look>>();

  constructor(private readonly database: Database) {}

  /** What a decision about one vote needs: one query for all that come while another is under way. */
  lookAt(scrutinId: string, vote: VoteKeys): Promise<Look> {
    let gathering = this.single.get(scrutinId);
    if (!gathering) {
      gathering = new Gathering<VoteKeys, Look>(async (votes) => {
        const { since, used } = await this.look(scrutinId, votes);
        return used.map((one) => ({ since, used: [one] }));
      });
      this.single.set(scrutinId, gathering);
    }
    return gathering.ask(vote);
  }

  /** What a decision about a batch needs. */
  async look(scrutinId: string, votes: readonly VoteKeys[]): Promise<Look> {
    const found = await lookUpBox(this.database.pool('box'), scrutinId, votes);
    // Not known yet: then the stream is read from its start, which says all.
    if (!found) return { since: { state: absentBox, revision: -1 }, used: votes.map(() => NOTHING) };
    return {
      since: { state: stateOf(scrutinId, found.box), revision: found.box.revision },
      used: found.used,
    };
  }
}

function stateOf(scrutinId: string, box: IndexedBox): Box {
  const { phase, electionId, opensAt, closesAt, graceMinutes, batches } = box;
  const { electionFile, roll, rollFile, credentials, credentialsFile } = box;
  return {
    ...{ phase, scrutinId, electionId, opensAt, closesAt, graceMinutes, batches, recent: undefined },
    files: { electionFile, roll, rollFile, credentials, credentialsFile },
  };
}
