import { readFileSync, writeFileSync } from 'node:fs';
import { ColorSpace, Document, Matrix } from 'mupdf';

/** The text of each page of a PDF file, as a reader extracts it. */
export function pagesOf(path: string): string[] {
  const document = Document.openDocument(readFileSync(path), 'application/pdf');
  return Array.from({ length: document.countPages() }, (_, page) =>
    document.loadPage(page).toStructuredText('').asText(),
  );
}

/** The text of a whole PDF file. */
export function textOf(bytes: Buffer): string {
  const document = Document.openDocument(bytes, 'application/pdf');
  return Array.from({ length: document.countPages() }, (_, page) =>
    document.loadPage(page).toStructuredText('').asText(),
  ).join('\n');
}

/** Draws one page as a PNG picture. */
export function drawPage(path: string, page: number, picture: string): void {
  const document = Document.openDocument(readFileSync(path), 'application/pdf');
  const drawn = document.loadPage(page).toPixmap(Matrix.scale(1.6, 1.6), ColorSpace.DeviceRGB, false);
  writeFileSync(picture, drawn.asPNG());
}
