import PDFDocument from 'pdfkit';
import type { CandidateDocument } from '../modules/scrutin/candidate-document.js';

const WRITTEN = new Date('2022-10-20T12:00:00.000Z'); // always the same day, so that the same statement has the same bytes

/** A logo that stands for one: letters on a colour. */
export function inventedLogo(letters: string, colour: string): Buffer {
  const size = letters.length > 3 ? 44 : 56;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120" width="200" height="120">` +
      `<rect width="200" height="120" rx="12" fill="${colour}"/>` +
      `<text x="100" y="${60 + size / 3}" fill="#ffffff" font-family="sans-serif" font-size="${size}" ` +
      `font-weight="bold" text-anchor="middle">${letters}</text></svg>`,
  );
}

/** A statement of one page, as PDF. */
export async function inventedStatement({
  title,
  affiliation,
  candidates,
}: CandidateDocument): Promise<Buffer> {
  const page = new PDFDocument({
    size: 'A4',
    margin: 60,
    lang: 'fr',
    tagged: true,
    pdfVersion: '1.7',
    displayTitle: true,
    info: { Title: `Profession de foi : ${title}`, CreationDate: WRITTEN, ModDate: WRITTEN },
  });
  const parts: Buffer[] = [];
  page.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve) => page.once('end', resolve));
  const [first] = candidates;
  const said = [
    'Document de démonstration : cette liste et ses candidats sont inventés.',
    `Nous présentons ${candidates.length} candidats${first ? `, conduits par ${first.firstName} ${first.lastName}` : ''}.`,
    'Nous défendrons les conditions de travail, les carrières et le service public, et rendrons compte de nos votes.',
  ];
  page.addStructure(
    page.struct('H1', {}, () => {
      page.font('Helvetica-Bold').fontSize(22).text(title);
    }),
  );
  page.addStructure(
    page.struct('P', {}, () => {
      page.font('Helvetica').fontSize(13).moveDown();
      page.text(`Affiliation : ${affiliation ?? 'aucune'}`);
    }),
  );
  for (const paragraph of said) {
    page.addStructure(
      page.struct('P', {}, () => {
        page.moveDown().text(paragraph);
      }),
    );
  }
  page.end();
  await ended;
  return Buffer.concat(parts);
}
