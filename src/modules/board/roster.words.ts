import type { Words } from '../../http/form-reader.js';
import type { Board } from './board.state.decider.js';
import { requireRoster } from './roster.decider.js';
import { Refusal } from '../../ledger/refusal.js';

/** What the pages say when the rules refuse a seat (CGFP 536 to 546). */
export const rosterWords: Words = {
  'board.not-declared': { text: 'Ce bureau n’est pas déclaré.' },
  'board.already-declared': { field: 'title', text: 'Intitulé : ce bureau est déjà déclaré.' },
  'board.administrator': {
    field: 'staffId',
    text: 'Membre : un administrateur du service ne détient pas de part de la clé (CNIL 2019-053, objectif 1-08).',
  },
  'board.wrong-office': {
    field: 'seat',
    text: 'Siège : le siège 1 est celui du président, le 2 celui du secrétaire, les autres ceux des délégués.',
  },
  'board.list-of-a-delegate': {
    field: 'listId',
    text: 'Liste représentée : seul un délégué représente une liste.',
  },
  'board.own-substitute': { field: 'staffId', text: 'Membre : personne n’est son propre suppléant.' },
  'board.two-offices': {
    field: 'staffId',
    text: 'Membre : une personne n’exerce qu’une fonction dans un bureau.',
  },
  'board.too-many-shares': {
    field: 'staffId',
    text: 'Membre : personne ne détient plus de deux parts de la clé, titulaire ou suppléant (CGFP R. 211-545).',
  },
  'board.key-published': {
    text: 'Le bureau a sa clé : ses titulaires ne changent plus, un suppléant prend le siège.',
  },
  'board.no-substitute': { text: 'Ce siège n’a pas de suppléant qui puisse le prendre.' },
  'ceremony.running': {
    text: 'Une cérémonie des clés est en cours : les sièges ne changent pas pendant qu’elle dure.',
  },
  'sealing.sealed': { text: 'Les scrutins de ce bureau sont scellés : ses suppléants ne changent plus.' },
};

const lacks: Readonly<Record<string, string>> = {
  'board.incomplete':
    'Un président (siège 1), un secrétaire (siège 2) et des délégués aux sièges suivants, sans siège vacant, sont nécessaires.',
  'board.two-thirds':
    'Les deux tiers des parts de la clé reviennent aux délégués : il faut quatre sièges de délégué au moins (CGFP R. 211-545).',
  'board.substitute-missing': 'Un délégué n’a pas de suppléant (CGFP R. 211-536 et 537).',
};

/** What a board still lacks before its key ceremony, and which lists nobody stands for. */
export function missingFrom(board: Board, lists: readonly { listId: string; title: string }[]): string[] {
  const missing: string[] = [];
  try {
    requireRoster(board, false);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    missing.push(lacks[error.code] ?? error.message);
  }
  const stoodFor = new Set([...board.seats.values()].map(({ listId }) => listId));
  for (const { listId, title } of lists)
    if (!stoodFor.has(listId))
      missing.push(`Aucun délégué ne représente la liste « ${title} » (CGFP R. 211-536).`);
  return missing;
}
