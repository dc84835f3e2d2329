import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

type View = 'api-docs' | 'article' | 'error' | 'home' | 'mail' | 'mails';

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: View, data: object): string {
  return eta.render(`./${view}`, data);
}
