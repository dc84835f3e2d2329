import { inParis, inParisPlain } from '../../http/paris-time.js';
import type { Pinned, PinnedScrutin, ScrutinState } from './contract.js';
import { element, heading, hidden, steps } from './dom.js';

/** What one can do at a scrutin. */
export interface ScrutinLine {
  readonly pinned: PinnedScrutin;
  readonly state: ScrutinState;
}

/** E11, « Choix scrutin »: all scrutins of the elector, voted or not (F68, F82). */
export function choiceView(
  { lastSignIn }: Pinned,
  lines: readonly ScrutinLine[],
  participate: (line: ScrutinLine) => void,
): Node[] {
  return [
    steps(1),
    heading('Choix du scrutin'),
    ...(lastSignIn === null
      ? []
      : [element('p', { class: 'soft' }, `Dernière connexion le : ${lastSignIn}`)]),
    ...remaining(lines),
    scrutinList(lines, participate),
  ];
}

/** The scrutins, each with its state; below the receipt too. */
export function scrutinList(
  lines: readonly ScrutinLine[],
  participate: (line: ScrutinLine) => void,
): HTMLElement {
  const items = lines.map((line) => {
    const { pinned, state } = line;
    const title = element('h2', {}, pinned.title);
    return element('li', { class: 'card scrutin' }, title, ...stateOf(line, participate, state));
  });
  return element('ul', { class: 'scrutins', 'aria-label': 'Mes scrutins' }, ...items);
}

function stateOf(
  line: ScrutinLine,
  participate: (line: ScrutinLine) => void,
  { signed, signedAt, phase, closesAt }: ScrutinState,
): Node[] {
  const { scrutinId, title } = line.pinned;
  if (signed) {
    const when = signedAt === null ? '' : ` le ${inParisPlain(new Date(signedAt))} (heure de Paris)`;
    return [
      element('p', { class: 'good' }, `✓ Choix enregistré${when}.`),
      element('p', {}, signatureLink(scrutinId, hidden(` du scrutin ${title}`))),
    ];
  }
  switch (phase) {
    case 'open': {
      const label = hidden(` au scrutin ${title}`);
      const click = () => {
        participate(line);
      };
      return [
        element(
          'p',
          { class: 'soft' },
          `Fermeture du vote : ${inParis(new Date(closesAt))} (heure de Paris).`,
        ),
        element('p', {}, element('button', { type: 'button', click }, 'PARTICIPER', label, ' →')),
      ];
    }
    case 'suspended':
      return [
        element(
          'p',
          { class: 'note' },
          'Le vote de ce scrutin est suspendu. Il reprendra : revenez plus tard.',
        ),
      ];
    case 'closed':
      return [element('p', { class: 'soft' }, 'Le vote de ce scrutin est clos.')];
  }
}

/** « Télécharger mon émargement » (F81). */
export function signatureLink(scrutinId: string, ...more: Node[]): HTMLElement {
  if (document.body.dataset['poste'] !== undefined)
    return element('span', {}, 'Votre émargement peut être téléchargé depuis un autre poste que celui-ci.');
  return element(
    'a',
    { href: `/vote/emargements/${scrutinId}`, download: '' },
    'Télécharger mon émargement',
    ...more,
  );
}

/** « Il vous reste encore N scrutin(s) … » (F83), or the end message (E15, F84). */
export function remaining(lines: readonly ScrutinLine[]): HTMLElement[] {
  const left = lines.filter(({ state }) => !state.signed && state.phase === 'open').length;
  if (left > 0) {
    return [
      element(
        'p',
        {},
        `Il vous reste encore ${left} scrutin(s) pour le(s)quel(s) vous pouvez voter. Pour participer au(x) scrutin(s) restant(s), cliquez sur le bouton PARTICIPER associé à un scrutin.`,
      ),
    ];
  }
  if (lines.length === 0) {
    return [element('p', { class: 'note' }, 'Aucun scrutin de ce portail ne vous appelle à voter.')];
  }
  if (lines.some(({ state }) => !state.signed)) return [];
  return [
    element(
      'p',
      { class: 'end' },
      'Nous vous remercions d’avoir participé. Vous pouvez vous déconnecter en utilisant le lien « Déconnexion » en haut à droite de la page.',
    ),
  ];
}
