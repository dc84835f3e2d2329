import { Injectable } from '@nestjs/common';
import { ArchiveChain } from '../../crypto/archive-events.js';
import { archivePieces, type ArchiveRecord } from '../../crypto/archive.js';
import { Refusal } from '../../ledger/refusal.js';
import { Boards } from './boards.js';
import { Boxes } from './boxes.js';
import type { Counted } from './counting.decider.js';
import { parseElection } from '../../crypto/election.js';

/** A counted scrutin as the archive of Belenios: `<uuid>.bel`, in pieces, never whole in memory (protocol T2, T3). */
@Injectable()
export class Archiving {
  constructor(
    private readonly boxes: Boxes,
    private readonly boards: Boards,
  ) {}

  /** The name of the file, and its pieces in their order. Refuses before the result is proclaimed. */
  async archive(scrutinId: string): Promise<{ name: string; pieces: AsyncGenerator<Uint8Array> }> {
    const box = await this.boxes.of(scrutinId);
    if (!box.result || !box.tally || !box.frozen)
      throw new Refusal('counting.no-result', 'No result was proclaimed yet: there is no archive.');
    const election = await this.boards.text(box.opened.electionFile);
    return { name: `${parseElection(election).uuid}.bel`, pieces: this.pieces(scrutinId, box, election) };
  }

  private async *pieces(scrutinId: string, box: Counted, election: string): AsyncGenerator<Uint8Array> {
    const { frozen, tally, result, opened } = box;
    if (!frozen || !tally || !result) return;
    const timestamp = String(Math.floor(Date.parse(frozen.at) / 1000));
    let records: ArchiveRecord[] = [];
    const chain = new ArchiveChain((record) => records.push(record));
    let begun = false;
    const written = function* (): Generator<Uint8Array> {
      const [description, ...entries] = archivePieces(timestamp, records);
      records = [];
      if (!begun && description) yield description;
      begun = true;
      yield* entries;
    };
    const credentials = (await this.boards.text(frozen.credentialsFile)).split('\n').slice(0, -1);
    chain.setup(election, await this.boards.text(opened.keyHolders), JSON.stringify(credentials));
    yield* written();
    for await (const { event } of this.boxes.events(scrutinId)) {
      if (event.type !== 'VotesCast') continue;
      for (const ballot of event.data.ballots) chain.ballot(ballot);
      yield* written();
    }
    chain.endBallots();
    chain.encryptedTally(tally.tally, tally.ballots, BigInt(tally.ballots));
    for (const { owner, decryption } of await this.quorum(box)) chain.partialDecryption(owner, decryption);
    chain.result(result.result);
    yield* written();
  }

  /** As many parts as each group needs, lowest places first: Belenios combines all that an archive holds. */
  private async quorum({ opened, filed }: Counted): Promise<{ owner: number; decryption: string }[]> {
    const board = await this.boards.of(opened.boardId);
    const parts = await this.boards.partsOf(board, opened.electionFile);
    return parts
      .flatMap(({ seats, threshold }) =>
        [...filed.values()]
          .filter(({ seat }) => seats.includes(seat))
          .sort((a, b) => a.owner - b.owner)
          .slice(0, threshold),
      )
      .sort((a, b) => a.owner - b.owner);
  }
}
