import { ForbiddenException, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import type { Executed } from '../../ledger/ledger.js';
import type { SignedIn } from '../../http/visitor.js';
import { Refusal } from '../../ledger/refusal.js';
import { boardsOf } from '../../projections/boards.projection.js';
import { findBox, type BoxRow } from '../../projections/boxes.projection.js';
import { Database } from '../../storage/database.js';
import { ExtendBox, ResumeBox, SuspendBox } from './vote.commands.js';

/** What one of the staff asks of a box, and another must approve. */
export const boxActions = ['suspend', 'resume', 'extend'] as const;
export type BoxAction = (typeof boxActions)[number];

export interface BoxRequest {
  readonly requestId: string;
  readonly scrutinId: string;
  readonly action: BoxAction;
  /** The new closing, of an extension. */
  readonly closesAt: string | undefined;
  readonly reason: string;
  readonly staffId: string;
  /** The name by which who asked signs in. */
  readonly login: string | undefined;
  readonly askedAt: Date;
}

interface Row {
  request_id: string;
  scrutin_id: string;
  action: BoxAction;
  closes_at: Date | null;
  reason: string;
  staff_id: string;
  login: string | null;
  asked_at: Date;
}

/** What is asked of a box. */
export interface Wish {
  readonly action: BoxAction;
  readonly closesAt?: string | undefined;
  readonly reason: string;
}

type Staff = Extract<SignedIn, { kind: 'staff' }>;

const WAITING =
  'select r.*, l.login from vault.box_requests r left join vault.staff_logins l using (staff_id)';

/** Suspensions, resumptions and extensions that wait for a second member of the staff. Not facts yet: kept in the vault. */
@Injectable()
export class BoxRequests {
  constructor(
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
  ) {}

  /** Asks what could happen now. A later request for the same box replaces an earlier one. */
  async ask(scrutinId: string, wish: Wish, staff: Staff): Promise<string> {
    requirePossible(await this.boxFor(staff, scrutinId), wish);
    const requestId = randomUUID();
    await this.vault.query(
      `insert into vault.box_requests (scrutin_id, request_id, action, closes_at, reason, staff_id, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (scrutin_id) do update set request_id = excluded.request_id, action = excluded.action,
         closes_at = excluded.closes_at, reason = excluded.reason, staff_id = excluded.staff_id, asked_at = excluded.asked_at`,
      [
        ...[scrutinId, requestId, wish.action, wish.closesAt ?? null],
        ...[wish.reason, staff.staffId, this.clock.now()],
      ],
    );
    return requestId;
  }

  /** What waits, the oldest first. */
  async list(): Promise<BoxRequest[]> {
    const { rows } = await this.vault.query<Row>(`${WAITING} order by asked_at, request_id`);
    return rows.map(requestOf);
  }

  /** The second of two: it happens. Cut off in the middle, it can be approved again. */
  async approve(requestId: string, staff: Staff): Promise<Executed> {
    const { staffId } = staff;
    const row = await this.find(requestId);
    const box = await this.boxFor(staff, row.scrutin_id);
    if (row.staff_id === staffId)
      throw new Refusal('box.two-staff', 'Another member of the staff must approve.', 'forbidden');
    const both = [row.staff_id, staffId];
    const sits = await Promise.all(both.map((one) => this.sitsIn(box.boardId, one)));
    if (!sits.includes(true))
      throw new Refusal('box.board-decides', 'One of the two must be of the board of this box.', 'forbidden');
    const executed = await this.commands.execute<SuspendBox | ResumeBox | ExtendBox, Executed>(
      await this.commandOf(row, both, true),
    );
    await this.forget(requestId);
    return executed;
  }

  /** Nothing happens after all. Twice is no error. */
  async drop(requestId: string, staff: Staff): Promise<void> {
    const waiting = (await this.list()).find((one) => one.requestId === requestId);
    if (!waiting) return;
    await this.boxFor(staff, waiting.scrutinId);
    await this.forget(requestId);
  }

  private async forget(requestId: string): Promise<void> {
    await this.vault.query('delete from vault.box_requests where request_id = $1', [requestId]);
  }

  /** The reason becomes a document only now: of what nobody approved, nothing is kept. */
  private async commandOf(
    { scrutin_id: scrutinId, action, closes_at: closesAt, reason }: Row,
    staffIds: readonly string[],
    ofBoard: boolean,
  ): Promise<SuspendBox | ResumeBox | ExtendBox> {
    if (action === 'resume') return new ResumeBox(scrutinId, staffIds, ofBoard);
    const document = await this.documents.put(Buffer.from(reason), 'text/plain', 'restricted');
    if (action === 'suspend') return new SuspendBox(scrutinId, document, staffIds, ofBoard);
    if (!closesAt) throw new Refusal('box.no-closing', 'The request says no new closing.');
    return new ExtendBox(scrutinId, closesAt.toISOString(), document, staffIds, ofBoard);
  }

  private async find(requestId: string): Promise<Row> {
    const { rows } = await this.vault.query<Row>(`${WAITING} where request_id = $1`, [requestId]);
    if (!rows[0]) throw new Refusal('box.no-request', 'Nothing of this kind waits.');
    return rows[0];
  }

  /** The box of a scrutin, for who may speak of it: administrators, and the members of its own board. */
  private async boxFor({ staffId, roles }: Staff, scrutinId: string): Promise<BoxRow> {
    const register = this.database.pool('register');
    const box = await findBox(register, scrutinId);
    if (!box) throw new Refusal('box.not-open', 'This box has not been opened.');
    if (roles.includes('administrator')) return box;
    if (!(await this.sitsIn(box.boardId, staffId))) throw new ForbiddenException();
    return box;
  }

  private async sitsIn(boardId: string, staffId: string): Promise<boolean> {
    const own = await boardsOf(this.database.pool('register'), staffId);
    return own.some((board) => board.boardId === boardId);
  }

  private get vault() {
    return this.database.pool('vault');
  }
}

function requestOf(row: Row): BoxRequest {
  return {
    requestId: row.request_id,
    scrutinId: row.scrutin_id,
    action: row.action,
    closesAt: row.closes_at?.toISOString(),
    reason: row.reason,
    login: row.login ?? undefined,
    staffId: row.staff_id,
    askedAt: row.asked_at,
  };
}

/** What makes no sense is not asked of anybody. The decider of the box judges again when it is approved. */
function requirePossible({ phase, closesAt }: BoxRow, wish: Wish): void {
  if (phase !== 'open' && phase !== 'suspended') throw new Refusal('box.frozen', 'This box is frozen.');
  if (wish.action === 'suspend' && phase === 'suspended')
    throw new Refusal('box.suspended', 'Voting in this scrutin is suspended already.');
  if (wish.action === 'resume' && phase === 'open')
    throw new Refusal('box.not-suspended', 'Voting in this scrutin is not suspended.');
  if (wish.action === 'extend' && (wish.closesAt === undefined || wish.closesAt <= closesAt.toISOString()))
    throw new Refusal('box.earlier-closing', 'A closing can be put off, not brought forward.');
}
