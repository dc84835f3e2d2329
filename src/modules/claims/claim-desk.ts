import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal, TooSoon } from '../../ledger/refusal.js';
import { claimsOf, openClaims, type ClaimRow } from '../../projections/claims.projection.js';
import { findElector } from '../../projections/electors.projection.js';
import { scrutinsOf } from '../../projections/scrutins.projection.js';
import { delaysOf, type Delays } from '../../projections/delays.js';
import { Database } from '../../storage/database.js';
import { AnswerClaim, FileClaim } from './claims.commands.js';

/** A claim with its texts; a text is undefined once erased. */
export interface ClaimView {
  readonly claimId: string;
  readonly electorId: string;
  readonly scrutin: string | undefined;
  readonly filedAt: Date;
  readonly text: string | undefined;
  readonly decision: ClaimRow['decision'];
  readonly answeredAt: Date | undefined;
  readonly answer: string | undefined;
}

/** The longest text that is taken, in characters. */
export const LONGEST_TEXT = 4_000;
const DAY = 86_400_000;
const MOST_A_DAY = 10;

/** « Formuler une réclamation » (F57): texts go to the documents, restricted; events name their hashes. */
@Injectable()
export class ClaimDesk {
  constructor(
    private readonly documents: Documents,
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Takes a claim, ten a day from one elector; the scrutin, where one is named, is one of the elector's. Gives its id. */
  async file(electorId: string, text: string, scrutinId: string | undefined): Promise<string> {
    const elector = await findElector(this.database.pool('register'), electorId);
    if (!elector) throw new Refusal('account.not-registered', 'No elector of this id is on the lists.');
    if (scrutinId !== undefined && !elector.scrutinIds.includes(scrutinId))
      throw new Refusal('claim.other-scrutin', 'The elector is not on the list of this scrutin.');
    const day = Date.parse(this.clock.now()) - DAY;
    const recent = (await claimsOf(this.database.pool('register'), electorId)).filter(
      ({ filedAt }) => filedAt.getTime() > day,
    );
    if (recent.length >= MOST_A_DAY) throw new TooSoon(DAY / 1000);
    const claimId = randomUUID();
    const address = await this.put(text);
    await this.commands.execute(new FileClaim(claimId, elector.electionId, electorId, scrutinId, address));
    return claimId;
  }

  async answer(
    claimId: string,
    decision: AnswerClaim['decision'],
    staffId: string,
    text: string,
  ): Promise<void> {
    await this.commands.execute(new AnswerClaim(claimId, decision, staffId, await this.put(text)));
  }

  /** How long answers take. */
  delays(): Promise<Delays> {
    return delaysOf(this.database.pool('register'), 'claims');
  }

  /** What nobody has answered yet, the oldest first. */
  async open(): Promise<ClaimView[]> {
    return this.shown(await openClaims(this.database.pool('register')));
  }

  /** What one elector claimed, the newest first. */
  async of(electorId: string): Promise<ClaimView[]> {
    return this.shown(await claimsOf(this.database.pool('register'), electorId));
  }

  private put(text: string): Promise<string> {
    return this.documents.put(Buffer.from(text.trim()), 'text/plain; charset=utf-8', 'restricted');
  }

  private async shown(rows: readonly ClaimRow[]): Promise<ClaimView[]> {
    const ids = [...new Set(rows.flatMap(({ scrutinId }) => scrutinId ?? []))];
    const scrutins = await scrutinsOf(this.database.pool('register'), ids);
    const titles = new Map(scrutins.map(({ scrutinId, title }) => [scrutinId, title]));
    const text = async (address: string | undefined) =>
      address === undefined ? undefined : (await this.documents.get(address))?.content.toString();
    return Promise.all(
      rows.map(async ({ claimId, electorId, scrutinId, filedAt, decision, answeredAt, ...row }) => ({
        ...{ claimId, electorId, filedAt, decision, answeredAt },
        scrutin: scrutinId && titles.get(scrutinId),
        text: await text(row.text),
        answer: await text(row.answer),
      })),
    );
  }
}
