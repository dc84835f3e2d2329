import type { Request } from 'express';
import type { Problem } from './problem.js';
import { render } from './views.js';

/** What an elector reads of a failure; 4xx and 5xx that are not listed take the words of 400 and 500. */
const words = new Map<number, readonly [title: string, advice: string]>([
  [400, ['Demande incorrecte', 'Vérifiez l’adresse ou les informations saisies, puis recommencez.']],
  [403, ['Accès refusé', 'Vous n’avez pas accès à cette page.']],
  [404, ['Page introuvable', 'Cette page n’existe pas ou n’existe plus.']],
  [409, ['Action impossible', 'Cette action n’est pas possible pour le moment.']],
  [413, ['Envoi trop volumineux', 'Ce que vous avez envoyé dépasse la taille permise.']],
  [500, ['Erreur inattendue', 'Une erreur est survenue de notre côté. Réessayez dans quelques instants.']],
  [
    503,
    [
      'Service momentanément indisponible',
      'Réessayez dans quelques instants : rien de ce qui est enregistré n’est perdu.',
    ],
  ],
]);

const FORM_EXPIRED = [
  'Cette page est restée ouverte trop longtemps',
  'Par sécurité, elle ne peut plus être envoyée : la session a changé depuis, peut-être dans un autre onglet. Reprenez la page, rien de ce qui était enregistré n’est perdu.',
] as const;

/** What is said of refusals that a visitor can do something about. */
const byCode = new Map<string, readonly [title: string, advice: string]>([
  [
    'election.none',
    [
      'Aucune élection',
      'Aucune élection n’est encore déclarée : un administrateur le fait dans « Élections ».',
    ],
  ],
]);

/** The page that answers a failure: says what to do, and the code to give to assistance; or the place in the line. */
export function errorPage(problem: Problem, { path, method }: Pick<Request, 'path' | 'method'>): string {
  const { status, code, place, retryAfter } = problem;
  if (place !== undefined)
    return render('waiting', { place, retryAfter, again: method === 'GET' ? ownPath(path) : '' });
  // Every form is posted to the address at which it is shown.
  if (code === 'session.form-expired') {
    const [title, advice] = FORM_EXPIRED;
    return render('error', { title, advice, code, again: ownPath(path) });
  }
  const [title, advice] = byCode.get(code) ??
    words.get(status) ??
    words.get(status < 500 ? 400 : 500) ?? ['', ''];
  return render('error', { title, advice, code });
}

/** A path that leads to this host; two slashes or a backslash would begin the name of another. */
function ownPath(path: string): string {
  return /^\/(?![/\\])/.test(path) ? path : '';
}
