import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import type { Executed } from '../../ledger/ledger.js';
import { Refusal } from '../../ledger/refusal.js';
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
  readonly staffId: string;
  readonly askedAt: Date;
}

interface Row {
  request_id: string;
  scrutin_id: string;
  action: BoxAction;
  closes_at: Date | null;
  reason: string;
  staff_id: string;
  asked_at: Date;
}

/** Suspensions, resumptions and extensions that wait for a second member of the staff. Not facts yet: kept in the vault. */
@Injectable()
export class BoxRequests {
  constructor(
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly clock: Clock,
  ) {}

  /** Asks. A later request for the same box replaces an earlier one. */
  async ask(
    scrutinId: string,
    wish: { action: BoxAction; closesAt?: string | undefined; reason: string },
    staffId: string,
  ): Promise<string> {
    const requestId = randomUUID();
    await this.vault.query(
      `insert into vault.box_requests (scrutin_id, request_id, action, closes_at, reason, staff_id, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (scrutin_id) do update set request_id = excluded.request_id, action = excluded.action,
         closes_at = excluded.closes_at, reason = excluded.reason, staff_id = excluded.staff_id, asked_at = excluded.asked_at`,
      [
        ...[scrutinId, requestId, wish.action, wish.closesAt ?? null],
        ...[wish.reason, staffId, this.clock.now()],
      ],
    );
    return requestId;
  }

  /** What waits, the oldest first. */
  async list(): Promise<BoxRequest[]> {
    const { rows } = await this.vault.query<Row>(
      'select * from vault.box_requests order by asked_at, request_id',
    );
    return rows.map(requestOf);
  }

  /** The second of two: it happens. Cut off in the middle, it can be approved again. */
  async approve(requestId: string, staffId: string): Promise<Executed> {
    const row = await this.find(requestId);
    if (row.staff_id === staffId)
      throw new Refusal('box.two-staff', 'Another member of the staff must approve.', 'forbidden');
    const executed = await this.commands.execute<SuspendBox | ResumeBox | ExtendBox, Executed>(
      await this.commandOf(row, [row.staff_id, staffId]),
    );
    await this.drop(requestId);
    return executed;
  }

  /** Nothing happens after all. */
  async drop(requestId: string): Promise<void> {
    await this.vault.query('delete from vault.box_requests where request_id = $1', [requestId]);
  }

  /** The reason becomes a document only now: of what nobody approved, nothing is kept. */
  private async commandOf(
    { scrutin_id: scrutinId, action, closes_at: closesAt, reason }: Row,
    staffIds: readonly string[],
  ): Promise<SuspendBox | ResumeBox | ExtendBox> {
    if (action === 'resume') return new ResumeBox(scrutinId, staffIds);
    const document = await this.documents.put(Buffer.from(reason), 'text/plain', 'restricted');
    if (action === 'suspend') return new SuspendBox(scrutinId, document, staffIds);
    if (!closesAt) throw new Refusal('box.no-closing', 'The request says no new closing.');
    return new ExtendBox(scrutinId, closesAt.toISOString(), document, staffIds);
  }

  private async find(requestId: string): Promise<Row> {
    const { rows } = await this.vault.query<Row>('select * from vault.box_requests where request_id = $1', [
      requestId,
    ]);
    if (!rows[0]) throw new Refusal('box.no-request', 'Nothing of this kind waits.');
    return rows[0];
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
    staffId: row.staff_id,
    askedAt: row.asked_at,
  };
}
