import { Command } from 'commander';
import { Care } from '../modules/account/care.js';
import { withApplication } from './application.js';

/** `isoloir mail`: what happened to mails out of our sight. */
export function mailCommand(): Command {
  const mail = new Command('mail').description('take note of mails that came back');
  mail
    .command('bounce')
    .description(
      'record that the mail with this link came back; the link is in the address that it came back to',
    )
    .argument('<link>', 'a link, or an address such as retours+LINK@exemple.fr')
    .option('--reason <code>', 'the code of RFC 3463 or 5321, such as 5.2.2')
    .action((link: string, { reason }: { reason?: string }) => {
      const [id] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(link) ?? [];
      if (id === undefined) throw new Error('no link is in it');
      return withApplication((app) => app.get(Care, { strict: false }).bounced(id, reason));
    });
  return mail;
}
