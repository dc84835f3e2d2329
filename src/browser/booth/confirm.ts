import type { Answered } from './lists.js';
import { logoOf } from './lists.js';
import { element, heading, steps } from './dom.js';

/** E13 while it is shown: where to say what is going on. */
export interface Confirming {
  readonly nodes: readonly Node[];
  /** Takes the buttons away and says what is being done. */
  say(text: string): void;
  /** Shows the reference, before anything is sent (F78, DH-1). */
  showReference(reference: string): void;
}

/** E13, « Vote »: « définitif et non modifiable » (F74 to F76). */
export function confirmView(
  choice: Answered,
  lists: number,
  on: { readonly vote: () => void; readonly back: () => void },
): Confirming {
  const said = element('p', { role: 'status', tabindex: '-1' }); // there from the start: a live region that appears is not read
  const reference = element('div', { class: 'reference' });
  const actions = element(
    'div',
    { class: 'actions' },
    element('button', { type: 'button', class: 'secondary', click: on.back }, 'RETOUR'),
    element('button', { type: 'button', click: on.vote }, 'JE VOTE'),
  );
  const affiliation = choice.list?.affiliation;
  const nodes = [
    steps(3),
    heading('Vote'),
    element(
      'p',
      {},
      'Pour confirmer votre choix, cliquez sur ',
      element('strong', {}, 'JE VOTE'),
      '. En cliquant sur ',
      element('strong', {}, 'JE VOTE'),
      ', votre vote sera définitif et non modifiable.',
    ),
    element(
      'div',
      { class: 'card chosen' },
      logoOf(choice),
      element(
        'p',
        {},
        element('strong', {}, choice.title),
        affiliation ? element('br') : undefined,
        affiliation ? `Affiliation : ${affiliation}` : undefined,
      ),
    ),
    element(
      'p',
      {},
      `Si vous ne voulez pas voter pour ${choice.list ? 'cette liste' : 'le vote blanc'}, vous devez cliquer sur RETOUR pour revenir sur la page de présentation `,
      element('strong', {}, lists > 1 ? `des ${lists} listes` : 'de la liste'),
      ' et du ',
      element('strong', {}, 'vote blanc'),
      '.',
    ),
    reference,
    said,
    actions,
  ];
  return {
    nodes,
    say(text) {
      actions.hidden = true;
      said.className = 'note';
      said.textContent = text;
      said.focus(); // the button that had the focus is gone
    },
    showReference(text) {
      reference.replaceChildren(
        element('p', {}, 'Référence de votre bulletin, calculée par votre navigateur avant l’envoi :'),
        element('p', {}, element('code', {}, text)),
      );
    },
  };
}
