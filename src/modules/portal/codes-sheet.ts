import { accessiblePdf, bold, collected, MARGIN, regular } from '../../documents/accessible-pdf.js';

const INK = '#1c2330';
const BRAND = '#1f3a6d';
const LINE = '#767b87';

/** What one writes down, and a word on each. */
const LINES: readonly (readonly [label: string, hint: string])[] = [
  ['Identifiant', 'Votre adresse de messagerie professionnelle'],
  ['Mot de passe Élections', 'De préférence, un indice que vous seul comprenez'],
  ['Question défi choisie', ''],
  ['Réponse à la question défi', 'De préférence, un indice'],
  ['Code de vote', 'Sur votre notice de vote, ou obtenu par réassort'],
  ['Références de mes bulletins', 'Une par scrutin, affichée après le vote'],
];

/** The page on which to write down one's codes (F52): PDF/UA, one page, in French. Holds nothing about anybody. */
export function codesSheet(election: string, opening: string | undefined): Promise<Buffer> {
  const title = `${election} – Ma fiche récapitulative`;
  const document = accessiblePdf(title);
  const whole = collected(document);
  write(document, election, opening);
  document.end();
  return whole;
}

function write(document: PDFKit.PDFDocument, election: string, opening: string | undefined): void {
  const root = document.struct('Document');
  document.addStructure(root);
  const say = (tag: string, draw: () => void) => root.add(document.struct(tag, {}, draw));
  const width = document.page.width - 2 * MARGIN;
  say('P', () => document.font(bold).fontSize(11).fillColor(BRAND).text(election, { width }));
  say('H1', () => document.font(bold).fontSize(24).fillColor(INK).text('Ma fiche récapitulative', { width }));
  document.moveDown(0.4);
  say('P', () =>
    document
      .font(regular)
      .fontSize(11)
      .text(
        'Document confidentiel et personnel. Remplissez-le à la main, gardez-le chez vous, ne le photographiez pas et ne l’envoyez à personne. L’assistance ne vous demandera jamais ces codes.',
        { width },
      ),
  );
  document.moveDown(1);
  for (const [label, hint] of LINES) {
    say('P', () => {
      document.font(bold).fontSize(12).fillColor(INK).text(label, { width });
      if (hint) document.font(regular).fontSize(9.5).fillColor('#4d5666').text(hint, { width });
    });
    // A line to write on is an ornament: a screen reader passes over it.
    const at = document.y + 30;
    document.markContent('Artifact', { type: 'Layout' });
    document
      .moveTo(MARGIN, at)
      .lineTo(MARGIN + width, at)
      .lineWidth(0.75)
      .strokeColor(LINE)
      .stroke();
    document.endMarkedContent();
    document.y = at + 16;
  }
  const when = opening ?? 'Les dates du vote ne sont pas encore fixées.';
  say('P', () => document.font(bold).fontSize(11).fillColor(BRAND).text(when, { width }));
  say('P', () =>
    document
      .font(regular)
      .fontSize(10)
      .fillColor(INK)
      .text(
        'Le code de vote ne sert que pendant le vote. Perdu ? Demandez un réassort dans l’espace de vote, avec la réponse à votre question défi.',
        { width },
      ),
  );
  root.end();
}
