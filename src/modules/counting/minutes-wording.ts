/** The minutes in French, as blocks that a page and a PDF draw alike. */
import type { SeatStep } from '../../crypto/seats.js';
import { inParis } from '../../http/paris-time.js';
import { closedOnTheEve } from '../../http/set-up-warnings.js';
import type { Office } from './counting.commands.js';
import { electedBlocks } from './elected-wording.js';
import { heading, table, text, type Block } from './minutes-blocks.js';
import type { DiscrepancyRemark, MinutesContent, Sitting } from './minutes-content.js';

/** A seat of the board. */
export interface Seated {
  readonly office: Office;
  readonly seat: number;
}

/** A signature of the minutes, as the event has it. */
export interface MinutesSignature extends Seated {
  readonly at: string;
}

/** Who has signed which text, and who of the board has not. */
export interface Signatures {
  readonly signed: readonly MinutesSignature[];
  readonly unsigned: readonly Seated[];
  readonly sha256: string;
}

const offices = { president: 'présidence', secretary: 'secrétaire', delegate: 'délégué' } as const;
const components: Readonly<Record<string, string>> = {
  server: 'serveur',
  database: 'base de données',
  ledger: 'registre des événements',
  network: 'réseau',
  configuration: 'configuration',
  software: 'logiciel',
};
const reasons: Readonly<Record<string, string>> = {
  malformed: 'forme incorrecte',
  proof: 'preuve fausse',
  binding: 'preuve de rattachement fausse',
  disagrees: 'contredit par les autres',
};
const decidedBy = {
  average: 'plus forte moyenne',
  votes: 'égalité : plus grand nombre de suffrages',
  candidates: 'égalité : plus grand nombre de candidats',
  draw: 'égalité : tirage au sort',
} as const;

/** The whole text, in the order in which things happened. */
export function minutesBlocks(content: MinutesContent, signatures: Signatures): Block[] {
  return [
    ...course(content),
    ...figures(content),
    ...results(content),
    ...seats(content),
    ...electedBlocks(content),
    ...count(content),
    ...disturbances(content),
    ...observed(content),
    ...signatureBlocks(content, signatures),
  ];
}

function course(content: MinutesContent): Block[] {
  const {
    election,
    title,
    board,
    listsClosedAt,
    opensAt,
    closesAt,
    graceMinutes,
    frozenAt,
    proclaimedAt,
    sealApprovedBy,
    seal,
  } = content;
  return [
    heading('Déroulement'),
    table(
      'Déroulement du scrutin',
      ['Étape', 'Constat'],
      [
        ['Élection', election],
        ['Scrutin', title],
        ['Bureau de vote', board],
        ...(listsClosedAt === undefined ? [] : [['Clôture des listes', listsClosed(listsClosedAt, opensAt)]]),
        ['Scellement approuvé par', people(sealApprovedBy)],
        ['Empreinte du scellé', seal],
        ['Ouverture du vote', hour(opensAt)],
        ['Clôture du vote', `${hour(closesAt)}, délai de grâce de ${graceMinutes} minutes`],
        ['Gel de l’urne et de l’émargement', hour(frozenAt)],
        ['Proclamation', hour(proclaimedAt)],
      ],
    ),
    text('Toutes les heures sont celles de Paris.'),
  ];
}

/** CGFP 528: lists change until the eve at the latest. */
function listsClosed(at: string, opensAt: string): string {
  const late = closedOnTheEve(new Date(at), new Date(opensAt))
    ? ''
    : ', et non la veille de l’ouverture au plus tard';
  return `${hour(at)}${late}`;
}

