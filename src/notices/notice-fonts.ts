import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const font = (subset: string, weight: number) =>
  require.resolve(`@fontsource/source-sans-3/files/source-sans-3-${subset}-${weight}-normal.woff`);

/** The two weights of the notices, each in two files: Western European letters, and those of other Latin alphabets. */
export const fonts = {
  regular: [font('latin', 400), font('latin-ext', 400)],
  bold: [font('latin', 700), font('latin-ext', 700)],
} as const;
export type Weight = keyof typeof fonts;

export const INK = '#1c2330';
export const BRAND = '#1f3a6d';
export const MUTED = '#4d5666';
export const GREY = '#e3e5e9';
export const RULE = '#767b87';

/** Where a text goes: its place, and what pdfkit is told. */
export interface Placed extends PDFKit.Mixins.TextOptions {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight?: Weight;
  readonly colour?: string;
}

/** Letters that only the second file of a weight has. */
const OTHER = '\u0100-\u0130\u0132-\u0151\u0154-\u02ba\u1e00-\u1eff';
const pieces = new RegExp(`[${OTHER}]+|[^${OTHER}]+`, 'g');
const other = new RegExp(`^[${OTHER}]`);

/**
 * Writes a text at a place; gives the y below it. A name with letters of another Latin alphabet (Ő, Ș, Ž) changes to the
 * font that has them.
 */
export function write(document: PDFKit.PDFDocument, text: string, placed: Placed): number {
  const { x, y, size, weight = 'regular', colour = INK, ...options } = placed;
  document.fontSize(size).fillColor(colour);
  const [first = '', ...rest] = text.normalize('NFC').match(pieces) ?? [];
  document.font(fonts[weight][other.test(first) ? 1 : 0]);
  document.text(first, x, y, { ...options, continued: rest.length > 0 });
  for (const [index, piece] of rest.entries()) {
    document.font(fonts[weight][other.test(piece) ? 1 : 0]);
    document.text(piece, { continued: index < rest.length - 1 });
  }
  return document.y;
}
