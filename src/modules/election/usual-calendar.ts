/** The moments of a calendar as a form names them, with the words for each; all times are those of Paris. */
export const moments = [
  ['portalOpensAt', 'Ouverture du portail', true],
  ['listsShownAt', 'Affichage des listes électorales, début des réclamations', false],
  ['candidatesDueAt', 'Limite de dépôt des candidatures et des professions de foi', false],
  ['candidatesShownAt', 'Affichage des candidatures', false],
  ['noticesFrom', 'Début de la remise des notices (codes de vote)', false],
  ['votingOpensAt', 'Ouverture du vote', true],
  ['votingClosesAt', 'Clôture du vote', true],
] as const;

/** With what the form of a calendar is filled before anything is set: the dates of that year (F1, F2, F3; CGFP 553, 563). */
export const usualCalendar = {
  '2022': {
    portalOpensAt: '2022-10-13T10:00',
    listsShownAt: '2022-10-13T10:00',
    candidatesDueAt: '2022-10-20T17:00',
    candidatesShownAt: '2022-11-16T09:00',
    noticesFrom: '2022-11-07T08:00',
    votingOpensAt: '2022-12-01T08:00',
    votingClosesAt: '2022-12-08T17:00',
    graceMinutes: '20',
  },
  '2026': {
    portalOpensAt: '2026-10-13T10:00',
    listsShownAt: '2026-10-13T10:00',
    candidatesDueAt: '2026-10-22T17:00',
    candidatesShownAt: '2026-11-16T09:00',
    noticesFrom: '2026-11-09T08:00',
    votingOpensAt: '2026-12-03T08:00',
    votingClosesAt: '2026-12-10T17:00',
    graceMinutes: '30',
  },
} as const;
