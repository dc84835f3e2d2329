import { inParis } from '../http/paris-time.js';
import type { ElectionRow } from '../projections/elections.projection.js';
import type { ScrutinRow } from '../projections/scrutins.projection.js';

/** What the check-list is about. */
export interface Checked {
  readonly election: Pick<ElectionRow, 'electionId' | 'title'>;
  readonly scrutins: readonly Pick<ScrutinRow, 'scrutinId' | 'code' | 'title'>[];
  readonly lacking: readonly string[];
  /** Until when it is kept; undefined without a calendar. */
  readonly until: Date | undefined;
}

/** What CGFP R. 211-580 names, and where it is in the folder. */
const KEPT: readonly (readonly [what: string, where: string])[] = [
  ['Programmes sources et exécutables', '`logiciel/` (les empreintes scellées sont dans `dossier.jsonl`)'],
  ['Clés publiques', '`scrutins/*/urne.bel` (trustees.json), `dossier.jsonl`'],
  ['Matériels de vote : candidatures, professions de foi', '`scrutins/*/listes/`'],
  ['Listes d’émargement', '`scrutins/*/emargements.json`'],
  [
    'Journaux : événements, incidents, interventions',
    '`dossier.jsonl`, `journal.jsonl` (noms : `personnel.jsonl`)',
  ],
  ['Urnes', '`scrutins/*/urne.bel` (archive Belenios)'],
  ['Résultats', '`resultats.json`'],
  ['Procès-verbaux', '`scrutins/*/proces-verbal.pdf`, et `.json` : le texte signé'],
  [
    'Preuve mathématique',
    '`scrutins/*/urne.bel` (belenios-tool), `dossier.jsonl` (isoloir audit) ; `audit.txt`',
  ],
];

/** The name of a scrutin's folder: codes are for people, and may come twice. */
export function folderOf({ code, scrutinId }: Pick<ScrutinRow, 'code' | 'scrutinId'>): string {
  return `${code ?? 'scrutin'}-${scrutinId.slice(0, 8)}`;
}

/** What only people can add, destroy or note. */
const BY_HAND: readonly string[] = [
  'Joindre la dernière sauvegarde (`isoloir backup`), et garder sa clé ailleurs.',
  'La preuve mathématique existe : les détenteurs détruisent leurs parts de la clé et leurs phrases secrètes, l’imprimeur les codes de vote ; l’inscrire au journal.',
  'Noter l’empreinte de SHA256SUMS au journal et sur le scellé ; vérifier plus tard par `sha256sum --check SHA256SUMS`.',
  'Ce dossier nomme des personnes : chiffrer le support, le mettre sous scellé.',
];

/** The check-list of a closing set, in Markdown. */
export function printCheckList({ election, scrutins, lacking, until }: Checked): string {
  return [
    `# ${election.title} : ce qui est conservé (CGFP R. 211-580)`,
    `Élection ${election.electionId}. ${
      until
        ? `À conserver jusqu’au ${inParis(until)} (heure de Paris), sauf recours ; puis \`isoloir erase\`, et détruire ce dossier.`
        : 'Sans calendrier : le délai n’a pas commencé.'
    }`,
    ['| Ce que nomme l’article | Où |', '| --- | --- |', ...KEPT.map((row) => `| ${row.join(' | ')} |`)].join(
      '\n',
    ),
    '## Scrutins',
    scrutins.map((scrutin) => `- \`${folderOf(scrutin)}\` : ${scrutin.title}`).join('\n') || 'Aucun.',
    '## Ce qui manque',
    lacking.map((what) => `- ${what}`).join('\n') || 'Rien.',
    '## À faire par des personnes',
    BY_HAND.map((what) => `- [ ] ${what}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
