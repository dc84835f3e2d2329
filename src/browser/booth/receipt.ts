import { inParisPlain } from '../../http/paris-time.js';
import { remaining, scrutinList, signatureLink, type ScrutinLine } from './choice.js';
import type { Pinned, Receipt } from './contract.js';
import { element, heading, steps } from './dom.js';
import { proofOfDeposit } from './proof-of-deposit.js';

/** E14, « Accusé de réception »: reached only with an acknowledgement that was verified. */
export function receiptView(
  pinned: Pinned,
  line: ScrutinLine,
  receipt: Receipt,
  lines: readonly ScrutinLine[],
  participate: (line: ScrutinLine) => void,
): Node[] {
  const { title, scrutinId } = line.pinned;
  const download = () => {
    offer(
      proofOfDeposit(pinned.election, line.pinned, receipt),
      `preuve-de-depot-${scrutinId.slice(0, 8)}.pdf`,
    );
  };
  return [
    steps(4),
    heading('Accusé de réception'),
    element('p', { class: 'good' }, 'Vous venez de voter au scrutin ', element('strong', {}, title), '.'),
    element(
      'p',
      {},
      'Votre vote a été enregistré le ',
      element('strong', {}, `${inParisPlain(new Date(receipt.at))} (heure de Paris)`),
      '.',
    ),
    element(
      'div',
      { class: 'card' },
      element('p', {}, signatureLink(scrutinId)),
      element('p', { class: 'soft' }, 'Cet émargement est disponible à tout moment dans mon espace de vote.'),
      element(
        'p',
        {},
        element(
          'button',
          { type: 'button', class: 'wide', click: download },
          'Télécharger ma preuve de dépôt du bulletin de vote dans l’urne',
        ),
      ),
      element(
        'p',
        { class: 'soft' },
        'Cette preuve de dépôt a été produite au moment de l’insertion de votre bulletin dans l’urne. Attention par mesure de sécurité, elle ne sera plus téléchargeable par la suite.',
      ),
    ),
    element('h2', {}, 'Référence du bulletin envoyée au serveur'),
    element('p', {}, element('code', { class: 'reference' }, receipt.reference)),
    element(
      'p',
      { class: 'soft' },
      'Cette référence est celle calculée par votre navigateur. Vous pourrez également la retrouver dans la preuve de dépôt du bulletin.',
    ),
    ...remaining(lines),
    scrutinList(lines, participate),
  ];
}

/** Gives a file to whoever sits there, without any server. */
function offer(content: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([content.slice()], { type: 'application/pdf' }));
  element('a', { href: url, download: name }).click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
