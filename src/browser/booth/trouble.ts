import type { Outcome } from './deposit.js';
import { element, heading } from './dom.js';

/** What to do next, on a page that says that a vote was not recorded, or that nobody knows. */
export interface WayOut {
  readonly label: string;
  readonly go: () => void;
}

type Failure = Exclude<Outcome, { kind: 'recorded' }>;

/** By the code of a refusal, after the dot: what it means to the elector. */
const refusals: Readonly<Record<string, string>> = {
  'already-voted':
    'Un vote est déjà enregistré pour vous dans ce scrutin : dans une autre fenêtre, ou plus tôt. Il est définitif, et le bulletin préparé dans cette page n’a pas été ajouté. Si vous n’avez pas voté, prévenez tout de suite l’assistance et le bureau de vote.',
  'credential-used':
    'Ce code de vote a déjà servi dans ce scrutin, mais aucun vote n’est enregistré à votre nom. Demandez un réassort de votre code de vote, et prévenez l’assistance.',
  'repeated-randomness':
    'Une partie de ce bulletin chiffré est déjà dans l’urne : deux navigateurs ont tiré le même hasard. Votre bulletin n’a pas été déposé : rechargez la page et recommencez. Si cela se répète, prévenez l’assistance.',
  'not-open': 'Le vote de ce scrutin n’est pas ouvert, ou il est clos. Votre bulletin n’a pas été déposé.',
  suspended: 'Le vote de ce scrutin est suspendu. Votre bulletin n’a pas été déposé : revenez plus tard.',
  closed: 'Le vote de ce scrutin est clos. Votre bulletin n’a pas été déposé.',
  'not-on-roll':
    'Vous n’êtes pas sur la liste électorale scellée de ce scrutin. Votre bulletin n’a pas été déposé.',
  'credential-unknown':
    'Ce code de vote ne correspond à aucun émargement possible de ce scrutin. Votre bulletin n’a pas été déposé : prévenez l’assistance.',
  'gate-closed':
    'Votre session a changé depuis la saisie de votre code de vote. Votre bulletin n’a pas été déposé : rechargez la page et saisissez de nouveau votre code.',
  unauthenticated:
    'Votre session est terminée : identifiez-vous de nouveau, puis regardez si ce scrutin porte la mention « Choix enregistré ».',
};

/** Why there is no receipt, aloud. It never says « Vous venez de voter » (DH-1). */
export function troubleView(failure: Failure, reference: string, ways: readonly WayOut[]): Node[] {
  const { title, texts } = wordsOf(failure);
  return [
    heading(title),
    element('div', { class: 'errors', role: 'alert' }, ...texts.map((text) => element('p', {}, text))),
    element('p', {}, 'Référence du bulletin préparé par votre navigateur :'),
    element('p', {}, element('code', { class: 'reference' }, reference)),
    waysOut(ways),
  ];
}

/** The scrutin cannot be shown: nothing was sent. */
export function stoppedView(title: string, text: string, ways: readonly WayOut[]): Node[] {
  return [
    heading(title),
    element('div', { class: 'errors', role: 'alert' }, element('p', {}, text)),
    waysOut(ways),
  ];
}

function waysOut(ways: readonly WayOut[]): HTMLElement {
  const buttons = ways.map(({ label, go }) => element('button', { type: 'button', click: go }, label));
  return element('p', { class: 'actions' }, ...buttons);
}

function wordsOf(failure: Failure): { readonly title: string; readonly texts: readonly string[] } {
  switch (failure.kind) {
    case 'refused': {
      const [, reason = ''] = failure.code.split('.');
      const text = refusals[reason];
      return {
        title: 'Votre bulletin n’a pas été accepté',
        texts: [text ?? `Le serveur a refusé le bulletin (${failure.code}). Prévenez l’assistance.`],
      };
    }
    case 'unanswered':
      return {
        title: 'Votre vote n’est pas encore confirmé',
        texts: [
          'Le serveur n’a pas répondu. Votre bulletin est peut-être dans l’urne, peut-être pas.',
          'Ne fermez pas cette page : vérifiez votre connexion, puis demandez de nouveau. C’est le même bulletin qui sera envoyé, et il ne peut être compté qu’une fois.',
        ],
      };
    case 'mismatch':
      return {
        title: 'ATTENTION : votre vote n’est pas confirmé',
        texts: [
          `La réponse du serveur n’est pas celle que votre navigateur attend (${MISMATCHES[failure.what]}). Aucun accusé de réception valable ne vous a été remis.`,
          'Notez la référence ci-dessous et l’heure, et prévenez tout de suite le bureau de vote et l’assistance : c’est le signe d’une panne grave ou d’une fraude.',
        ],
      };
  }
}

const MISMATCHES = {
  form: 'réponse illisible',
  reference: 'ce n’est pas la référence de votre bulletin',
  acknowledgement: 'la signature de l’accusé de réception est fausse',
} as const;
