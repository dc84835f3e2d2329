import { Injectable } from '@nestjs/common';
import { electedOf, type Candidate, type Elected } from '../../crypto/elected.js';
import { shareOut } from '../../crypto/seats.js';
import { Boards } from './boards.js';
import type { ContestedScrutin } from './scrutin-fold.js';

/** Who is elected on a list. One without candidates (« sur sigle ») elects nobody by name: its organisation does. */
export interface ElectedOfList extends Elected {
  readonly listId: string;
}

/** Whom the votes of a joint list count for. */
export interface JointList {
  readonly listId: string;
  readonly shares: readonly { readonly id: string; readonly votes: number }[];
}

interface Won {
  readonly listId: string;
  readonly votes: number;
  readonly seats: number;
}
interface Filed {
  readonly candidates?: readonly Candidate[];
  readonly joint?: readonly { readonly affiliation: string; readonly percent: number }[];
}

/** What the public documents of the lists say of a result: who is elected, and whom the votes of a joint list count for. */
@Injectable()
export class ListPapers {
  constructor(private readonly boards: Boards) {}

  async of(
    scrutin: ContestedScrutin,
    lists: readonly Won[],
  ): Promise<{ elected: ElectedOfList[]; joint: JointList[] }> {
    const elected: ElectedOfList[] = [];
    const shared: JointList[] = [];
    for (const { listId, votes, seats } of lists) {
      const { candidates = [], joint } = await this.filed(scrutin, listId);
      if (seats > 0) elected.push({ listId, ...electedOf(candidates, seats) });
      const members = joint?.map(({ affiliation, percent }) => ({ id: affiliation, part: percent }));
      if (members) shared.push({ listId, shares: shareOut(votes, members) });
    }
    return { elected, joint: shared };
  }

  private async filed({ lists }: ContestedScrutin, listId: string): Promise<Filed> {
    return JSON.parse(await this.boards.text(lists.get(listId)?.content ?? '')) as Filed;
  }
}
