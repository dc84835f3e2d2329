import { Injectable } from '@nestjs/common';
import type { MailingKind } from '../../../events/mailing.events.js';
import { Clock } from '../../../ledger/clock.js';
import { listBoxes, type BoxRow } from '../../../projections/boxes.projection.js';
import { electorsOfElection } from '../../../projections/electors.projection.js';
import { countUnreached, listUnreached } from '../../../projections/mail-status.projection.js';
import { signaturesOf } from '../../../projections/register.projection.js';
import { Database } from '../../../storage/database.js';
import { NoRegisterKey, RegisterKeys } from '../../../vault/register-keys.js';

/** Some of those whom a mailing concerns, in the order of their random ids. */
export interface RecipientPage {
  readonly electorIds: readonly string[];
  /** The last elector that was looked at; undefined when there was none left. */
  readonly last: string | undefined;
}

/**
 * Whom a mailing concerns, looked up just before each letter. Who has not voted is worked out in memory, from the register
 * and its keys, and written nowhere.
 */
@Injectable()
export class Recipients {
  constructor(
    private readonly database: Database,
    private readonly registerKeys: RegisterKeys,
    private readonly clock: Clock,
  ) {}

  /** The next of them after one elector. */
  async page(
    kind: MailingKind,
    electionId: string,
    after: string | undefined,
    limit: number,
  ): Promise<RecipientPage> {
    const register = this.database.pool('register');
    if (kind !== 'not-voted') {
      const electorIds = await listUnreached(register, kind, electionId, { after, limit });
      return { electorIds, last: electorIds.at(-1) };
    }
    const electors = await electorsOfElection(register, electionId, { after, limit });
    const electorIds = await this.abstainers(await this.openBoxes(electionId), electors);
    return { electorIds, last: electors.at(-1)?.electorId };
  }

  /** How many there are; of those who have not voted at most so many, for each may vote in several scrutins. */
  async count(kind: MailingKind, electionId: string): Promise<number> {
    if (kind !== 'not-voted') return countUnreached(this.database.pool('register'), kind, electionId);
    return (await this.openBoxes(electionId)).reduce((sum, { electors, votes }) => sum + electors - votes, 0);
  }

  private async openBoxes(electionId: string): Promise<BoxRow[]> {
    const now = Date.parse(this.clock.now());
    const boxes = await listBoxes(this.database.pool('register'), electionId);
    return boxes.filter(({ phase, closesAt }) => phase === 'open' && now < closesAt.getTime());
  }

  /** Those who have a scrutin that is open and that they have not signed in. */
  private async abstainers(
    boxes: readonly BoxRow[],
    electors: readonly { readonly electorId: string; readonly scrutinIds: readonly string[] }[],
  ): Promise<string[]> {
    const found = new Set<string>();
    for (const { scrutinId } of boxes) {
      const ids = electors.filter((one) => one.scrutinIds.includes(scrutinId)).map((one) => one.electorId);
      const tags = await this.tagsOf(scrutinId, ids);
      const signatures = await signaturesOf(
        this.database.pool('register'),
        tags.map((tag) => ({ scrutinId, tag })),
      );
      const signed = new Set(signatures.map(({ tag }) => tag));
      tags.forEach((tag, index) => {
        if (!signed.has(tag)) found.add(ids[index] ?? '');
      });
    }
    return electors.map(({ electorId }) => electorId).filter((electorId) => found.has(electorId));
  }

  /** None once the register key is destroyed: then nobody knows any more who has not voted. */
  private async tagsOf(scrutinId: string, electorIds: readonly string[]): Promise<string[]> {
    try {
      return await this.registerKeys.tagsOf(scrutinId, electorIds);
    } catch (error) {
      if (error instanceof NoRegisterKey) return [];
      throw error;
    }
  }
}
