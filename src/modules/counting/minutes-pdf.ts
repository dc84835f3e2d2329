import { accessiblePdf, bold, collected, MARGIN, regular } from '../../documents/accessible-pdf.js';
import type { Block } from './minutes-blocks.js';

const INK = '#1c2330';
const BRAND = '#1f3a6d';
const GREY = '#e3e5e9';
const RULE = '#767b87';
const WITH_ITS_TEXT = 90; // a heading, and the first lines under it

type Table = Extract<Block, { kind: 'table' }>;

/** The minutes on paper: PDF/UA, A4, in French. Dated as the events are, so that they make the same file again. */
export function minutesPdf(title: string, at: Date, blocks: readonly Block[]): Promise<Buffer> {
  const document = accessiblePdf(`Procès-verbal – ${title}`, { CreationDate: at });
  const whole = collected(document);
  const root = document.struct('Document');
  document.addStructure(root);
  const width = document.page.width - 2 * MARGIN;
  const say = (tag: string, font: string, size: number, colour: string, text: string) => {
    document.font(font).fontSize(size);
    room(document, document.heightOfString(text, { width }));
    root.add(
      document.struct(tag, {}, () =>
        document.font(font).fontSize(size).fillColor(colour).text(text, { width }),
      ),
    );
  };
  say('H1', bold, 22, INK, 'Procès-verbal du scrutin');
  say('P', bold, 13, BRAND, title);
  for (const block of blocks) {
    if (block.kind === 'table') draw(document, root, block);
    else if (block.kind === 'heading') {
      document.moveDown(0.8);
      room(document, WITH_ITS_TEXT);
      say('H2', bold, 14, BRAND, block.text);
    } else say('P', regular, 10, INK, block.text);
    document.moveDown(0.3);
  }
  root.end();
  document.end();
  return whole;
}

/** Begins a page where there is less room: a page that begins by itself forgets the font. */
function room(document: PDFKit.PDFDocument, height: number): void {
  if (document.y + height > document.page.height - MARGIN) document.addPage();
}

function draw(
  document: PDFKit.PDFDocument,
  root: PDFKit.PDFStructureElement,
  { head, rows, caption }: Table,
): void {
  const table = document.struct('Table', { alt: caption });
  root.add(table);
  document.font(regular).fontSize(9).fillColor(INK);
  const options = {
    structParent: table, // the types do not know it yet
    columnStyles: columns(head.length),
    defaultStyle: { border: 0.5, borderColor: RULE, padding: 4 },
    data: [
      head.map((text) => ({
        text,
        type: 'TH' as const,
        font: { src: bold, size: 9 },
        backgroundColor: GREY,
      })),
      ...rows.map((row) =>
        row.map((text, i) => ({
          text,
          type: i === 0 ? ('TH' as const) : ('TD' as const),
          font: { src: regular, size: 9 },
        })),
      ),
    ],
  };
  document.table(options);
  table.end();
}

/** The first column names the row; texts have the rest. */
function columns(count: number): (number | string)[] {
  return count === 3 ? [120, 150, '*'] : [150, ...Array.from({ length: count - 1 }, () => '*')];
}
