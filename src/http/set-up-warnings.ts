import { inParis, inParisField } from './paris-time.js';

/** What the warnings look at. */
export interface SetUp {
  readonly votingOpensAt: Date | undefined;
  readonly noticesFrom: Date | undefined;
  readonly listsClosedAt: Date | undefined;
  readonly notices: { readonly electors: number; readonly delivered: number };
}

const FORTNIGHT = 15 * 86_400_000; // milliseconds

/** What the law asks for before the opening and was not done: said where an election is prepared and sealed, not refused. */
export function setUpWarnings(
  { votingOpensAt, noticesFrom, listsClosedAt, notices }: SetUp,
  now: string,
): string[] {
  if (!votingOpensAt) return [];
  const warnings: string[] = [];
  if (!closedOnTheEve(listsClosedAt ?? new Date(now), votingOpensAt))
    warnings.push(
      listsClosedAt
        ? `Les listes ont été closes le ${inParis(listsClosedAt)} : elles devaient l’être au plus tard la veille de l’ouverture du vote (CGFP R. 211-528). Le procès-verbal le dira.`
        : 'Les listes sont encore ouvertes : elles devaient être closes au plus tard la veille de l’ouverture du vote (CGFP R. 211-528).',
    );
  if (!noticesFrom)
    warnings.push(
      'Le calendrier ne dit pas quand les notices sont remises : rien ne vérifie qu’elles le sont 15 jours au moins avant l’ouverture (CGFP R. 211-553).',
    );
  const missing = notices.electors - notices.delivered;
  const due = Date.parse(now) > votingOpensAt.getTime() - FORTNIGHT;
  if (due && missing > 0)
    warnings.push(
      `${missing} notice(s) sur ${notices.electors} ne sont pas notées comme remises, à moins de 15 jours de l’ouverture (CGFP R. 211-553).`,
    );
  return warnings;
}

/** Whether lists that were closed then were so on the eve at the latest, by the days of Paris. */
export function closedOnTheEve(closed: Date, opens: Date): boolean {
  return inParisField(closed).slice(0, 10) < inParisField(opens).slice(0, 10);
}
