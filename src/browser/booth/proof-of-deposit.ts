import { create } from 'qrcode';
import { inParisPlain } from '../../http/paris-time.js';
import type { PinnedScrutin, Receipt } from './contract.js';
import { writePdf, type Block, type Figure } from './pdf.js';

/**
 * What the QR code of a proof of deposit says (docs/protocol.md, A5): six lines, from which anybody can verify the
 * acknowledgement without us.
 */
export function proofText({ electionId, scrutinId, reference, batch, acknowledgement }: Receipt): string {
  return ['isoloir/proof/v1', electionId, scrutinId, reference, batch, acknowledgement].join('\n');
}

/** What the proof says, on paper or in a file. */
export interface ProofContent {
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly figure: Figure;
}

/** « Preuve de dépôt du bulletin de vote dans l'urne » (F79, F80): made here, of what was verified here. */
export function proofOfDeposit(election: string, pinned: PinnedScrutin, receipt: Receipt): Uint8Array {
  const { title, blocks, figure } = proofContent(election, pinned, receipt);
  return writePdf(title, blocks, figure);
}

/** See `proofOfDeposit`. */
export function proofContent(election: string, pinned: PinnedScrutin, receipt: Receipt): ProofContent {
  const { modules } = create(proofText(receipt), { errorCorrectionLevel: 'M' });
  const rows = Array.from({ length: modules.size }, (_, i) =>
    Array.from({ length: modules.size }, (_, j) => modules.get(i, j) === 1),
  );
  const title = 'Preuve de dépôt du bulletin de vote dans l’urne';
  return {
    title,
    blocks: [
      { as: 'P', text: election, size: 11, bold: true },
      { as: 'H1', text: title },
      { as: 'P', text: `Scrutin : ${pinned.title}`, bold: true },
      {
        as: 'P',
        text: `Vote enregistré le ${inParisPlain(new Date(receipt.at))} (heure de Paris).`,
      },
      { as: 'P', text: 'Référence du bulletin, calculée par votre navigateur avant l’envoi :' },
      { as: 'code', text: receipt.reference, size: 11 },
      {
        as: 'P',
        text: `Accusé de réception signé par le serveur pour le lot n° ${receipt.batch} de l’urne, vérifié par votre navigateur :`,
      },
      { as: 'code', text: receipt.acknowledgement, size: 9 },
      { as: 'P', text: 'Clé publique des accusés de réception, scellée avant l’ouverture du vote :' },
      { as: 'code', text: pinned.acknowledgementKey, size: 9 },
      { as: 'P', text: 'Empreinte du scellement :' },
      { as: 'code', text: pinned.seal, size: 9 },
      {
        as: 'P',
        text: 'Cette preuve ne dit ni qui vous êtes ni pour quoi vous avez voté. Elle engage l’organisateur : un bulletin qui porte cette référence est dans l’urne. Chacun peut le vérifier ; le code ci-dessous contient tout ce qu’il faut.',
      },
    ],
    figure: {
      modules: rows,
      side: 170,
      alt: `Code QR : identifiants de l’élection et du scrutin, référence ${receipt.reference}, lot ${receipt.batch}, accusé de réception.`,
    },
  };
}
