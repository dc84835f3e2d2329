import PDFDocument from 'pdfkit';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { betweenDays, inParisShort } from '../../http/paris-time.js';
import type { EmargementLine } from './emargement.js';

/** What stands above the lines. */
export interface Sheet {
  readonly title: string;
  /** The units of the site; empty for the whole scrutin. */
  readonly units: readonly string[];
  /** The board stated that names and signatures do not agree. */
  readonly discrepancy: boolean;
  readonly at: Date;
  /** The hour at which it stands; undefined once nobody signs any more. */
  readonly until: Date | undefined;
}

/** What stands above a list that does not agree with its box (CGFP R. 211-574). */
export const NOT_AGREED =
  'Le bureau a constaté que cette liste ne concorde pas avec les émargements de l’urne (voir le procès-verbal) : une ligne sans émargement ne prouve pas que l’électeur n’a pas voté.';

const MARGIN = 40;
const ROW = 18;
const WHEN = 330; // points to the column of signatures: « a voté entre le … et le … » is long

/** The emargement list of a site on paper: A4, name, unit, day of the signature. Written as its lines come. */
export async function emargementPdf(
  sheet: Sheet,
  pages: AsyncIterable<readonly EmargementLine[]>,
  out: Writable,
): Promise<void> {
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: `Émargement – ${sheet.title}` },
    lang: 'fr-FR',
  });
  const written = pipeline(document, out);
  try {
    head(document, sheet);
    let lines = 0;
    for await (const page of pages) {
      for (const line of page) row(document, line);
      lines += page.length;
    }
    document.moveDown().fontSize(9).text(`${lines} électeurs.`, MARGIN);
    document.end();
  } catch (error) {
    document.destroy(error as Error);
    await written.catch(() => undefined);
    throw error;
  }
  await written;
}

function head(document: PDFKit.PDFDocument, { title, units, discrepancy, at, until }: Sheet): void {
  document.fontSize(14).text(`Liste d’émargement : ${title}`);
  if (units.length > 0) document.fontSize(10).text(`Site : ${units.join(', ')}`);
  const stands = until ? ` Émargements arrêtés au ${inParisShort(until)}.` : '';
  document.fontSize(9).text(`Éditée le ${inParisShort(at)}.${stands} Réservée au bureau de vote.`);
  if (discrepancy) document.fontSize(9).text(NOT_AGREED);
  document.moveDown();
}

function row(
  document: PDFKit.PDFDocument,
  { lastName, firstName, unit, signed, days }: EmargementLine,
): void {
  if (document.y > document.page.height - MARGIN - ROW) document.addPage();
  const top = document.y;
  const cell = (text: string, left: number, width: number) =>
    document.fontSize(9).text(text, left, top, { width, height: ROW - 4, ellipsis: true, lineBreak: false });
  cell(`${lastName} ${firstName}`, MARGIN, 185);
  cell(unit, MARGIN + 190, 135);
  const when = days ? `a voté ${betweenDays(days)}` : 'a voté';
  cell(signed ? when : '', MARGIN + WHEN, 515 - WHEN);
  document.y = top + ROW;
  document.x = MARGIN;
}