function figures(content: MinutesContent): Block[] {
  const { roll, signatures: signed, ballots, tallied, batches, thinBatches, reassorts, remarks } = content;
  const { discrepancies = [] } = content;
  const agree = signed === ballots && ballots === tallied;
  return [
    heading('Décompte'),
    table(
      'Décompte de l’urne et de l’émargement',
      ['Chiffre', 'Nombre'],
      [
        ['Électeurs inscrits', String(roll)],
        ['Émargements', String(signed)],
        ['Bulletins dans l’urne', String(ballots)],
        ['Bulletins dépouillés', String(tallied)],
        ['Codes de vote réassortis', String(reassorts)],
        ['Lots de votes', String(batches)],
        ['Lots de moins de cinq votes', String(thinBatches)],
      ],
    ),
    text(
      agree
        ? 'Compteur, émargements et bulletins dépouillés concordent (CGFP R. 211-574).'
        : 'Compteur, émargements et bulletins dépouillés ne concordent pas : voir les constats.',
    ),
    ...(discrepancies.length === 0
      ? []
      : [text('Le registre nominatif ne concorde pas avec eux : voir les constats.')]),
    text(`Empreinte de l’urne gelée : ${content.boxRoot}`),
    text(`Empreinte des émargements gelés : ${content.registerRoot}`),
    heading('Constats'),
    ...(remarks.length + discrepancies.length > 0 ? remarks.map(text) : [text('Aucun écart.')]),
    ...discrepancies.flatMap(stated),
  ];
}

/** The remark that the law asks for, with the figures and the board's words (CGFP R. 211-574). */
function stated({
  at,
  names,
  matched,
  signatures: signed,
  ballots,
  decidedBy,
  text: words,
}: DiscrepancyRemark) {
  return [
    text(
      `Écart constaté le ${hour(at)} par ${people(decidedBy)}, avant la destruction de la clé du registre : ${names} nom(s) au registre, dont ${matched} ont leur émargement dans l’urne ; ${signed} émargement(s) ; ${ballots} bulletin(s). Le bureau a décidé que le dépouillement se poursuive (CGFP R. 211-574). Il écrit :`,
    ),
    text(words),
  ];
}

function results({ lists, blank }: MinutesContent): Block[] {
  const expressed = lists.reduce((sum, { votes }) => sum + votes, 0);
  return [
    heading('Résultat'),
    text(`Votes blancs : ${blank}. Suffrages exprimés : ${expressed}.`),
    table(
      'Suffrages et sièges par liste',
      ['Liste', 'Suffrages', 'Sièges'],
      lists.map(({ title, votes, seats: won }) => [title, String(votes), String(won)]),
    ),
  ];
}

function seats(content: MinutesContent): Block[] {
  const { places, steps, joint, draws, lists } = content;
  const titles = new Map(lists.map(({ listId, title }) => [listId, title]));
  const nameOf = (id: string) => titles.get(id) ?? id;
  return [
    heading('Répartition des sièges'),
    text(`${places} siège(s) à pourvoir, au quotient puis à la plus forte moyenne.`),
    table(
      'Répartition, étape par étape',
      ['Étape', 'Attribution', 'Calcul'],
      steps.map((step) => stepRow(step, nameOf)),
    ),
    ...draws.map(({ step, among, drawn, seed }) =>
      text(
        `Siège n° ${step} tiré au sort entre ${among.map(nameOf).join(', ')} : ${nameOf(drawn)}. Graine publique : ${seed} (empreinte de l’urne gelée et de ses déchiffrements).`,
      ),
    ),
    ...joint.map(({ listId, shares }) =>
      text(
        `${nameOf(listId)}, liste commune : ${shares.map(({ id, votes }) => `${id} ${votes}`).join(', ')}.`,
      ),
    ),
  ];
}

function stepRow(step: SeatStep, nameOf: (id: string) => string): string[] {
  switch (step.kind) {
    case 'quotient': {
      const [votes, filled] = step.quotient;
      const given = step.given.map(({ list, seats: won }) => `${nameOf(list)} : ${won}`).join(' ; ');
      return ['Quotient', given, `${votes} suffrages / ${filled} sièges`];
    }
    case 'average': {
      const averages = step.averages.map(({ list, average }) => `${nameOf(list)} ${average.join('/')}`);
      return [`Siège n° ${step.step}`, `${nameOf(step.list)} (${decidedBy[step.by]})`, averages.join(' ; ')];
    }
    case 'vacant':
      return [
        'Vacance',
        `${step.seats} siège(s) non pourvu(s)`,
        step.reason === 'no-votes' ? 'aucun suffrage exprimé' : 'plus de candidats',
      ];
  }
}

