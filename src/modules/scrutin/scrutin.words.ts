import type { FormError, Words } from '../../http/form-reader.js';
import { saidOf } from '../../http/form-reader.js';
import { Refusal } from '../../ledger/refusal.js';

const words: Words = {
  'lists.closed': { text: 'Les listes sont closes : plus rien n’y change (CGFP R. 211-528).' },
  'scrutin.board-unknown': {
    field: 'boardId',
    text: 'Bureau : aucun bureau de cette élection n’est celui-là.',
  },
  'scrutin.candidates-late': { text: 'La date limite de dépôt des candidatures est passée.' },
  'scrutin.candidates-open': {
    field: 'seed',
    text: 'Graine : des listes peuvent encore être déposées ; l’ordre se tire après la date limite.',
  },
  'scrutin.code-taken': { field: 'code', text: 'Code : un autre scrutin de cette élection a ce code.' },
  'scrutin.fixed': {
    text: 'L’élection et le groupe d’un scrutin sont fixés pour de bon : les codes de vote en dépendent.',
  },
  'scrutin.has-lists': {
    field: 'held',
    text: 'Vote : des listes sont déposées dans ce scrutin, il a donc lieu ici.',
  },
  'scrutin.held-elsewhere': { text: 'Ce scrutin a lieu ailleurs : aucune liste ne s’y dépose ici.' },
  'scrutin.list-unknown': { text: 'Cette liste n’est pas déposée dans ce scrutin.' },
  'scrutin.list-withdrawn': { text: 'Cette liste a été retirée : déposez-en une nouvelle.' },
  'scrutin.no-candidate': {
    field: 'candidates',
    text: 'Candidats : une liste sans candidats (sur sigle) n’est possible que pour une CCP.',
  },
  'scrutin.no-list': {
    field: 'seed',
    text: 'Graine : aucune liste n’est déposée, il n’y a rien à tirer au sort.',
  },
  'scrutin.not-declared': { text: 'Ce scrutin n’est pas déclaré.' },
  'scrutin.order-drawn': { text: 'L’ordre des listes est tiré au sort : elles ne changent plus.' },
};

/** Which field a paper that is refused belongs to; the sentence is in French already and names it. */
const papers = new Map([
  ['candidates.bad-list', 'candidates'],
  ['candidates.bad-logo', 'logo'],
  ['candidates.bad-statement', 'statement'],
]);

/** What the pages say when the rules refuse a scrutin or a list. */
export function scrutinError(error: unknown): FormError {
  const field = error instanceof Refusal ? papers.get(error.code) : undefined;
  return field === undefined ? saidOf(error, words) : { field, text: (error as Refusal).message };
}
