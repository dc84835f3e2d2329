import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

type View =
  | 'activation'
  | 'api-docs'
  | 'article'
  | 'assistance'
  | 'board'
  | 'boards'
  | 'booth'
  | 'box-audit'
  | 'box-audit-offline'
  | 'board-build'
  | 'boxes'
  | 'ceremony'
  | 'claims'
  | 'code-reassort'
  | 'code-sent'
  | 'count'
  | 'demonstration'
  | 'desk-reassort'
  | 'electoral-list'
  | 'electoral-lists'
  | 'error'
  | 'home'
  | 'identifier'
  | 'information'
  | 'link'
  | 'link-dead'
  | 'mail'
  | 'mail-sent'
  | 'mails'
  | 'minutes'
  | 'new-code'
  | 'new-password'
  | 'password'
  | 'rehearsal'
  | 'results'
  | 'results-of'
  | 'said'
  | 'scrutins'
  | 'seal'
  | 'seals'
  | 'setup-board'
  | 'setup-board-form'
  | 'setup-calendar'
  | 'setup-election'
  | 'setup-elections'
  | 'setup-electors'
  | 'setup-file'
  | 'setup-list'
  | 'setup-scrutin'
  | 'setup-scrutin-form'
  | 'setup-seat'
  | 'signatures'
  | 'space'
  | 'staff-account'
  | 'staff-accounts'
  | 'staff-assistance'
  | 'staff-changes'
  | 'staff-claims'
  | 'staff-elector'
  | 'staff-emargement'
  | 'staff-handed-link'
  | 'staff-home'
  | 'staff-secrets'
  | 'staff-journal'
  | 'staff-inscription'
  | 'staff-lists'
  | 'staff-mailing'
  | 'staff-mailings'
  | 'staff-mails'
  | 'staff-notices'
  | 'staff-notices-undelivered'
  | 'staff-notices-unit'
  | 'staff-search'
  | 'staff-sign-in'
  | 'staff-station'
  | 'verify'
  | 'verify-offline'
  | 'staff-turnout'
  | 'staff-turnout-scrutin'
  | 'waiting';

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: View, data: object): string {
  // What somebody typed comes back to the letter.
  return eta
    .render(`./${view}`, data)
    .replace(/(<textarea\b[^>]*>[^<]*)|>[^<]+(?=<)/g, (text, typed?: string) => typed ?? tied(text));
}

/** French signs stay with their word: « ainsi » ; comme cela ? A narrow screen must not begin a line with them. */
function tied(text: string): string {
  return text.replace(/ (?=[?!:;»](?:\s|$|[.,)]))/g, '\u00a0').replace(/« /g, '«\u00a0');
}
