import { ForbiddenException, Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import type { Software } from '../../documents/counted-software.js';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { Ledger } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
import { Projections } from '../../projections/projections.js';
import { Database } from '../../storage/database.js';
import { Boards } from './boards.js';
import { BuildWatch, same } from './build-watch.js';
import { buildReplacement } from './build.decider.js';

const PATIENCE = 2_000; // milliseconds until journal and boards show what was decided

/** A replacement that one member asked for. */
export interface BuildRequest extends Software {
  readonly requestId: string;
  readonly reason: string;
  /** The board in which who asked has a seat. */
  readonly boardId: string;
  readonly staffId: string;
  readonly askedAt: Date;
}

interface Row extends Software {
  election_id: string;
  request_id: string;
  reason: string;
  board_id: string;
  staff_id: string;
  asked_at: Date;
}

/**
 * Decisions on the software between seal and results: asked for by one who has a seat in a board of the election, approved by
 * another, the president of a board among them; each gives the fingerprint that was announced. All boards of an election
 * share the servers, so the decision holds for all; what waits is no fact yet and is kept in the vault.
 */
@Injectable()
export class BuildRequests {
  constructor(
    private readonly boards: Boards,
    private readonly watch: BuildWatch,
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly ledger: Ledger,
    private readonly projections: Projections,
    private readonly clock: Clock,
  ) {}

  /** Asks for software that a server runs. A later request of the election replaces an earlier one. */
  async ask(boardId: string, staffId: string, build: string, reason: string): Promise<string> {
    const { electionId } = await this.sitting(boardId, staffId);
    const unfinished = (await this.watch.unfinished()).filter((board) => board.electionId === electionId);
    if (unfinished.length === 0)
      throw new Refusal('build.not-sealed', 'No scrutin is between its seal and its result.');
    const software = (await this.watch.live()).find((one) => one.build === build);
    if (!software) throw new Refusal('build.not-running', 'No server runs this software.');
    if (unfinished.every(({ counts }) => same(counts, software)))
      throw new Refusal('build.counts', 'This software counts already.');
    const requestId = randomUUID();
    await this.vault.query(
      `insert into vault.build_requests (election_id, request_id, build, booth, reason, board_id, staff_id, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (election_id) do update set request_id = excluded.request_id, build = excluded.build,
         booth = excluded.booth, reason = excluded.reason, board_id = excluded.board_id,
         staff_id = excluded.staff_id, asked_at = excluded.asked_at`,
      [
        ...[electionId, requestId, software.build, software.booth],
        ...[reason, boardId, staffId, this.clock.now()],
      ],
    );
    return requestId;
  }

  /** What waits in the election of a board. */
  async waiting(boardId: string): Promise<BuildRequest | undefined> {
    const { electionId } = await this.boards.of(boardId);
    const { rows } = await this.vault.query<Row>(
      'select * from vault.build_requests where election_id = $1',
      [electionId],
    );
    return rows[0] && requestOf(rows[0]);
  }

  /** The second of two: from now on this software counts. Cut off in the middle, it can be approved again. */
  async approve(boardId: string, requestId: string, staffId: string, build: string): Promise<void> {
    const { electionId, member: own } = await this.sitting(boardId, staffId);
    const request = await this.find(boardId, requestId);
    if (request.staffId === staffId)
      throw new Refusal('build.two-members', 'Another member of a board must approve.', 'forbidden');
    if (request.build !== build)
      throw new Refusal('build.other-fingerprint', 'This is not the fingerprint that was asked for.');
    const asker = await this.seatOf(request.boardId, request.staffId);
    if (!asker) throw new Refusal('build.asker-left', 'Who asked has no seat any more: ask again.');
    const replacement = {
      ...{ electionId, replacementId: requestId, build, booth: request.booth },
      reason: createHash('sha256').update(request.reason).digest('hex'),
      decidedBy: [asker.member, own],
    };
    const command = {
      replacement,
      sealed: (await this.watch.unfinished()).some((board) => board.electionId === electionId),
      running: (await this.watch.live()).some((one) => same(one, request)),
    };
    const now = this.clock.now();
    buildReplacement.decide(command, buildReplacement.initial, now); // of what is refused no document is kept
    await this.documents.put(Buffer.from(request.reason), 'text/plain', 'restricted');
    const { position } = await this.ledger.execute(buildReplacement, `election-${electionId}`, command, now);
    await this.forget(requestId);
    await Promise.all(
      ['boards', 'journal'].map((name) => this.projections.waitFor(name, position, PATIENCE)),
    );
  }

  /** Nothing is replaced after all. Twice is no error. */
  async drop(boardId: string, requestId: string, staffId: string): Promise<void> {
    await this.sitting(boardId, staffId);
    if ((await this.waiting(boardId))?.requestId === requestId) await this.forget(requestId);
  }

  /** Whether somebody has a seat in this board. */
  async sits(boardId: string, staffId: string): Promise<boolean> {
    return (await this.seatOf(boardId, staffId)) !== undefined;
  }

  private async sitting(boardId: string, staffId: string) {
    const found = await this.seatOf(boardId, staffId);
    if (!found) throw new ForbiddenException();
    return found;
  }

  /** The first seat that somebody holds now. */
  private async seatOf(boardId: string, staffId: string) {
    const { electionId, seats } = await this.boards.of(boardId);
    const held = [...seats].filter(([, { holder }]) => holder === staffId).map(([seat]) => seat);
    const [seat] = held.sort((one, other) => one - other);
    return seat === undefined ? undefined : { electionId, member: { boardId, seat, staffId } };
  }

  private async find(boardId: string, requestId: string): Promise<BuildRequest> {
    const waiting = await this.waiting(boardId);
    if (waiting?.requestId !== requestId)
      throw new Refusal('build.no-request', 'Nothing of this kind waits.');
    return waiting;
  }

  private async forget(requestId: string): Promise<void> {
    await this.vault.query('delete from vault.build_requests where request_id = $1', [requestId]);
  }

  private get vault() {
    return this.database.pool('vault');
  }
}

function requestOf(row: Row): BuildRequest {
  return {
    requestId: row.request_id,
    build: row.build,
    booth: row.booth,
    reason: row.reason,
    boardId: row.board_id,
    staffId: row.staff_id,
    askedAt: row.asked_at,
  };
}
