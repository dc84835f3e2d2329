import { createTransport } from 'nodemailer';
import type { NodemailerError } from 'nodemailer/lib/errors';

/** What a mail says, twice: for those who read HTML and for those who do not. */
export interface Letter {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** Where a mail goes, and under which name it is known. */
export interface Addressed {
  /** A bare address. Names are not written: a mail for one elector says « Madame, Monsieur ». */
  readonly to: string;
  /** The same at every try, so that a receiver can drop a repetition. */
  readonly key: string;
  /** What an answer of a mail system is to be filed under, where answers are read (`MAIL_BOUNCES`). */
  readonly linkId?: string;
}

/** The mailbox will not take this mail, now or later. `reason` is the code of RFC 5321 or RFC 3463, never a sentence. */
export class RecipientRefused extends Error {
  constructor(readonly reason: string) {
    super(`the mailbox refuses: ${reason}`);
    this.name = 'RecipientRefused';
  }
}

/** The mail was not taken for a reason that may pass. Says nothing of whom it was for: sentences of servers quote addresses. */
export class MailNotSent extends Error {
  constructor(readonly reason: string) {
    super(`the mail was not taken: ${reason}`);
    this.name = 'MailNotSent';
  }
}

/** How mails leave: see README, `SMTP_URL` to `MAIL_BOUNCES`. */
export interface MailRoute {
  readonly smtpUrl: string;
  /** « Élection Professionnelle 2022 <elections@exemple.fr> ». */
  readonly from: { readonly name: string; readonly address: string };
  /** Mailbox for what comes back; each mail names its link in it (`box+LINK@host`). The sender itself without it. */
  readonly bounces: string | undefined;
}

const CONNECTIONS = 10;

/** Sends mails over SMTP, on connections that are kept open (F10, F34). */
export class Mailer {
  private readonly transport;

  constructor(private readonly route: MailRoute) {
    this.transport = createTransport({
      url: route.smtpUrl,
      pool: true,
      maxConnections: CONNECTIONS,
      maxMessages: 1_000,
      maxRequeues: 0, // who sends decides whether to try again
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Gives a mail to the server. Throws `RecipientRefused` for good, `MailNotSent` for now. */
  async send(letter: Letter, { to, key, linkId }: Addressed): Promise<void> {
    const { from, bounces } = this.route;
    try {
      await this.transport.sendMail({
        ...letter,
        from,
        to: { name: '', address: to },
        envelope: { from: bounces === undefined ? from.address : returnAddress(bounces, linkId), to: [to] },
        messageId: `<${key}@${domainOf(from.address)}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' },
      });
    } catch (error) {
      throw failureOf(error as NodemailerError);
    }
  }

  /** Lets what is on its way arrive, and closes the connections. */
  close(): void {
    this.transport.close();
  }
}

/** `box+LINK@host`: what comes back says by its address which link it is about (variable envelope return path). */
export function returnAddress(bounces: string, linkId: string | undefined): string {
  if (linkId === undefined) return bounces;
  const at = bounces.lastIndexOf('@');
  return `${bounces.slice(0, at)}+${linkId}${bounces.slice(at)}`;
}

/**
 * Tells a mailbox that will never take the mail from a server that does not take it now. RFC 3463: x.1 is about the
 * address, x.2 about the mailbox; x.7 is a policy, most often ours to mend, so it is tried again and then shown.
 */
function failureOf(error: NodemailerError): RecipientRefused | MailNotSent {
  const [refused = error] = error.rejectedErrors ?? [];
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(refused.response ?? '')?.[1];
  const reason = enhanced ?? refused.responseCode?.toString() ?? error.code ?? 'unknown';
  const aboutMailbox =
    refused.command !== 'MAIL FROM' && // that one is about our own address
    (enhanced === undefined ? refused.command === 'RCPT TO' : /^5\.[12]\./.test(enhanced));
  return refused.permanent === true && aboutMailbox ? new RecipientRefused(reason) : new MailNotSent(reason);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
