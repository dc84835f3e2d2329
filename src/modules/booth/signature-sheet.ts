import { accessiblePdf, bold, collected, regular } from '../../documents/accessible-pdf.js';
import { inParisPlain } from '../../http/paris-time.js';

/** What the register says of one signature. */
export interface SignatureFacts {
  readonly election: string;
  readonly scrutin: string;
  readonly elector: string;
  /** The minute of the vote. */
  readonly at: Date;
}

/** « Mon émargement » (F81): PDF/UA, one page. It says that somebody voted, and nothing of the ballot. */
export function signatureSheet({ election, scrutin, elector, at }: SignatureFacts): Promise<Buffer> {
  // Dated by the minute of the vote, not the second of the download: a file left somewhere says no more than its page.
  const document = accessiblePdf('Émargement', { CreationDate: at, ModDate: at });
  const whole = collected(document);
  const root = document.struct('Document');
  document.addStructure(root);
  const say = (tag: string, font: string, size: number, text: string) => {
    root.add(document.struct(tag, {}, () => document.font(font).fontSize(size).text(text)));
    document.moveDown(0.6);
  };
  say('P', bold, 11, election);
  say('H1', bold, 24, 'Émargement');
  say('P', regular, 12, `Scrutin : ${scrutin}`);
  say('P', regular, 12, `Électeur : ${elector}`);
  say('P', regular, 12, `A voté le ${inParisPlain(at)} (heure de Paris).`);
  say(
    'P',
    regular,
    10,
    'Cet émargement est celui de la liste d’émargement électronique. Il ne dit rien du bulletin : le portail ne conserve aucun lien entre l’électeur et son bulletin. Il reste disponible dans l’espace de vote.',
  );
  root.end();
  document.end();
  return whole;
}
