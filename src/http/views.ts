import { Eta } from 'eta';
import { fileURLToPath } from 'node:url';

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

/** A page as text. Everything that a template writes with `<%= %>` is escaped. */
export function render(view: 'home' | 'error' | 'api-docs', data: object): string {
  return eta.render(`./${view}`, data);
}
