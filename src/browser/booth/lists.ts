import { listIdOf, titleOf } from '../../crypto/answers.js';
import type { ListView } from './contract.js';
import type { ScrutinLine } from './choice.js';
import { element, heading, hidden, steps } from './dom.js';

const INERT = 'JE VEUX VOTER, J’ACTIVE LA SELECTION DE MON CHOIX DE VOTE';
const ACTIVE = 'LES LOGOS SONT ACTIVÉS, VOUS POUVEZ FORMULER VOTRE CHOIX DE VOTE';

/** An answer as it is shown. */
export interface Answered {
  readonly answer: string;
  readonly title: string;
  readonly list: ListView | undefined;
}

/** The sealed answers with what is known of each list. « Vote Blanc » is the last, and an answer like the others (F69). */
export function answered({ state }: ScrutinLine, answers: readonly string[]): Answered[] {
  return answers.map((answer) => {
    const list = state.lists.find(({ listId }) => listId === listIdOf(answer));
    const blank = listIdOf(answer) === 'blank';
    return { answer, title: blank ? 'Vote Blanc' : (titleOf(answer) ?? answer), list };
  });
}

/** E12, « Constitution bulletin »: everything can be read, and nothing chosen until it is wanted (F70 to F73). */
export function listsView(
  line: ScrutinLine,
  choices: readonly Answered[],
  on: { readonly chosen: (choice: Answered) => void; readonly back: () => void },
): Node[] {
  const said = element('p', { class: 'note', role: 'status' });
  said.hidden = true;
  const buttons: HTMLButtonElement[] = [];
  const cards = choices.map((choice) => {
    const click = () => {
      on.chosen(choice);
    };
    const button = element(
      'button',
      { type: 'button', class: 'choice secondary', disabled: true, click },
      logoOf(choice),
      element('span', {}, choice.title),
    );
    buttons.push(button);
    return element('li', { class: 'card list' }, button, ...readings(choice));
  });
  const activate = element('button', { type: 'button', class: 'wide', 'aria-pressed': 'false' }, INERT);
  activate.addEventListener('click', () => {
    for (const button of buttons) button.disabled = false;
    activate.textContent = ACTIVE;
    activate.setAttribute('aria-pressed', 'true');
    said.hidden = false;
    said.textContent = 'Les logos sont activés : cliquez sur le logo de la liste choisie ou du vote blanc.';
    buttons[0]?.focus();
  });
  const lists = choices.length - 1;
  return [
    steps(2),
    heading(line.pinned.title),
    element(
      'p',
      {},
      `Ce scrutin comporte ${lists} liste${lists > 1 ? 's' : ''} et le vote blanc. Vous pouvez consulter les professions de foi et les bulletins de vote (ces derniers comportent les listes de candidats) associés à chacune des listes.`,
    ),
    element(
      'p',
      { class: 'note' },
      'Afin de pouvoir exprimer votre choix, vous devez sélectionner une liste ou « vote blanc ». ',
      element(
        'strong',
        {},
        'Pour ce faire, vous devez cliquer sur le logo de la liste choisie ou du vote blanc',
      ),
      `, après avoir, au préalable, activé les logos en cliquant sur le bouton d’activation [${INERT}] présent au bas de cette page.`,
    ),
    element('ul', { class: 'lists', 'aria-label': 'Listes et vote blanc' }, ...cards),
    said,
    activate,
    element(
      'p',
      { class: 'actions' },
      element('button', { type: 'button', class: 'secondary', click: on.back }, 'RETOUR'),
    ),
  ];
}

/** The logo of a list; where it has none, its first letters. The title stands beside it: the picture says no more. */
export function logoOf({ title, list }: Answered): HTMLElement {
  if (list?.logo) {
    return element('img', {
      src: `/documents/${list.logo}`,
      alt: '',
      class: 'logo',
      width: '96',
      height: '96',
    });
  }
  return element('span', { class: 'logo', 'aria-hidden': 'true' }, list ? title.slice(0, 2) : '');
}

function readings({ title, list }: Answered): Node[] {
  if (!list) return [];
  const { statement, candidates } = list;
  const opened = { target: '_blank', rel: 'noopener' };
  return [
    statement === null
      ? element('p', { class: 'soft' }, 'Pas de profession de foi.')
      : element(
          'p',
          {},
          element(
            'a',
            { href: `/documents/${statement}`, ...opened },
            'Profession de foi',
            hidden(` de ${title} (PDF, nouvelle fenêtre)`),
          ),
        ),
    element(
      'details',
      {},
      element('summary', {}, 'Liste de candidats', hidden(` de ${title}`)),
      candidates.length === 0
        ? element('p', {}, 'Vote sur sigle : l’organisation nommera ses représentants.')
        : element('ol', {}, ...candidates.map((name) => element('li', {}, name))),
    ),
  ];
}
