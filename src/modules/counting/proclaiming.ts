import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BLANK_ANSWER, listIdOf } from '../../crypto/answers.js';
import { allocateSeats, TIES_OF_LISTS, TIES_OF_NAMES } from '../../crypto/seats.js';
import { parseElection } from '../../crypto/election.js';
import { Documents } from '../../documents/documents.js';
import { Ledger } from '../../ledger/ledger.js';
import type { Combined } from '../../verification/count-worker.js';
import { Adding } from './adding.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import { ProclaimResult, RejectPartialDecryption } from './counting.commands.js';
import type { Counted } from './counting.decider.js';
import { ListPapers } from './list-papers.js';
import { contested } from './scrutin-fold.js';

type Found = Extract<Combined, { kind: 'result' }>;

/** The result, once every part of the key has its quorum, with the seats that follow from it and who is elected. */
@Injectable()
export class Proclaiming {
  constructor(
    private readonly commands: CommandBus,
    private readonly boxes: Boxes,
    private readonly boards: Boards,
    private readonly adding: Adding,
    private readonly ledger: Ledger,
    private readonly documents: Documents,
    private readonly papers: ListPapers,
  ) {}

  /** Proclaims if the decryptions suffice; says whether the result is proclaimed. */
  async whenDecrypted(scrutinId: string): Promise<boolean> {
    const box = await this.boxes.of(scrutinId);
    if (box.phase === 'proclaimed') return true;
    if (box.phase !== 'encrypted' || !box.tally || !box.frozen) return false;
    const board = await this.boards.of(box.opened.boardId);
    const parts = await this.boards.partsOf(board, box.opened.electionFile);
    const enough = parts.every(
      ({ seats, threshold }) => seats.filter((seat) => box.filed.has(seat)).length >= threshold,
    );
    if (!enough) return false;
    const election = await this.boards.text(box.opened.electionFile);
    const outcome = await this.adding.verifier.combine({
      election,
      keyHolders: await this.boards.text(box.opened.keyHolders),
      tally: box.tally.tally,
      ballots: box.tally.ballots,
      boxRoot: box.frozen.boxRoot,
      decryptions: [...box.filed.values()],
    });
    if (outcome.kind !== 'result') return false;
    await this.takeOut(box, outcome.disagreeing);
    await this.commands.execute(await this.command(scrutinId, box, outcome, election, parts));
    return true;
  }

  /** Names whoever proved a factor that the others' contradict. */
  private async takeOut({ filed, opened }: Counted, owners: readonly number[]): Promise<void> {
    for (const { owner, seat, staffId } of filed.values()) {
      if (!owners.includes(owner)) continue;
      await this.commands.execute(new RejectPartialDecryption(opened.scrutinId, seat, staffId, 'disagrees'));
    }
  }

  private async command(
    scrutinId: string,
    { filed }: Counted,
    { result, votes, seed, disagreeing }: Found,
    electionText: string,
    parts: ProclaimResult['parts'],
  ): Promise<ProclaimResult> {
    const { state: scrutin } = await this.ledger.load(contested, `scrutin-${scrutinId}`);
    if (!scrutin) throw new Error(`scrutin ${scrutinId} was never declared`);
    const answers = parseElection(electionText).questions.flatMap((question) => question.answers);
    const lists = answers.flatMap((answer, i) => {
      const id = listIdOf(answer);
      if (answer === BLANK_ANSWER || id === undefined) return [];
      const candidates = scrutin.lists.get(id)?.candidates;
      return [{ id, votes: votes[i] ?? 0, ...(candidates !== undefined && { candidates }) }];
    });
    const blank = votes[answers.indexOf(BLANK_ANSWER)] ?? 0;
    const ties = scrutin.body === 'CCP' ? TIES_OF_NAMES : TIES_OF_LISTS;
    const allocation = allocateSeats({ seats: scrutin.seats, lists, seed, ties });
    const won = new Map(allocation.lists.map(({ id, seats }) => [id, seats]));
    const proclaimed = lists.map(({ id, votes: n }) => ({ listId: id, votes: n, seats: won.get(id) ?? 0 }));
    const steps = JSON.stringify({
      places: scrutin.seats,
      votes: lists,
      ...{ seed, ties },
      ...allocation,
      ...(await this.papers.of(scrutin, proclaimed)),
    });
    const document = await this.documents.put(Buffer.from(steps), 'application/json', 'public');
    const owners = [...filed.values()].map(({ owner }) => owner).filter((one) => !disagreeing.includes(one));
    return new ProclaimResult(
      scrutinId,
      parts,
      owners,
      result,
      proclaimed,
      blank,
      document,
      allocation.draws.map((draw) => ({ ...draw, seed })),
    );
  }
}
