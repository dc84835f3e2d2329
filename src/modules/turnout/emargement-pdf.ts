import PDFDocument from 'pdfkit';
import type { EmargementLine } from './emargement.js';

const MARGIN = 40;
const ROW = 18;

/** The emargement list of a site on paper: A4, name, unit, day of the signature. */
export function emargementPdf(
  title: string,
  unit: string | undefined,
  lines: readonly EmargementLine[],
): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: `Émargement – ${title}` },
    lang: 'fr-FR',
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    document.on('error', reject);
  });
  document.fontSize(14).text(`Liste d’émargement : ${title}`);
  if (unit) document.fontSize(10).text(`Site : ${unit}`);
  document.moveDown();
  for (const line of lines) row(document, line);
  document.end();
  return done;
}

function row(document: PDFKit.PDFDocument, { lastName, firstName, unit, signedOn }: EmargementLine): void {
  if (document.y > document.page.height - MARGIN - ROW) document.addPage();
  const top = document.y;
  const cell = (text: string, left: number, width: number) =>
    document.fontSize(9).text(text, left, top, { width, height: ROW - 4, ellipsis: true, lineBreak: false });
  cell(`${lastName} ${firstName}`, MARGIN, 210);
  cell(unit, MARGIN + 220, 190);
  cell(
    signedOn === undefined ? '' : `a voté le ${signedOn.split('-').reverse().join('/')}`,
    MARGIN + 420,
    95,
  );
  document.y = top + ROW;
  document.x = MARGIN;
}
