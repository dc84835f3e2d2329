import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { inParisPlain } from '../../http/paris-time.js';

const FONTS = '@fontsource/source-sans-3/files/source-sans-3-latin';
const require = createRequire(import.meta.url);
const regular = require.resolve(`${FONTS}-400-normal.woff`);
const bold = require.resolve(`${FONTS}-700-normal.woff`);
const MARGIN = 56;

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
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'fr-FR',
    tagged: true,
    subset: 'PDF/UA' as 'PDF/A-2', // the types do not know it yet
    displayTitle: true,
    pdfVersion: '1.7',
    font: regular,
    // The minute of the vote, not the second of the download: a file that is left somewhere says no more than its page.
    info: { Title: 'Émargement', Author: 'Isoloir', CreationDate: at, ModDate: at },
  });
  const whole = new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    document.on('error', reject);
  });
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
