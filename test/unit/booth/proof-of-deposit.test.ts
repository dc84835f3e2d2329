import { describe, expect, it } from '@jest/globals';
import { Document, type PDFDocument } from 'mupdf';
import { proofOfDeposit, proofText } from '../../../src/browser/booth/proof-of-deposit.js';
import { readProof } from '../../support/read-proof.js';

const pinned = {
  scrutinId: '0b7a2f3c-6f1d-4b7e-8a51-1d2c3b4a5f60',
  title: 'CSA de proximité (Île-de-France) « œuvres »',
  seal: 'ab'.repeat(32),
  electionFile: 'cd'.repeat(32),
  fingerprint: 'F'.repeat(43),
  acknowledgementKey: '01'.repeat(32),
};
const receipt = {
  electionId: '5c6a1a46-1f0e-4b0c-9d57-2022120108aa',
  scrutinId: pinned.scrutinId,
  reference: 'ReferenceOfABallot'.padEnd(43, 'x'),
  batch: 12,
  acknowledgement: '9f'.repeat(64),
  at: '2022-12-01T11:46:00.000Z',
};

describe('the proof of deposit', () => {
  const pdf = Buffer.from(proofOfDeposit('Élections professionnelles 2022', pinned, receipt));
  const { lines, qr } = readProof(pdf);

  it('says scrutin, minute in Paris, reference, batch, acknowledgement, key and seal', () => {
    const text = lines.join(' ');
    for (const part of [
      'Élections professionnelles 2022',
      'jeudi 1 décembre 2022 à 12h46 (heure de Paris)',
      receipt.reference,
      'lot n° 12',
      pinned.acknowledgementKey,
      pinned.seal,
    ]) {
      expect(text).toContain(part);
    }
    expect(lines.join('')).toContain(receipt.acknowledgement);
  });

  it('has a QR code with all that is needed to verify it', () => {
    expect(qr).toStrictEqual(proofText(receipt).split('\n'));
    expect(qr).toStrictEqual([
      'isoloir/proof/v1',
      receipt.electionId,
      receipt.scrutinId,
      receipt.reference,
      '12',
      receipt.acknowledgement,
    ]);
  });

  it('is tagged, in French, with words for the picture, and the same each time', () => {
    const text = pdf.toString('latin1');
    for (const part of [
      '/Lang(fr-FR)',
      '/Marked true',
      '/S/H1',
      '/S/Figure',
      '/DisplayDocTitle true',
      'xml:lang="x-default"',
    ]) {
      expect(text).toContain(part);
    }
    const document = Document.openDocument(pdf, 'application/pdf') as PDFDocument;
    expect(document.getMetaData('info:Title')).toBe('Preuve de dépôt du bulletin de vote dans l’urne');
    const parts = document.getTrailer().get('Root', 'StructTreeRoot', 'K', 'K');
    const alt = parts.get(parts.length - 1).get('Alt');
    expect(alt.asString()).toMatch(/^Code QR : identifiants de l’élection/);
    expect(text).not.toMatch(/CreationDate|ModDate/);
    expect(Buffer.from(proofOfDeposit('Élections professionnelles 2022', pinned, receipt)).equals(pdf)).toBe(
      true,
    );
  });

  it('has a table of objects that leads to each of them', () => {
    const text = pdf.toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    const places = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, at]) => Number(at));
    expect(places.length).toBeGreaterThan(10);
    places.forEach((at, i) => {
      expect(text.slice(at, at + 10)).toMatch(new RegExp(`^${i + 1} 0 obj`));
    });
    const length = Number(/\/Length (\d+)>>\nstream\n/.exec(text)?.[1]);
    expect(/stream\n([^]*?)\nendstream/.exec(text)?.[1]).toHaveLength(length);
  });
});
