import type { ElectorFileHeader, NoticeElector } from './elector-file.js';
import { BRAND, GREY, MUTED, RULE, write } from './notice-fonts.js';

const LEFT = 42;
const RIGHT = 553;
const ROW = 24; // room for a signature
const FIRST = 176;
const ROWS = 24; // on one page

/** What the sheet of a way of delivery asks for. */
const SHEETS = {
  hand: { title: 'Remise en main propre des notices de vote', columns: ['Date', 'Signature de l’électeur'] },
  post: {
    title: 'Envoi par voie postale des notices de vote',
    columns: ['Date d’envoi', 'Retour à l’expéditeur'],
  },
  registered: {
    title: 'Envoi en recommandé des notices de vote',
    columns: ['Date d’envoi', 'Numéro de recommandé'],
  },
} as const;

const COLUMNS = [
  { label: 'Notice', x: LEFT, width: 44 },
  { label: 'Nom et prénom', x: LEFT + 48, width: 160 },
  { label: 'Corps', x: LEFT + 212, width: 110 },
] as const;
const WRITTEN = [
  { x: LEFT + 326, width: 66 },
  { x: LEFT + 396, width: 115 },
] as const;

/** One line of a sheet: a notice by its number in the file, and to whom it goes. */
export interface SheetLine {
  readonly number: string;
  readonly elector: NoticeElector;
}

/** Draws the register of hand-over of one pile (F116), on as many pages as it takes: who had which notice, signed. */
export function drawSheet(
  document: PDFKit.PDFDocument,
  header: ElectorFileHeader,
  lot: string,
  lines: readonly SheetLine[],
): void {
  const pages = Math.ceil(lines.length / ROWS);
  for (let page = 0; page < pages; page++) {
    document.addPage();
    drawTop(document, header, lot, lines, `page ${page + 1} sur ${pages}`);
    for (const [row, line] of lines.slice(page * ROWS, (page + 1) * ROWS).entries())
      drawRow(document, row, line);
    write(
      document,
      'Remis par (nom, qualité) :                                                  Le :                              Signature :',
      {
        ...{ x: LEFT, y: FIRST + ROWS * ROW + 14, size: 9.5, colour: MUTED, lineBreak: false },
      },
    );
  }
}

function drawTop(
  document: PDFKit.PDFDocument,
  { title }: ElectorFileHeader,
  lot: string,
  lines: readonly SheetLine[],
  page: string,
): void {
  const [first] = lines;
  if (!first) return;
  const { channel, unit, academy } = first.elector;
  const sheet = SHEETS[channel];
  const width = RIGHT - LEFT;
  let y = write(document, title, { x: LEFT, y: 40, size: 10, weight: 'bold', colour: BRAND, width });
  y = write(document, sheet.title, { x: LEFT, y, size: 18, weight: 'bold', width });
  y = write(document, `${unit} – ${academy}`, { x: LEFT, y: y + 2, size: 12, weight: 'bold', width });
  y = write(document, `${lot} – ${lines.length} notice(s) – ${page}`, {
    x: LEFT,
    y,
    size: 10,
    colour: MUTED,
    width,
  });
  write(document, 'À conserver avec le registre de remise. Les notices non remises sont à rapporter.', {
    ...{ x: LEFT, y, size: 10, colour: MUTED, width },
  });
  document.rect(LEFT, FIRST - 22, width, 20).fill(GREY);
  for (const { label, x } of COLUMNS) heading(document, label, x);
  for (const [index, { x }] of WRITTEN.entries()) heading(document, sheet.columns[index] ?? '', x);
}

function heading(document: PDFKit.PDFDocument, label: string, x: number): void {
  write(document, label, { x: x + 3, y: FIRST - 18, size: 9, weight: 'bold', lineBreak: false });
}

function drawRow(document: PDFKit.PDFDocument, row: number, { number, elector }: SheetLine): void {
  const y = FIRST + row * ROW;
  const cells = [number, `${elector.lastName} ${elector.firstName}`, elector.corps];
  for (const [index, { x, width }] of COLUMNS.entries()) {
    const cell = {
      x: x + 3,
      y: y + 6,
      size: 9,
      width: width - 3,
      height: 12,
      ellipsis: true,
      lineBreak: false,
    };
    write(document, cells[index] ?? '', cell);
  }
  document
    .moveTo(LEFT, y + ROW)
    .lineTo(RIGHT, y + ROW)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke();
}
