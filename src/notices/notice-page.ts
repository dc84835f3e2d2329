import { inParis } from '../http/paris-time.js';
import type { ElectorFileHeader, NoticeElector } from './elector-file.js';
import { BRAND, GREY, MUTED, RULE, write } from './notice-fonts.js';

const LEFT = 42;
const RIGHT = 553; // A4 is 595 points wide
const COLUMN = 240; // width of each of the two columns
const SECOND = RIGHT - COLUMN;
const BOX = { x: LEFT, y: 652, width: COLUMN, height: 92 }; // where electors look for their code: bottom left, in grey

/** What one notice shows. */
export interface Notice {
  readonly elector: NoticeElector;
  readonly code: string;
  /** Where it is in the piles: « Lot 00012 – notice 0345 ». */
  readonly place: string;
}

/** Draws one notice on a page of its own (F40, F42): the layout of 2022, with the code bottom left in a grey box. */
export function drawNotice(
  document: PDFKit.PDFDocument,
  header: ElectorFileHeader,
  qrCode: string,
  { elector, code, place }: Notice,
): void {
  document.addPage();
  drawHead(document, header, elector, place);
  drawAddress(document, elector);
  drawPortal(document, header, qrCode);
  drawSteps(document, header);
  drawVote(document, header);
  drawCode(document, code);
}

function drawHead(
  document: PDFKit.PDFDocument,
  { title }: ElectorFileHeader,
  { identification, corps }: NoticeElector,
  place: string,
): void {
  const width = COLUMN;
  let y = write(document, title, { x: LEFT, y: 40, size: 12, weight: 'bold', colour: BRAND, width });
  y = write(document, 'Notice de vote', { x: LEFT, y, size: 22, weight: 'bold', width });
  y = write(document, 'Document à conserver : indispensable pour voter', {
    x: LEFT,
    y,
    size: 10,
    weight: 'bold',
    width,
  });
  y = write(document, 'Confidentiel et personnel', { x: LEFT, y, size: 10, width }) + 6;
  for (const line of [...identification, place])
    y = write(document, line, { x: LEFT, y, size: 8.5, colour: MUTED, width });
  write(document, corps, { x: LEFT, y: y + 4, size: 10, weight: 'bold', width });
}

/** In the window of the envelope, or for whoever hands it over. */
function drawAddress(
  document: PDFKit.PDFDocument,
  { firstName, lastName, channel, address, unit, academy }: NoticeElector,
): void {
  const x = SECOND;
  const width = COLUMN;
  const lines = channel === 'hand' ? [unit, academy] : address;
  let y = write(document, `${firstName} ${lastName}`, { x, y: 128, size: 11, weight: 'bold', width });
  for (const line of lines) y = write(document, line, { x, y, size: 11, width });
  if (channel === 'hand')
    write(document, 'À remettre en main propre', { x, y: y + 4, size: 9, colour: MUTED, width });
}

function drawPortal(document: PDFKit.PDFDocument, { portal }: ElectorFileHeader, qrCode: string): void {
  const width = 390;
  document.moveTo(LEFT, 250).lineTo(RIGHT, 250).lineWidth(0.75).strokeColor(RULE).stroke();
  const text =
    'J’accède à mon portail élections pour élire mes représentants aux instances de dialogue social';
  const y = write(document, text, { x: LEFT, y: 266, size: 13, weight: 'bold', colour: BRAND, width });
  write(document, portal, { x: LEFT, y: y + 6, size: 12, weight: 'bold', width, link: portal });
  document.image(qrCode, RIGHT - 92, 258, { width: 92 });
}

function drawSteps(document: PDFKit.PDFDocument, header: ElectorFileHeader): void {
  const top = 366;
  let y = section(document, LEFT, top, 'J’ACTIVE MON COMPTE ÉLECTEUR', [
    'J’ai reçu un message sur ma messagerie professionnelle contenant un lien à usage unique. En cliquant sur ce lien, je suis redirigé(e) vers le portail élections pour pouvoir activer mon compte :',
    '•  je choisis mon mot de passe « élections » ;',
    '•  je choisis une question personnelle dans le menu déroulant « défi » et j’enregistre ma réponse à cette question.',
    'Mon compte est à présent activé.',
  ]);
  section(document, LEFT, y + 12, 'BESOIN D’AIDE ?', [
    'Une aide en ligne est accessible depuis le portail élections (je clique sur « aide en ligne - foire aux questions »). L’assistance ne me demandera jamais mon code de vote.',
  ]);
  y = section(document, SECOND, top, 'J’UTILISE LE PORTAIL ÉLECTIONS', [
    'Je me connecte avec mon identifiant électeur (mon adresse de messagerie professionnelle) et mon mot de passe « élections ».',
    `À partir du ${inParis(new Date(header.portalOpensAt))} (heure de Paris), je consulte :`,
    '•  mon profil électeur ;',
    '•  la liste des scrutins auxquels je suis appelé(e) à voter ;',
    '•  les listes électorales ;',
    '•  les professions de foi des organisations syndicales.',
  ]);
  section(document, SECOND, y + 12, 'NOTICE PERDUE OU REÇUE OUVERTE ?', [
    'Pendant le vote, je demande un « réassort » du code de vote depuis le portail : le code ci-contre ne vaut alors plus rien.',
  ]);
}

function drawVote(document: PDFKit.PDFDocument, { votingOpensAt, votingClosesAt }: ElectorFileHeader): void {
  const [opens, closes] = [new Date(votingOpensAt), new Date(votingClosesAt)];
  section(document, SECOND, BOX.y, 'JE VOTE', [
    `du ${inParis(opens)} au ${inParis(closes)}*`,
    '•  Je me connecte avec mon identifiant électeur et mon mot de passe « élections ».',
    '•  Je clique sur « consulter les scrutins, les candidatures et voter ».',
    '•  Je saisis mon code de vote.',
    '•  Je vote.',
    '* heure de Paris',
  ]);
}

function drawCode(document: PDFKit.PDFDocument, code: string): void {
  const { x, y, width, height } = BOX;
  document.rect(x, y, width, height).fill(GREY);
  write(document, 'Votre code de vote est :', { x: x + 12, y: y + 14, size: 11 });
  write(document, code, { x: x + 12, y: y + 36, size: 16, weight: 'bold', lineBreak: false });
  write(document, 'À saisir tel qu’il figure ici. Ne le communiquez à personne.', {
    x: x + 12,
    y: y + 66,
    size: 8.5,
  });
}

/** A heading and its paragraphs; gives the y below them. */
function section(
  document: PDFKit.PDFDocument,
  x: number,
  top: number,
  heading: string,
  paragraphs: readonly string[],
): number {
  let y = write(document, heading, { x, y: top, size: 11, weight: 'bold', colour: BRAND, width: COLUMN }) + 3;
  for (const text of paragraphs) y = write(document, unbroken(text), { x, y, size: 9.5, width: COLUMN }) + 2;
  return y;
}

/** No line begins with a mark that French sets apart by a space, nor ends with an opening quotation mark. */
function unbroken(text: string): string {
  return text.replace(/ (?=[»:;?!])/g, '\u00a0').replaceAll('« ', '«\u00a0');
}
