import type { AuditReport } from './audit.js';
import { claims, type Claim, type ClaimName, type Finding } from './claims.js';
import { inFrench } from './reasons-fr.js';

export type Language = 'fr' | 'en';

const words = {
  fr: {
    holds: 'OUI',
    fails: 'NON',
    unchecked: '  —',
    unfinished:
      'Aucune anomalie, mais ce dossier n’est PAS toute l’élection : des scrutins scellés n’y sont pas dépouillés, ou leur procès-verbal n’est pas signé, ou aucun n’y est scellé.',
    sound: 'Conforme : aucune anomalie.',
    remarked:
      'Conforme, AVEC REMARQUE : aucune anomalie du dossier, mais un bureau a constaté que noms, émargements et bulletins ne concordent pas.',
    discrepancy: 'REMARQUE : noms, émargements et bulletins ne concordent pas, voir le procès-verbal',
    notSound: 'NON CONFORME : au moins une vérification a échoué.',
    more: (count: number) => `et ${count} autres`,
    read: (events: number, leaves: number) => `${events} événements lus, ${leaves} feuilles`,
    checked: (count: number) => `${count} vérifications`,
    public: 'dossier public',
    auditor: 'dossier d’auditeur',
    ballots: (count: number) => `${count} bulletins`,
    seats: 'sièges',
    blank: 'votes blancs',
    note: 'À savoir :',
    boothSame: 'Le script de l’isoloir servi est celui qui compte, scellé ou décidé depuis',
    boothOther: 'Le script de l’isoloir servi n’est PAS celui qui compte',
    boothUnknown: 'Le dossier ne dit pas quel script de l’isoloir a été scellé',
  },
  en: {
    holds: 'YES',
    fails: ' NO',
    unchecked: '  -',
    unfinished:
      'Nothing is wrong, but this is NOT the whole election: sealed scrutins are not counted in it, or their minutes not signed, or none is sealed.',
    sound: 'Sound: nothing is wrong.',
    remarked:
      'Sound, WITH A REMARK: nothing is wrong in the bundle, but a board stated that names, signatures and ballots do not agree.',
    discrepancy: 'REMARK: names, signatures and ballots do not agree, see the minutes',
    notSound: 'NOT SOUND: at least one check has failed.',
    more: (count: number) => `and ${count} more`,
    read: (events: number, leaves: number) => `${events} events read, ${leaves} leaves`,
    checked: (count: number) => `${count} checks`,
    public: 'public bundle',
    auditor: "auditor's bundle",
    ballots: (count: number) => `${count} ballots`,
    seats: 'seats',
    blank: 'blank',
    note: 'Note:',
    boothSame: 'The script of the booth is the one that counts, sealed or decided since',
    boothOther: 'The script of the booth is NOT the one that counts',
    boothUnknown: 'The bundle does not say which script of the booth was sealed',
  },
} as const;

/** The report as a person reads it: each claim with its verdict, and where it fails. */
export function describeReport(report: AuditReport, language: Language): string {
  const say = words[language];
  const lines = [`${report.origin}, ${say[report.kind]}: ${say.read(report.events, report.leaves)}`, ''];
  for (const claim of report.claims) lines.push(...describeClaim(claim, language));
  for (const { title, ballots, votes, blank, discrepancy } of report.results) {
    lines.push('', `${printable(title)}: ${say.ballots(ballots)}`);
    for (const list of votes)
      lines.push(`  ${list.votes}  ${printable(list.title)}, ${list.seats} ${say.seats}`);
    lines.push(`  ${blank}  ${say.blank}`);
    if (discrepancy) lines.push(`  ${say.discrepancy}`);
  }
  const remarked = report.results.some(({ discrepancy }) => discrepancy);
  const sound = remarked ? say.remarked : say.sound;
  const verdict = !report.sound ? say.notSound : report.finished ? sound : say.unfinished;
  return [...lines, '', verdict, ''].join('\n');
}

/** What was found wrong, in one line, as it is found. */
export function describeFinding(
  { name, place, reason }: Finding & { readonly name: ClaimName },
  language: Language,
): string {
  const title = claims[name][language === 'en' ? 0 : 1];
  return `${words[language].fails}  ${title} (${name}): ${printable(place)}: ${told(reason, language)}`;
}

/** The script that a service serves, beside those that count. */
export interface BoothFound {
  readonly url: string;
  readonly served: string;
  readonly sealed: readonly string[];
  readonly same: boolean;
}

export function describeBooth({ url, served, sealed, same }: BoothFound, language: Language): string {
  const say = words[language];
  const verdict = same ? say.boothSame : sealed.length === 0 ? say.boothUnknown : say.boothOther;
  const lines = [`${same ? say.holds : say.fails}  ${verdict}`, `       ${url}: ${served}`];
  return [...lines, ...sealed.map((sha256) => `       ${sha256}`), ''].join('\n');
}

function describeClaim(
  { name, verdict, checked, wrong, findings, notes = [], because }: Claim,
  language: Language,
): string[] {
  const say = words[language];
  const title = claims[name][language === 'en' ? 0 : 1];
  const count = verdict === 'unchecked' ? told(because ?? '', language) : say.checked(checked);
  const lines = [`${say[verdict]}  ${title} (${name}; ${count})`];
  for (const { place, reason } of findings.slice(0, 10))
    lines.push(`       ${printable(place)}: ${told(reason, language)}`);
  if (wrong > 10) lines.push(`       ${say.more(wrong - 10)}`);
  for (const { place, reason } of notes)
    lines.push(`       ${say.note} ${printable(place)}: ${told(reason, language)}`);
  return lines;
}

function told(reason: string, language: Language): string {
  return printable(language === 'fr' ? inFrench(reason) : reason);
}

/** What a bundle says must not tell a terminal what to do. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?').slice(0, 300);
}
