import { deflateSync, crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { inventedLogo, inventedStatement } from '../../src/demonstration/invented-papers.js';
import {
  candidateBytes,
  candidateFault,
  candidatesOf,
} from '../../src/modules/scrutin/candidate-document.js';
import { LARGEST_STATEMENT, pdfFault } from '../../src/modules/scrutin/pdf-check.js';
import { pngFault } from '../../src/modules/scrutin/png-check.js';
import { safeSvg } from '../../src/modules/scrutin/svg-check.js';

const list = {
  title: 'Liste UNSA Education',
  affiliation: 'UNSA Education',
  candidates: [{ lastName: 'Lefèvre', firstName: 'Zoé', about: 'PE' }],
};

describe('a list of candidates', () => {
  it('is read back as it was filed, and has one address', () => {
    expect(candidateFault(list)).toBeUndefined();
    expect(candidatesOf(candidateBytes(list))).toEqual(list);
    const turned = { candidates: list.candidates, affiliation: list.affiliation, title: list.title };
    expect(candidateBytes(turned)).toEqual(candidateBytes(list));
    expect(candidateFault({ ...list, candidates: [] })).toBeUndefined(); // sur sigle
  });
  it.each([
    [{ ...list, title: '' }, 'liste.title'],
    [{ ...list, title: undefined }, 'liste.title'],
    [{ ...list, candidates: [{ ...list.candidates[0], substitute: true }] }, 'liste.candidates'],
    [{ ...list, candidates: [{ lastName: 'Lefèvre' }] }, 'liste.candidates[0].firstName'],
    [{ ...list, candidates: [{ ...list.candidates[0], email: 'a@b.fr' }] }, 'liste.candidates[0].email'],
    [{ ...list, joint: [{ affiliation: 'A', percent: 100 }] }, 'liste.joint'],
    ['Liste', 'liste'],
    [null, 'liste'],
  ])('names the field that is wrong: %j', (wrong, field) => {
    expect(candidateFault(wrong)).toMatch(new RegExp(`^${field.replaceAll(/[[\].]/g, '\\$&')} : `));
  });
  it('shares the votes of a joint list out whole', () => {
    const joint = (percent: number) => ({
      ...list,
      joint: [
        { affiliation: 'A', percent: 60 },
        { affiliation: 'B', percent },
      ],
    });
    expect(candidateFault(joint(40))).toBeUndefined();
    expect(candidateFault(joint(30))).toContain('90 %');
  });
});

const SVG = 'xmlns="http://www.w3.org/2000/svg"';
const drawing = (inside: string, more = '') =>
  Buffer.from(`<svg ${SVG} viewBox="0 0 9 9"${more}>${inside}</svg>`);

describe('a logo in SVG', () => {
  it('is drawn again, and again the same', () => {
    const made = safeSvg(inventedLogo('FSU', '#b5121b'));
    if ('fault' in made) throw new Error(made.fault);
    expect(safeSvg(made.svg)).toEqual(made);
    expect(safeSvg(drawing('<!-- <script> --><title>A &amp; B &lt;</title>'))).toEqual({
      svg: drawing('<title>A &amp; B &lt;</title>'),
    });
    expect(safeSvg(drawing('<rect width="3" fill="url(#a)"/>'))).toHaveProperty('svg');
  });
  it.each([
    ['<script>alert(1)</script>', 'script'],
    ['<rect onclick="alert(1)"/>', 'onclick'],
    ['<rect onload="x"/>', 'onload'],
    ['<image href="https://exemple.fr/x.png"/>', 'image'],
    ['<use href="#a"/>', 'use'],
    ['<a href="javascript:alert(1)"/>', 'a'],
    ['<foreignObject/>', 'foreignObject'],
    ['<style>@import "x"</style>', 'style'],
    ['<rect style="fill:url(//x)"/>', 'style'],
    ['<animate attributeName="href"/>', 'animate'],
    ['<set/>', 'set'],
    ['<rect fill="url(https://exemple.fr#a)"/>', 'fill'],
    ['<rect fill="url(#a) url(//x)"/>', 'fill'],
    ['<rect fill="URL(//x)"/>', 'fill'],
    ['<rect fill="u\\72l(//x)"/>', 'fill'],
    ['<rect clip-path="url(data:image/svg+xml;x)"/>', 'clip-path'],
    ['<rect xlink:href="x"/>', 'xlink:href'],
    ['<svg:script/>', 'svg:script'],
    ['<SCRIPT/>', 'SCRIPT'],
    ['<g xmlns="http://www.w3.org/1999/xhtml"/>', 'xmlns'],
  ])('is refused with %s', (inside, named) => {
    const made = safeSvg(drawing(inside));
    expect(made).toEqual({ fault: expect.stringContaining(`« ${named} »`) });
  });
  it.each([
    [Buffer.from(`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg ${SVG}>&x;</svg>`)],
    [Buffer.from(`<?xml-stylesheet href="x"?><svg ${SVG}/>`)],
    [Buffer.from('<svg/>')],
    [Buffer.from('<html/>')],
    [Buffer.from('')],
    [drawing('<g>')],
    [drawing('<![CDATA[<script>]]>')],
    [drawing('&unknown;')],
    [Buffer.concat([drawing(''), Buffer.from([0xff])])],
    [Buffer.concat([drawing(''), drawing('')])],
    [drawing('<g/>'.repeat(5_001))],
  ])('is refused when it is no plain drawing (%#)', (content) => {
    expect(safeSvg(content)).toHaveProperty('fault');
  });
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
function png(width = 2, height = 2, extra: Buffer = Buffer.alloc(0), rows = height): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(rows * (3 * width + 1)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', header), extra, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

describe('a logo in PNG', () => {
  it('is taken', () => {
    expect(pngFault(png())).toBeUndefined();
    expect(pngFault(png(2_000, 5))).toBeUndefined();
  });
  it.each([
    ['something else', Buffer.from('GIF89a')],
    ['a text chunk', png(2, 2, chunk('tEXt', Buffer.from('Author\0Moi')))],
    ['a profile', png(2, 2, chunk('iCCP', Buffer.from('x')))],
    ['a second header', png(2, 2, chunk('IHDR', Buffer.alloc(13)))],
    ['too large a picture', png(2_001, 1)],
    ['no pixel', png(0, 1)],
    ['too few pixels', png(2, 2, undefined, 1)],
    ['more after the end', Buffer.concat([png(), Buffer.from('x')])],
    ['no end', png().subarray(0, -12)],
    ['half a chunk', png().subarray(0, -30)],
  ])('is refused with %s', (_, content) => {
    expect(pngFault(content)).toEqual(expect.stringMatching(/PNG/));
  });
  it('is refused when a bit is wrong anywhere', () => {
    const whole = png();
    for (let at = 0; at < whole.length; at++) {
      const broken = Buffer.from(whole);
      broken[at] = broken.readUInt8(at) ^ 1;
      expect([at, pngFault(broken)]).toEqual([at, expect.any(String)]);
    }
  });
});

describe('a statement', () => {
  const hidden = (inside: string, dictionary = '/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode') => {
    const stream = deflateSync(Buffer.from(`1 0 ${inside}`));
    return Buffer.concat([
      Buffer.from(`%PDF-1.7\n1 0 obj\n<< /Type /Pages >>\nendobj\n2 0 obj\n<< ${dictionary} >>\nstream\r\n`),
      stream,
      Buffer.from('\nendstream\nendobj\nstartxref\n0\n%%EOF\n'),
    ]);
  };
  const withText = async (extra: string) => {
    const pdf = (await inventedStatement(list)).toString('latin1');
    return Buffer.from(pdf.replace('/Type /Catalog', `/Type /Catalog ${extra}`), 'latin1');
  };
  it('is taken, and made twice it has one address', async () => {
    const pdf = await inventedStatement(list);
    expect(pdfFault(pdf)).toBeUndefined();
    expect((await inventedStatement(list)).equals(pdf)).toBe(true);
    expect(pdfFault(hidden('<< /Type /Page >>'))).toBeUndefined();
  });
  it.each([
    ['/OpenAction << /S /JavaScript /JS (app.alert(1)) >>'],
    ['/Names << /J#61vaScript 1 0 R >>'],
    ['/#4a#53 (x)'],
    ['/AA << /O 1 0 R >>'],
    ['/S /Launch /F (cmd.exe)'],
    ['/Names << /EmbeddedFiles 1 0 R >>'],
    ['/S /SubmitForm'],
    ['/AcroForm << /XFA 1 0 R >>'],
    ['/Encrypt 1 0 R'],
  ])('is refused with %s', async (extra) => {
    const pdf = await withText(extra);
    expect(pdf.includes(extra)).toBe(true);
    expect(pdfFault(pdf)).toMatch(/n’est pas admise/);
  });
  it('is refused with a script in a compressed object', () => {
    expect(pdfFault(hidden('<< /S /JavaScript /JS (x) >>'))).toMatch(/JavaScript/);
    expect(pdfFault(hidden('<< /S /J#61vaScript >>'))).toMatch(/JavaScript/);
    const odd = '/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]';
    expect(pdfFault(hidden('x', odd))).toMatch(/vérifiée/);
    expect(pdfFault(hidden('x', '/Type /Obj#53tm /Filter /LZWDecode'))).toMatch(/vérifiée/);
  });
  it('is refused when it is not a PDF, cut off, too large or a bomb', async () => {
    const pdf = await inventedStatement(list);
    expect(pdfFault(Buffer.from('<html><script>alert(1)</script></html>'))).toMatch(/pas un PDF/);
    expect(pdfFault(Buffer.concat([Buffer.from('MZ'), pdf]))).toMatch(/pas un PDF/);
    expect(pdfFault(pdf.subarray(0, -100))).toMatch(/tronqué/);
    expect(pdfFault(Buffer.concat([pdf, Buffer.from('<html>')]))).toMatch(/tronqué/);
    expect(pdfFault(Buffer.alloc(LARGEST_STATEMENT + 1))).toMatch(/2 Mo/);
    expect(pdfFault(hidden(' '.repeat(40 * 1024 * 1024)))).toMatch(/trop de données/);
  });
});
