import { inParisPlain } from '../../http/paris-time.js';
import { remaining, scrutinList, signatureLink, type ScrutinLine } from './choice.js';
import type { Pinned, Receipt } from './contract.js';
import { element, heading, steps } from './dom.js';
import { printProof } from './print-proof.js';
import { proofContent, proofOfDeposit } from './proof-of-deposit.js';

/** E14, « Accusé de réception »: reached only with an acknowledgement that was verified. */
export function receiptView(
  pinned: Pinned,
  line: ScrutinLine,
  receipt: Receipt,
  lines: readonly ScrutinLine[],
  participate: (line: ScrutinLine) => void,
): Node[] {
  const { title, scrutinId } = line.pinned;
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
      ...proofOffer(pinned, line, receipt),
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

/** The proof of deposit: a file, or on a workstation that others use a sheet of paper, where there is a printer. */
function proofOffer(pinned: Pinned, line: ScrutinLine, receipt: Receipt): Node[] {
  const station = document.body.dataset['poste'];
  if (station === 'no-print') {
    const text =
      'Ce poste de vote ne garde aucun fichier et n’a pas d’imprimante : notez la référence ci-dessous. Elle suffit pour vérifier que votre bulletin est dans l’urne.';
    return [element('p', { class: 'note' }, text)];
  }
  const { scrutinId } = line.pinned;
  const click = () => {
    if (station === 'print') printProof(proofContent(pinned.election, line.pinned, receipt));
    else
      offer(
        proofOfDeposit(pinned.election, line.pinned, receipt),
        `preuve-de-depot-${scrutinId.slice(0, 8)}.pdf`,
      );
  };
  const label =
    station === 'print'
      ? 'Imprimer ma preuve de dépôt du bulletin de vote dans l’urne'
      : 'Télécharger ma preuve de dépôt du bulletin de vote dans l’urne';
  const once = station === 'print' ? 'imprimable' : 'téléchargeable';
  return [
    element('p', {}, element('button', { type: 'button', class: 'wide', click }, label)),
    element(
      'p',
      { class: 'soft' },
      `Cette preuve de dépôt a été produite au moment de l’insertion de votre bulletin dans l’urne. Attention par mesure de sécurité, elle ne sera plus ${once} par la suite.`,
    ),
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
