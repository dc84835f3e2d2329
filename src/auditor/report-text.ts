import type { AuditReport } from './audit.js';
import { claims, type Claim } from './claims.js';

export type Language = 'fr' | 'en';

const words = {
  fr: {
    holds: 'OUI',
    fails: 'NON',
    unchecked: '  —',
    sound: 'Conforme : aucune anomalie.',
    notSound: 'NON CONFORME : au moins une vérification a échoué.',
    more: (count: number) => `et ${count} autres`,
    read: (events: number, leaves: number) => `${events} événements lus, ${leaves} feuilles`,
    checked: (count: number) => `${count} vérifications`,
    public: 'dossier public',
    auditor: 'dossier d’auditeur',
    ballots: (count: number) => `${count} bulletins`,
    seats: 'sièges',
    blank: 'votes blancs',
  },
  en: {
    holds: 'YES',
    fails: ' NO',
    unchecked: '  -',
    sound: 'Sound: nothing is wrong.',
    notSound: 'NOT SOUND: at least one check has failed.',
    more: (count: number) => `and ${count} more`,
    read: (events: number, leaves: number) => `${events} events read, ${leaves} leaves`,
    checked: (count: number) => `${count} checks`,
    public: 'public bundle',
    auditor: "auditor's bundle",
    ballots: (count: number) => `${count} ballots`,
    seats: 'seats',
    blank: 'blank',
  },
} as const;

/** The report as a person reads it: each claim with its verdict, and where it fails. */
export function describeReport(report: AuditReport, language: Language): string {
  const say = words[language];
  const lines = [`${report.origin}, ${say[report.kind]}: ${say.read(report.events, report.leaves)}`, ''];
  for (const claim of report.claims) lines.push(...describeClaim(claim, language));
  for (const { title, ballots, votes, blank } of report.results) {
    lines.push('', `${title}: ${say.ballots(ballots)}`);
    for (const { listId, votes: count, seats } of votes)
      lines.push(`  ${count}  ${listId}, ${seats} ${say.seats}`);
    lines.push(`  ${blank}  ${say.blank}`);
  }
  return [...lines, '', report.sound ? say.sound : say.notSound, ''].join('\n');
}

function describeClaim(
  { name, verdict, checked, wrong, findings, because }: Claim,
  language: Language,
): string[] {
  const say = words[language];
  const title = claims[name][language === 'en' ? 0 : 1];
  const count = verdict === 'unchecked' ? (because ?? '') : say.checked(checked);
  const lines = [`${say[verdict]}  ${title} (${name}; ${count})`];
  for (const { place, reason } of findings.slice(0, 10))
    lines.push(`       ${printable(place)}: ${printable(reason)}`);
  if (wrong > 10) lines.push(`       ${say.more(wrong - 10)}`);
  return lines;
}

/** What a bundle says must not tell a terminal what to do. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?').slice(0, 300);
}
