import { Injectable } from '@nestjs/common';
import { holderKeys, parseKeyHolders } from '../../crypto/key-holders.js';
import { parseElection } from '../../crypto/election.js';
import { serverGroup } from '../../crypto/server-groups.js';
import { Documents } from '../../documents/documents.js';
import { Ledger, type Snapshot } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { board, seatOf, type Board } from './board-fold.js';
import type { KeyPart } from './counting.commands.js';

/** The boards, and what their members may do in the count. */
@Injectable()
export class Boards {
  /** What was read of each stream: a seal of hundreds of scrutins is decoded once, not for each part of a key. */
  private readonly known = new Map<string, Snapshot<Board | undefined>>();

  constructor(
    private readonly ledger: Ledger,
    private readonly documents: Documents,
  ) {}

  /** Refuses when there is no such board. */
  async of(boardId: string): Promise<Board> {
    const snapshot = await this.ledger.load(board, `board-${boardId}`, this.known.get(boardId));
    const before = this.known.get(boardId);
    if (!before || before.revision < snapshot.revision) this.known.set(boardId, snapshot);
    const { state } = snapshot;
    if (!state) throw new Refusal('counting.no-board', 'No board of this id was declared.');
    return state;
  }

  /** The board and the seat of one of its members. Refuses everybody else. */
  async memberOf(boardId: string, staffId: string): Promise<{ board: Board; seat: number }> {
    const found = await this.of(boardId);
    const seat = seatOf(found, staffId);
    if (seat === undefined)
      throw new Refusal('counting.not-a-member', 'Only members of this board may do this.', 'forbidden');
    return { board: found, seat };
  }

  /** The parts of the key by the seats that hold them, in the order of the file of key holders. */
  async partsOf({ owners, keyHolders }: Board, electionFile: string): Promise<KeyPart[]> {
    const election = parseElection(await this.text(electionFile));
    const holders = parseKeyHolders(await serverGroup(election.group), await this.text(keyHolders ?? ''));
    const keys = holderKeys(holders);
    return holders.map((content, part) => ({
      threshold: content.kind === 'Single' ? 1 : content.threshold,
      seats: owners.filter((_, place) => keys[place]?.part === part),
    }));
  }

  /** The text of a document that an event names. */
  async text(sha256: string): Promise<string> {
    const document = await this.documents.get(sha256);
    if (!document) throw new Error(`document ${sha256} is missing`);
    return document.content.toString('utf8');
  }
}
