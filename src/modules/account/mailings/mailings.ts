import { Injectable, NotFoundException } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { MailingKind } from '../../../events/mailing.events.js';
import { Site } from '../../../http/site.js';
import { EventStore } from '../../../ledger/event-store.js';
import type { Executed } from '../../../ledger/ledger.js';
import { Refusal } from '../../../ledger/refusal.js';
import { DirectMail } from '../../../mail/direct-mail.js';
import { activationReminderLetter, openingLetter, voteReminderLetter } from '../../../mail/letters.js';
import { MailNotSent, RecipientRefused, type Letter } from '../../../mail/mailer.js';
import { findElection } from '../../../projections/elections.projection.js';
import { countMails } from '../../../projections/mail-status.projection.js';
import { mailingsOf, type MailingRow } from '../../../projections/mailings.projection.js';
import { Projections } from '../../../projections/projections.js';
import { Reactions } from '../../../projections/reactions.js';
import { Database } from '../../../storage/database.js';
import { linkPath } from '../account.mails.js';
import { Occasions } from '../occasions.js';
import { NoteMailingTest, OrderMailing, StopMailing } from './mailing.commands.js';
import { MailingRules } from './mailing.handlers.js';
import { MailingProgress } from './mailing-progress.js';
import { Recipients } from './recipients.js';

/** A mailing with how far it has come. */
export interface MailingState extends MailingRow {
  readonly asked: number;
  /** Mailboxes that refused a reminder at once; of letters with links, the list of returned mails says which. */
  readonly refused: number;
}

/** What there is to see of the mails of an election. */
export interface MailingOverview {
  readonly mailings: readonly MailingState[];
  /** Letters with links that wait, left, or were given up: of all mailings together. */
  readonly queue: { readonly waiting: number; readonly done: number; readonly failed: number };
  readonly electors: number;
  readonly silent: number;
  readonly bounced: number;
  /** Held back by an operator, or by a restore. */
  readonly paused: boolean;
  readonly abstainersMayBeReminded: boolean;
}

/** Mails to many: what would be sent to how many, a test, the order, the progress (F10, F13). */
@Injectable()
export class Mailings {
  private readonly progress: MailingProgress;

  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly projections: Projections,
    private readonly recipients: Recipients,
    private readonly occasions: Occasions,
    private readonly site: Site,
    private readonly mail: DirectMail,
    private readonly rules: MailingRules,
  ) {
    this.progress = new MailingProgress(database);
  }

  async overview(electionId: string): Promise<MailingOverview> {
    const register = this.database.pool('register');
    await this.require(electionId);
    const rows = await mailingsOf(register, electionId);
    const progress = await this.progress.ofAll(rows.map(({ mailingId }) => mailingId));
    const status = await new Reactions(this.store, this.database, []).status();
    const queue = status.find(({ name }) => name === 'opening-mail');
    return {
      mailings: rows.map((row) => ({
        ...row,
        asked: progress.get(row.mailingId)?.mails ?? row.mails ?? 0,
        refused: progress.get(row.mailingId)?.refused ?? 0,
      })),
      queue: { waiting: queue?.waiting ?? 0, done: queue?.done ?? 0, failed: queue?.failed ?? 0 },
      ...(await countMails(register, electionId)),
      paused: await this.progress.paused(),
      abstainersMayBeReminded: this.rules.abstainersMayBeReminded,
    };
  }

  /** The letter as it would be written, with a link that opens nothing, and how many it would go to. */
  async preview(electionId: string, kind: MailingKind): Promise<Letter & { readonly recipients: number }> {
    await this.require(electionId);
    return {
      ...(await this.letter(electionId, kind)),
      recipients: await this.recipients.count(kind, electionId),
    };
  }

  /** Sends the letter to an address that is kept nowhere. */
  async test(electionId: string, kind: MailingKind, address: string, staffId: string): Promise<void> {
    await this.require(electionId);
    try {
      await this.mail.send(await this.letter(electionId, kind), { to: address, key: randomUUID() });
    } catch (error) {
      if (error instanceof RecipientRefused || error instanceof MailNotSent)
        throw new Refusal('mailing.test-failed', `The mail server says: ${error.reason}.`);
      throw error;
    }
    await this.commands.execute(new NoteMailingTest(electionId, kind, staffId));
  }

  /** Has it sent to all whom it concerns. */
  async order(
    electionId: string,
    kind: MailingKind,
    perMinute: number,
    staffId: string,
  ): Promise<{ readonly mailingId: string }> {
    await this.require(electionId);
    const mailingId = randomUUID();
    await this.shown(new OrderMailing(electionId, mailingId, kind, perMinute, staffId));
    return { mailingId };
  }

  /** What left has left. */
  async stop(electionId: string, mailingId: string, staffId: string): Promise<void> {
    await this.shown(new StopMailing(electionId, mailingId, staffId));
  }

  private async shown(command: OrderMailing | StopMailing): Promise<void> {
    const { position } = await this.commands.execute<OrderMailing | StopMailing, Executed>(command);
    await this.projections.waitFor('mailings', position, 2_000);
  }

  private async letter(electionId: string, kind: MailingKind): Promise<Letter> {
    const occasion = await this.occasions.of(electionId, this.site.url);
    if (kind === 'not-voted') return voteReminderLetter(occasion);
    const write = kind === 'opening' ? openingLetter : activationReminderLetter;
    return write(occasion, this.site.url + linkPath('EXEMPLE'));
  }

  private async require(electionId: string): Promise<void> {
    if (!(await findElection(this.database.pool('register'), electionId))) throw new NotFoundException();
  }
}
