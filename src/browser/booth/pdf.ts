/**
 * One page of PDF 1.7, tagged for screen readers, from lines of text and one QR code: as much as the proof of deposit needs,
 * so that the script which holds the code and the choice stays short enough to be read. PDF/UA but for one thing, which it
 * therefore does not claim: the standard fonts are not in the file.
 */

/** A paragraph or heading. `code`: letters of one width, broken anywhere. */
export interface Block {
  readonly as: 'H1' | 'P' | 'code';
  readonly text: string;
  readonly size?: number;
  readonly bold?: boolean;
}

/** A square of dark and light modules, and what to say of it to who does not see it. */
export interface Figure {
  readonly modules: readonly (readonly boolean[])[];
  readonly alt: string;
  readonly side: number;
}

const PAGE = { width: 595, height: 842, margin: 56 };
const FONTS = { regular: 'F1', bold: 'F2', code: 'F3' } as const;

/** The file. Deterministic: it holds no date and no name of a machine. */
export function writePdf(title: string, blocks: readonly Block[], figure: Figure): Uint8Array {
  const parts: { tag: string; alt?: string }[] = [];
  let content = '';
  let y = PAGE.height - PAGE.margin;
  const tagged = (tag: string, drawing: string, alt?: string) => {
    content += `/${tag} <</MCID ${parts.length}>> BDC\n${drawing}EMC\n`;
    parts.push({ tag, ...(alt !== undefined && { alt }) });
  };
  for (const block of blocks) {
    const { as, size = as === 'H1' ? 20 : 10.5, bold = as === 'H1' } = block;
    const font = as === 'code' ? FONTS.code : bold ? FONTS.bold : FONTS.regular;
    let drawing = '';
    for (const line of broken(block.text, size, as === 'code')) {
      y -= size * 1.3;
      drawing += `BT /${font} ${size} Tf ${PAGE.margin} ${y.toFixed(2)} Td (${escaped(line)}) Tj ET\n`;
    }
    y -= as === 'H1' ? 10 : 5;
    tagged(as === 'H1' ? 'H1' : 'P', drawing);
  }
  tagged('Figure', drawFigure(figure, y - figure.side - 8), figure.alt);
  return assemble(title, content, parts);
}

function drawFigure({ modules, side }: Figure, bottom: number): string {
  const unit = side / modules.length;
  const squares = modules.flatMap((row, i) =>
    row.flatMap((dark, j) => {
      const at = `${(PAGE.margin + j * unit).toFixed(3)} ${(bottom + side - (i + 1) * unit).toFixed(3)}`;
      return dark ? [`${at} ${unit.toFixed(3)} ${unit.toFixed(3)} re`] : [];
    }),
  );
  return `${squares.join('\n')}\nf\n`;
}

function assemble(
  title: string,
  content: string,
  parts: readonly { tag: string; alt?: string }[],
): Uint8Array {
  const firstPart = 10;
  const metadata = xmp(title);
  const kids = parts.map((_, i) => `${firstPart + i} 0 R`).join(' ');
  const font = (name: string) => `<</Type/Font/Subtype/Type1/BaseFont/${name}/Encoding/WinAnsiEncoding>>`;
  const objects = [
    `<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)/MarkInfo<</Marked true>>/StructTreeRoot 8 0 R/Metadata ${firstPart + parts.length} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>`,
    `<</Type/Pages/Kids[3 0 R]/Count 1>>`,
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${PAGE.width} ${PAGE.height}]/Contents 4 0 R/StructParents 0/Tabs/S/Resources<</Font<</F1 5 0 R/F2 6 0 R/F3 7 0 R>>>>>>`,
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    font('Courier'),
    `<</Type/StructTreeRoot/K 9 0 R/ParentTree<</Nums[0[${kids}]]>>>>`,
    `<</Type/StructElem/S/Document/P 8 0 R/K[${kids}]>>`,
    ...parts.map(
      ({ tag, alt }, i) =>
        `<</Type/StructElem/S/${tag}/P 9 0 R/Pg 3 0 R/K ${i}${alt === undefined ? '' : `/Alt${textString(alt)}`}>>`,
    ),
    `<</Type/Metadata/Subtype/XML/Length ${metadata.length}>>\nstream\n${metadata}\nendstream`,
    `<</Title${textString(title)}/Producer(Isoloir)>>`,
  ];
  let file = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const places = objects.map((object, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R/Info ${objects.length} 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
  return Uint8Array.from(file + table + trailer, (char) => char.charCodeAt(0));
}

/** Title and language once more, as XMP (ISO 14289-1, 7.1); bytes of UTF-8. */
function xmp(title: string): string {
  const marked = title.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const text = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${marked}</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>fr-FR</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** A text that is not drawn: UTF-16, because outside of fonts PDF has no WinAnsi (ISO 32000-1, 7.9.2.2). */
function textString(text: string): string {
  let bytes = '\xfe\xff';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += String.fromCharCode(unit >> 8, unit & 0xff);
  }
  return `(${bytes.replace(/[()\\\r]/g, (sign) => (sign === '\r' ? '\\r' : `\\${sign}`))})`;
}

/** Lines no wider than the page. */
function broken(text: string, size: number, anywhere: boolean): string[] {
  const limit = ((PAGE.width - 2 * PAGE.margin) * 1000) / size;
  if (anywhere) return text.match(new RegExp(`.{1,${Math.floor(limit / 600)}}`, 'g')) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= limit) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Widths of Helvetica (its AFM file), for the signs from space to tilde, in thousandths; bold is a little wider. */
const WIDTHS =
  '278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584'
    .split(' ')
    .map(Number);

function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += WIDTHS[(sign.normalize('NFD').codePointAt(0) ?? 0) - 32] ?? 600;
  return width * 1.06;
}

/** Signs of French that WinAnsi has elsewhere than Latin-1. */
const WIN_ANSI: Readonly<Record<string, string>> = {
  '€': '\x80',
  '…': '\x85',
  Œ: '\x8c',
  '‘': '\x91',
  '’': '\x92',
  '“': '\x93',
  '”': '\x94',
  '–': '\x96',
  '—': '\x97',
  œ: '\x9c',
  '\u202f': '\xa0',
};

/** The bytes of a text in a PDF string; a sign that WinAnsi lacks becomes a question mark. */
function escaped(text: string): string {
  return Array.from(text.normalize('NFC'), (sign) => {
    const byte = WIN_ANSI[sign] ?? (/[\x20-\x7e\xa0-\xff]/.test(sign) ? sign : '?');
    return /[()\\]/.test(byte) ? `\\${byte}` : byte;
  }).join('');
}
