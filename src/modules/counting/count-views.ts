import { Injectable } from '@nestjs/common';
import { listIdOf, titleOf } from '../../crypto/answers.js';
import { parseElection } from '../../crypto/election.js';
import { talliesOf, type TallyRow } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { RecheckedBoxes, type Dispute } from '../../vault/rechecked-boxes.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import type { ElectedOfList } from './list-papers.js';
import { Witnessing } from './witnessing.js';

/** What anybody may know of a scrutin that is being counted: everything but what does not exist yet. */
export interface CountedScrutin {
  readonly scrutinId: string;
  readonly title: string;
  readonly phase: TallyRow['phase'];
  readonly election: string;
  readonly ballots: number;
  readonly signatures: number;
  /** The board stated that names, signatures and ballots do not agree (CGFP R. 211-574). */
  readonly discrepancy: boolean;
  readonly boxRoot: string;
  readonly tally: string | null;
  readonly seatsDecrypted: readonly number[];
  /** The witnesses of the log have seen the freeze; nothing is decrypted before. */
  readonly witnessed: boolean;
}

/** One scrutin's result, or how far it is. */
export interface ResultView {
  readonly scrutinId: string;
  readonly title: string;
  readonly phase: TallyRow['phase'];
  readonly roll: number;
  readonly signatures: number | null;
  readonly ballots: number | null;
  readonly blank: number | null;
  readonly expressed: number | null;
  readonly lists: readonly { listId: string; title: string; votes: number; seats: number }[];
  readonly draws: TallyRow['draws'];
  /** Titulars and substitutes of each list that has seats, in its order; null where the proclamation does not say. */
  readonly elected: readonly ElectedOfList[] | null;
  /** The minutes bear a remark: names, signatures and ballots do not agree (CGFP R. 211-574). */
  readonly discrepancy: boolean;
  readonly seatsDocument: string | null;
  readonly minutes: string | null;
  readonly proclaimedAt: string | null;
}

/** What the pages and the API say of a count. */
@Injectable()
export class CountViews {
  constructor(
    private readonly database: Database,
    private readonly boards: Boards,
    private readonly boxes: Boxes,
    private readonly witnessing: Witnessing,
    private readonly rechecked: RecheckedBoxes,
  ) {}

  /** The count of a board: its frozen scrutins with all that a holder verifies. */
  async count(boardId: string) {
    const board = await this.boards.of(boardId);
    const rows = await talliesOf(this.database.pool('register'), { boardId });
    const scrutins: CountedScrutin[] = [];
    for (const row of rows) {
      if (row.phase === 'open') continue;
      const { frozen, tally, opened, phase, filed } = await this.boxes.of(row.scrutinId);
      const election = await this.boards.text(opened.electionFile);
      scrutins.push({
        ...{ scrutinId: row.scrutinId, title: parseElection(election).name, phase, election },
        ...{ ballots: frozen?.ballots ?? 0, signatures: frozen?.signatures ?? 0 },
        discrepancy: row.discrepancy,
        ...{ boxRoot: frozen?.boxRoot ?? '', tally: tally?.tally ?? null, seatsDecrypted: [...filed.keys()] },
        witnessed:
          phase === 'proclaimed' || (phase === 'encrypted' && (await this.witnessing.hasSeen(row.scrutinId))),
      });
    }
    return {
      ...{ boardId, title: board.title, open: rows.length - scrutins.length },
      owners: board.owners,
      keyHolders: board.keyHolders === undefined ? null : await this.boards.text(board.keyHolders),
      scrutins,
    };
  }

  /** The scrutins of a board that are not frozen or not counted, and why (docs/adr/0026). */
  async disputes(boardId: string): Promise<({ title: string } & Dispute)[]> {
    const rows = await talliesOf(this.database.pool('register'), { boardId });
    const found = await this.rechecked.disputesIn(rows.map(({ scrutinId }) => scrutinId));
    return Promise.all(
      [...found].map(async ([scrutinId, dispute]) => {
        const electionFile = rows.find((row) => row.scrutinId === scrutinId)?.electionFile ?? '';
        return { title: parseElection(await this.boards.text(electionFile)).name, ...dispute };
      }),
    );
  }

  /** Results of an election: votes of those proclaimed, nothing of the others. */
  async results(electionId: string): Promise<ResultView[]> {
    const rows = await talliesOf(this.database.pool('register'), { electionId });
    const views = await Promise.all(rows.map((row) => this.result(row)));
    return views.sort((a, b) => a.title.localeCompare(b.title, 'fr'));
  }

  private async result(row: TallyRow): Promise<ResultView> {
    const election = parseElection(await this.boards.text(row.electionFile));
    const titles = new Map(
      election.questions.flatMap(({ answers }) =>
        answers.map((answer) => [listIdOf(answer) ?? '', titleOf(answer) ?? ''] as const),
      ),
    );
    const { scrutinId, phase, roll, signatures, ballots, blank, draws, minutes, discrepancy } = row;
    const lists = (row.votes ?? []).map((one) => ({ ...one, title: titles.get(one.listId) ?? '' }));
    return {
      ...{ scrutinId, title: election.name, phase, roll, signatures, ballots, blank, draws, minutes, lists },
      discrepancy,
      expressed: row.votes && lists.reduce((sum, { votes }) => sum + votes, 0),
      elected: await this.elected(row),
      seatsDocument: row.seats,
      proclaimedAt: row.proclaimedAt?.toISOString() ?? null,
    };
  }

  private async elected({ seats }: TallyRow): Promise<readonly ElectedOfList[] | null> {
    if (seats === null) return null;
    const { elected } = JSON.parse(await this.boards.text(seats)) as { elected?: ElectedOfList[] };
    return elected ?? null;
  }
}
