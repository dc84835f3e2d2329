import type { INestApplicationContext } from '@nestjs/common';
import { CannotStart } from './cannot-start.js';
import type { Config } from './config.js';
import type { Foundation } from './foundation.js';
import { CatchAll } from './mail/catch-all.js';
import { Mailer } from './mail/mailer.js';
import { AccountMails } from './modules/account/account.mails.js';
import { Reactions } from './projections/reactions.js';

/** How mails leave this instance. */
export interface Mails {
  readonly mailer: Mailer;
  /** The mail server of a demonstration; undefined where `SMTP_URL` names a real one. */
  readonly catchAll: CatchAll | undefined;
  close(): Promise<void>;
}

/** Opens the way out: the server of `SMTP_URL`, or one in memory for a demonstration, which refuses some mailboxes. */
export async function openMails(
  { smtpUrl, mailFrom, mailBounces }: Config,
  refuses: (address: string) => boolean,
): Promise<Mails> {
  const catchAll = smtpUrl === undefined ? new CatchAll(refuses) : undefined;
  const route = smtpUrl ?? (await catchAll?.start());
  if (route === undefined) throw new CannotStart('SMTP_URL: no server takes the mails');
  const mailer = new Mailer({ smtpUrl: route, from: mailFrom, bounces: mailBounces });
  const close = async () => {
    mailer.close();
    await catchAll?.stop();
  };
  return { mailer, catchAll, close };
}

/** Sends what events ask for, once it is known where the portal answers. */
export function runMails(
  { config, site, store, database, log }: Foundation,
  app: INestApplicationContext,
  { mailer }: Mails,
): Reactions {
  const reactions = app
    .get(AccountMails)
    .reactions({ mailer, portal: site.url, perSecond: config.mailsPerSecond });
  const running = new Reactions(store, database, reactions, (err) => {
    log.pino.error({ err }, 'a mail was given up, or its reaction stopped');
  });
  running.start();
  return running;
}