function count({ reconciledBy, decryptedBy, rejectedDecryptions }: MinutesContent): Block[] {
  return [
    heading('Dépouillement'),
    text(
      `Registre, émargements et bulletins rapprochés, puis clé du registre détruite, par : ${people(reconciledBy)}.`,
    ),
    table(
      'Parts de la clé déposées',
      ['Détenteur', 'Heure'],
      decryptedBy.map((one) => [person(one), hour(one.at)]),
    ),
    ...rejectedDecryptions.map(({ seat, reason, at }) =>
      text(`Part du siège ${seat} refusée le ${hour(at)} : ${reasons[reason] ?? reason}.`),
    ),
  ];
}

function disturbances({ interruptions, journal }: MinutesContent): Block[] {
  const rows = interruptions.map(({ type, at, closesAt, approvedBy }) => {
    const what = {
      BoxSuspended: 'Suspension',
      BoxResumed: 'Reprise',
      BoxExtended: `Prolongation jusqu’au ${closesAt === undefined ? '' : hour(closesAt)}`,
    }[type];
    return [hour(at), what, `approuvée par ${people(approvedBy)}`];
  });
  const entries = journal.map(({ type, at, component, build, booth, decidedBy = [], text: sha256 }) => {
    const what = {
      IncidentLogged: 'Incident',
      InterventionLogged: `Intervention : ${components[component ?? ''] ?? component ?? ''}`,
      BuildReplaced: `Remplacement du logiciel scellé par ${build ?? ''}, programme de vote ${booth ?? ''}`,
    }[type];
    const by = decidedBy.map(({ boardId, seat }) => `siège ${seat} du bureau ${boardId}`).join(' et ');
    return [hour(at), what, `${by === '' ? '' : `décidé par ${by} ; `}texte au journal, empreinte ${sha256}`];
  });
  const all = [...rows, ...entries];
  return [
    heading('Incidents, interventions et interruptions'),
    all.length === 0
      ? text('Néant.')
      : table('Incidents, interventions et interruptions', ['Heure', 'Événement', 'Précision'], all),
  ];
}

/** What the board wrote (CGFP 577). */
function observed({ observations = [] }: MinutesContent): Block[] {
  return [
    heading('Observations du bureau'),
    ...(observations.length === 0 ? [text('Le bureau n’a écrit aucune observation.')] : []),
    ...observations.flatMap((one) => [text(`${person(one)}, ${hour(one.at)} :`), text(one.text)]),
  ];
}

/** The president must countersign; of a delegate who does not, the minutes say so and stand (docs/protocol.md, M1). */
function signatureBlocks({ scrutinId }: MinutesContent, { signed, unsigned, sha256 }: Signatures): Block[] {
  const presides = unsigned.find(({ office }) => office === 'president');
  const delegates = unsigned.filter(({ office }) => office === 'delegate');
  return [
    heading('Signatures'),
    signed.length === 0
      ? text('Projet : le secrétaire n’a pas encore signé.')
      : table(
          'Signatures, chacune par code à usage unique',
          ['Membre du bureau', 'Qualité de la signature', 'Heure'],
          signed.map((one, i) => [person(one), i === 0 ? 'signe' : 'contresigne', hour(one.at)]),
        ),
    ...(signed.length > 0 && presides
      ? [text('La présidence n’a pas encore contresigné (CGFP R. 211-577).')]
      : []),
    ...(signed.length > 0 && delegates.length > 0
      ? [text(`N’ont pas contresigné : ${delegates.map(person).join(', ')}.`)]
      : []),
    text(`Empreinte SHA-256 du texte signé : ${sha256}`),
    text(
      `Ce procès-verbal est fait des événements du scrutin ${scrutinId} ; quiconque en a l’archive peut le refaire.`,
    ),
  ];
}

/** Whoever of the board it is, by office and seat. */
export function person({ seat, office }: Partial<Sitting>): string {
  if (seat === undefined || office === undefined) return 'agent habilité';
  return `${offices[office]} (siège ${seat})`;
}

export function people(them: readonly Partial<Sitting>[]): string {
  return them.map(person).join(', ');
}

function hour(at: string): string {
  return inParis(new Date(at));
}
