import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

type View =
  | 'home'
  | 'article'
  | 'identifier'
  | 'password'
  | 'mail-sent'
  | 'link'
  | 'link-dead'
  | 'new-password'
  | 'activation'
  | 'space'
  | 'information'
  | 'assistance'
  | 'said'
  | 'mail'
  | 'mails'
  | 'waiting'
  | 'error'
  | 'api-docs';

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data);
}
