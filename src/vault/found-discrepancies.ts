import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../storage/database.js';

/** What a comparison found in a frozen scrutin whose names, signatures and ballots do not agree. */
export interface Found {
  readonly scrutinId: string;
  readonly names: number;
  readonly matched: number;
  readonly signatures: number;
  readonly ballots: number;
  readonly rootAgrees: boolean;
  readonly keyAgrees: boolean;
}

/** What a member would state of it; another must approve. */
export interface Asked {
  readonly requestId: string;
  readonly text: string;
  readonly staffId: string;
  readonly askedAt: Date;
}

export type FoundDiscrepancy = Found & (Asked | { readonly requestId: null });

const COLUMNS = `scrutin_id as "scrutinId", names, matched, signatures, ballots, root_agrees as "rootAgrees", key_agrees as "keyAgrees",
  request_id as "requestId", text, staff_id as "staffId", asked_at as "askedAt"`;

/** The discrepancies that wait for a board. Not facts yet: kept in the vault, not in the ledger. */
@Injectable()
export class FoundDiscrepancies {
  constructor(private readonly database: Database) {}

  /** Of these scrutins, those with a discrepancy. */
  async of(scrutinIds: readonly string[]): Promise<FoundDiscrepancy[]> {
    const { rows } = await this.vault.query<FoundDiscrepancy>(
      `select ${COLUMNS} from vault.discrepancies where scrutin_id = any ($1)`,
      [scrutinIds],
    );
    return rows;
  }

  /** Keeps what was found. What was asked about other figures is void. */
  async keep({
    scrutinId,
    names,
    matched,
    signatures,
    ballots,
    rootAgrees,
    keyAgrees,
  }: Found): Promise<void> {
    const values = [scrutinId, names, matched, signatures, ballots, rootAgrees, keyAgrees];
    await this.vault.query(
      `delete from vault.discrepancies where scrutin_id = $1
         and (names, matched, signatures, ballots, root_agrees, key_agrees)
           <> ($2::int, $3::int, $4::int, $5::int, $6::boolean, $7::boolean)`,
      values,
    );
    await this.vault.query(
      `insert into vault.discrepancies (scrutin_id, names, matched, signatures, ballots, root_agrees, key_agrees)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (scrutin_id) do nothing`,
      values,
    );
  }

  /** A later request for the same scrutin replaces an earlier one. */
  async ask(scrutinId: string, { text, staffId, askedAt }: Omit<Asked, 'requestId'>): Promise<string> {
    const requestId = randomUUID();
    await this.vault.query(
      'update vault.discrepancies set request_id = $2, text = $3, staff_id = $4, asked_at = $5 where scrutin_id = $1',
      [scrutinId, requestId, text, staffId, askedAt],
    );
    return requestId;
  }

  /** What was asked is approved, or given up. */
  async drop(requestId: string): Promise<void> {
    await this.vault.query(
      `update vault.discrepancies set request_id = null, text = null, staff_id = null, asked_at = null
         where request_id = $1`,
      [requestId],
    );
  }

  /** The scrutin agrees, or its key is gone. */
  async forget(scrutinId: string): Promise<void> {
    await this.vault.query('delete from vault.discrepancies where scrutin_id = $1', [scrutinId]);
  }

  private get vault() {
    return this.database.pool('vault');
  }
}
