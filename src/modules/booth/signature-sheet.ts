import { accessiblePdf, bold, collected, regular } from '../../documents/accessible-pdf.js';

/** What the register says of one signature. */
export interface SignatureFacts {
  readonly election: string;
  readonly scrutin: string;
  readonly elector: string;
  /** The minute of the vote or, where it is no longer known, the closing: what the file is dated by. */
  readonly dated: Date;
  /** The minute in words, or the days of the vote; undefined where these are not told. */
  readonly when: string | undefined;
}

/** « Mon émargement » (F81): PDF/UA, one page. It says that somebody voted, and nothing of the ballot. */
export function signatureSheet({ election, scrutin, elector, dated, when }: SignatureFacts): Promise<Buffer> {
  // Not by the second of the download: a file left somewhere says no more than its page.
  const document = accessiblePdf('Émargement', { CreationDate: dated, ModDate: dated });
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
  say('P', regular, 12, when === undefined ? 'A voté.' : `A voté ${when}.`);
  say(
    'P',
    regular,
    10,
    'Cet émargement est celui de la liste d’émargement électronique. Il ne dit rien du bulletin : le portail ne conserve aucun lien entre l’électeur et son bulletin. Il reste disponible dans l’espace de vote tant que la liste d’émargement est conservée.',
  );
  root.end();
  document.end();
  return whole;
}
