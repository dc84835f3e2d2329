import type { Words } from '../../http/form-reader.js';

/** What the pages say when the rules refuse a declaration, a calendar, or the closing of the lists. */
export const electionWords: Words = {
  'election.already-declared': {
    text: 'Cette élection est déjà déclarée, avec un autre intitulé ou d’autres règles.',
  },
  'election.not-declared': { text: 'Cette élection n’est pas déclarée.' },
  'election.voting-opened': { text: 'Le vote a été ouvert : le calendrier ne change plus.' },
  'election.sealed': {
    text: 'Des scrutins sont scellés : le calendrier ne change plus, à moins que les scellés soient rompus (CGFP R. 211-552).',
  },
  'election.title-sealed': {
    field: 'title',
    text: 'Intitulé : des scrutins sont scellés, il ne change plus, à moins que les scellés soient rompus.',
  },
  'election.calendar-order': {
    text: 'Les dates ne se suivent pas : le portail et tout ce qui s’affiche viennent avant l’ouverture du vote, la limite des candidatures avant leur affichage, la clôture après l’ouverture.',
  },
  'election.voting-too-short': {
    field: 'votingClosesAt',
    text: 'Clôture du vote : le vote dure 24 heures au moins (décret 2011-595, article 9).',
  },
  'election.voting-too-long': {
    field: 'votingClosesAt',
    text: 'Clôture du vote : le vote dure huit jours au plus (décret 2011-595, article 9).',
  },
  'election.grace-too-long': {
    field: 'graceMinutes',
    text: 'Délai de grâce : 20 minutes au plus selon les règles de 2022, 30 selon celles de 2026 (CGFP R. 211-563).',
  },
  'election.notices-too-late': {
    field: 'noticesFrom',
    text: 'Début de la remise des notices : 15 jours au moins avant l’ouverture du vote (CGFP R. 211-553).',
  },
  'election.no-calendar': { text: 'L’élection n’a pas encore de calendrier.' },
};
