import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStore } from '../../../ledger/event-store.js';
import { Refusal } from '../../../ledger/refusal.js';
import { DirectMail } from '../../../mail/direct-mail.js';
import { voteReminderLetter } from '../../../mail/letters.js';
import { MailNotSent, RecipientRefused, type Addressed, type Letter } from '../../../mail/mailer.js';
import { isUnderWay, mailingsUnderWay, type MailingRow } from '../../../projections/mailings.projection.js';
import { Pace } from '../../../projections/pace.js';
import { registerReactions } from '../../../projections/reactions.js';
import { Site } from '../../../http/site.js';
import { Database } from '../../../storage/database.js';
import { Digests } from '../../../vault/digests.js';
import { Identities } from '../../../vault/identities.js';
import { IssueActivationLink } from '../account.commands.js';
import { Occasions } from '../occasions.js';
import { EndMailing } from './mailing.commands.js';
import { MAILINGS, MailingProgress, type Progress } from './mailing-progress.js';
import { Recipients } from './recipients.js';

const LONGEST_PAUSE = 60_000; // milliseconds between two tries while the mail server is away

/**
 * Carries out the mailings that were ordered; the instance that holds the scheduler calls it. A letter with a link is asked
 * for by an event whose link id is made of mailing and elector, and leaves through the outbox: cut off anywhere and begun
 * again, each elector has one. A reminder to vote leaves no trace of whom it went to, so no outbox can hold it; its Message-ID
 * is made of mailing and elector too, and progress moves past an elector once the mail server has the letter. So a crash
 * loses none, and repeats at most the one that was leaving, under the same Message-ID, as the outbox does.
 */
@Injectable()
export class MailingRun {
  private readonly progress: MailingProgress;

  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly recipients: Recipients,
    private readonly identities: Identities,
    private readonly digests: Digests,
    private readonly occasions: Occasions,
    private readonly site: Site,
    private readonly mail: DirectMail,
  ) {
    this.progress = new MailingProgress(database);
  }

  /** Works on what was ordered, until all is done, or a mailing is stopped or paused. */
  async tend(signal: AbortSignal): Promise<void> {
    await registerReactions(this.store, this.database, [MAILINGS]);
    for (const mailing of await mailingsUnderWay(this.database.pool('register')))
      if (!(await this.walk(mailing, signal))) return;
  }

  /** True once the last elector was looked at. */
  private async walk(mailing: MailingRow, signal: AbortSignal): Promise<boolean> {
    const { mailingId, electionId, kind, perMinute } = mailing;
    const pace = new Pace(perMinute / 60);
    // Ten seconds' worth: who votes or activates meanwhile is not written to for long.
    const limit = Math.min(500, Math.max(1, Math.ceil(perMinute / 6)));
    let progress = await this.progress.of(mailingId);
    while (await this.goesOn(mailing, signal)) {
      const page = await this.recipients.page(kind, electionId, progress.after, limit);
      for (const electorId of page.electorIds) {
        await pace.turn(signal);
        if (!(await this.goesOn(mailing, signal))) return false;
        const moved =
          kind === 'not-voted'
            ? await this.remind(mailing, electorId, progress, signal)
            : await this.invite(mailing, electorId, progress);
        if (!moved) return false;
        progress = moved;
      }
      if (page.last === undefined) {
        await this.commands.execute(new EndMailing(electionId, mailingId, progress.mails));
        await this.progress.save(mailingId, { ...progress, after: undefined });
        return true;
      }
      progress = { ...progress, after: page.last };
      await this.progress.save(mailingId, progress);
    }
    return false;
  }

  private async goesOn({ mailingId }: MailingRow, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || (await this.progress.paused())) return false;
    return isUnderWay(this.database.pool('register'), mailingId);
  }

  /** A letter with a link. */
  private async invite({ mailingId }: MailingRow, electorId: string, before: Progress): Promise<Progress> {
    const linkId = uuidOf(await this.digests.of('mailing-link', mailingId, electorId));
    let mails = before.mails;
    try {
      await this.commands.execute(new IssueActivationLink(electorId, linkId, this.occasions.linkUntil()));
      mails += 1;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // meanwhile active, or off the lists
    }
    const progress = { ...before, after: electorId, mails };
    await this.progress.save(mailingId, progress);
    return progress;
  }

  /** « N'oubliez pas de voter »: one letter, known to nobody but the mail server. Undefined where it could not leave. */
  private async remind(
    mailing: MailingRow,
    electorId: string,
    before: Progress,
    signal: AbortSignal,
  ): Promise<Progress | undefined> {
    const { mailingId, electionId } = mailing;
    const to = (await this.identities.of(electorId))?.email;
    if (to === undefined) return { ...before, after: electorId };
    const key = (await this.digests.of('mailing-key', mailingId, electorId)).toString('hex').slice(0, 32);
    const letter = voteReminderLetter(await this.occasions.of(electionId, this.site.url));
    for (let pause = 1_000; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const refused = await this.isRefused(letter, { to, key });
      if (refused !== undefined) {
        const counts = { mails: before.mails + 1, refused: before.refused + Number(refused) };
        const progress = { after: electorId, ...counts };
        await this.progress.save(mailingId, progress);
        return progress;
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (!(await this.goesOn(mailing, signal))) return undefined; // it is the next one
    }
  }

  /** Sends a letter: whether the mailbox refuses it for good; undefined where the mail server does not take it now. */
  private async isRefused(letter: Letter, addressed: Addressed): Promise<boolean | undefined> {
    try {
      await this.mail.send(letter, addressed);
      return false;
    } catch (error) {
      if (error instanceof RecipientRefused) return true;
      if (error instanceof MailNotSent) return undefined;
      throw error;
    }
  }
}

/** A random-looking UUID (version 4), the same for the same digest. */
function uuidOf(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
