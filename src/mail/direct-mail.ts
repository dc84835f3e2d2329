import { MailNotSent, type Addressed, type Letter, type Mailer } from './mailer.js';

/** A mail that is sent while its reader waits, to an address that is written nowhere (F50). Open once the server is. */
export class DirectMail {
  private mailer: Pick<Mailer, 'send'> | undefined;

  open(mailer: Pick<Mailer, 'send'>): void {
    this.mailer = mailer;
  }

  /** Throws `RecipientRefused` or `MailNotSent`. */
  async send(letter: Letter, addressed: Addressed): Promise<void> {
    if (!this.mailer) throw new MailNotSent('this process sends no mails');
    await this.mailer.send(letter, addressed);
  }
}
