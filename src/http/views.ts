import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

type View =
  | 'api-docs'
  | 'article'
  | 'error'
  | 'home'
  | 'mail'
  | 'mails'
  | 'staff-assistance'
  | 'staff-changes'
  | 'staff-elector'
  | 'staff-home'
  | 'staff-mails'
  | 'staff-search'
  | 'staff-sign-in';

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data);
}
