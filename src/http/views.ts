import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

type View =
  | 'activation'
  | 'api-docs'
  | 'article'
  | 'assistance'
  | 'booth'
  | 'demonstration'
  | 'count'
  | 'error'
  | 'home'
  | 'identifier'
  | 'information'
  | 'link'
  | 'link-dead'
  | 'mail'
  | 'mail-sent'
  | 'mails'
  | 'new-password'
  | 'password'
  | 'results'
  | 'said'
  | 'signatures'
  | 'space'
  | 'staff-assistance'
  | 'staff-changes'
  | 'staff-elector'
  | 'staff-home'
  | 'staff-mails'
  | 'staff-search'
  | 'staff-sign-in'
  | 'verify'
  | 'verify-offline'
  | 'waiting';

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data).replace(/>[^<]+(?=<)/g, tied);
}

/** French signs stay with their word: « ainsi » ; comme cela ? A narrow screen must not begin a line with them. */
function tied(text: string): string {
  return text.replace(/ (?=[?!:;»](?:\s|$|[.,)]))/g, '\u00a0').replace(/« /g, '«\u00a0');
}
