import PDFDocument from 'pdfkit';
import { toDataURL } from 'qrcode';
import type { ElectorFileHeader, NoticeElector } from './elector-file.js';
import { pileOf } from './elector-index.js';
import { drawSheet, type SheetLine } from './handover-sheet.js';
import { fonts } from './notice-fonts.js';
import { drawNotice } from './notice-page.js';

/** A notice of a file, by its number from 1. */
export interface Numbered {
  readonly elector: NoticeElector;
  readonly code: string;
}

/** The file of notices: each pile under its register of hand-over. Made in memory, since it shows codes. */
export async function noticesPdf(
  header: ElectorFileHeader,
  lot: string,
  notices: readonly Numbered[],
): Promise<Buffer> {
  const document = newDocument(`${header.title} – Notices de vote – ${lot}`);
  const whole = collected(document);
  // As a text it is one picture for all pages.
  const qrCode = await toDataURL(header.portal, { errorCorrectionLevel: 'M', scale: 6 });
  for (const pile of pilesOf(notices)) {
    drawSheet(document, header, lot, linesOf(pile));
    for (const { elector, code, number } of pile)
      drawNotice(document, header, qrCode, { elector, code, place: `${lot} – notice ${number}` });
  }
  document.end();
  return whole;
}

/** The registers of hand-over alone, where a printing firm makes the notices. */
export function sheetsPdf(
  header: ElectorFileHeader,
  lot: string,
  electors: readonly NoticeElector[],
): Promise<Buffer> {
  const document = newDocument(`${header.title} – Registres de remise – ${lot}`);
  const whole = collected(document);
  for (const pile of pilesOf(electors.map((elector) => ({ elector }))))
    drawSheet(document, header, lot, linesOf(pile));
  document.end();
  return whole;
}

/** The number of a notice in its file, as it is printed: 0001. */
export function numberOf(index: number): string {
  return String(index + 1).padStart(4, '0');
}

function pilesOf<T extends { readonly elector: NoticeElector }>(notices: readonly T[]): (T & SheetLine)[][] {
  const piles = new Map<string, (T & SheetLine)[]>();
  for (const [index, notice] of notices.entries()) {
    const key = pileOf(notice.elector);
    const pile = piles.get(key) ?? [];
    pile.push({ ...notice, number: numberOf(index) });
    piles.set(key, pile);
  }
  return [...piles.values()];
}

function linesOf(pile: readonly SheetLine[]): SheetLine[] {
  return pile.map(({ number, elector }) => ({ number, elector }));
}

function newDocument(title: string): PDFKit.PDFDocument {
  return new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    lang: 'fr-FR',
    font: fonts.regular[0],
    info: { Title: title, Author: 'Isoloir' },
  });
}

function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    document.on('error', reject);
  });
}
