import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

const FONTS = '@fontsource/source-sans-3/files/source-sans-3-latin';
const require = createRequire(import.meta.url);

/** The faces in which everything of ours is printed. */
export const regular = require.resolve(`${FONTS}-400-normal.woff`);
export const bold = require.resolve(`${FONTS}-700-normal.woff`);

/** Points around a page. */
export const MARGIN = 56;

/** An empty PDF/UA, A4, in French. Whoever writes into it tags what is written. */
export function accessiblePdf(title: string, dates: { CreationDate?: Date; ModDate?: Date } = {}) {
  return new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: 'fr-FR',
    tagged: true,
    subset: 'PDF/UA' as 'PDF/A-2', // the types do not know it yet
    displayTitle: true,
    pdfVersion: '1.7',
    font: regular,
    info: { Title: title, Author: 'Isoloir', ...dates },
  });
}

/** All bytes of a document, once it is ended: to be asked for before the first is written. */
export function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    document.on('error', reject);
  });
}
