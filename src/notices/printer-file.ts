import { Encrypter } from 'age-encryption';
import type { ElectorFileHeader } from './elector-file.js';
import { numberOf, type Numbered } from './notice-document.js';

const COLUMNS = [
  ...['lot', 'notice', 'acheminement', 'academie', 'unite', 'nom', 'prenom', 'corps'],
  ...[1, 2, 3, 4].map((line) => `identification${line}`),
  ...[1, 2, 3, 4, 5, 6, 7].map((line) => `adresse${line}`),
  ...['code_de_vote', 'portail'],
];

/** A key of a printing firm is not one. */
export class BadPrinterKey extends Error {
  constructor() {
    super(
      '--printer-key: expected an age recipient such as age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
    );
    this.name = 'BadPrinterKey';
  }
}

/** Whoever may read a data file: throws `BadPrinterKey` at once, not after an hour. */
export function printer(key: string): Encrypter {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(key);
  } catch {
    throw new BadPrinterKey();
  }
  return encrypter;
}

/**
 * The data from which a printing firm makes the notices of one file: CSV (RFC 4180, semicolons, UTF-8), encrypted as an age
 * file (age-encryption.org/v1), which the firm opens with its own key and the tool `age`.
 */
export function printerFile(
  key: string,
  header: ElectorFileHeader,
  lot: string,
  notices: readonly Numbered[],
): Promise<Uint8Array> {
  const rows = notices.map(({ elector, code }, index) => [
    ...[lot, numberOf(index), elector.channel, elector.academy, elector.unit],
    ...[elector.lastName, elector.firstName, elector.corps],
    ...Array.from({ length: 4 }, (_, line) => elector.identification[line] ?? ''),
    ...Array.from({ length: 7 }, (_, line) => elector.address[line] ?? ''),
    ...[code, header.portal],
  ]);
  const csv = [COLUMNS, ...rows].map((row) => `${row.map(cell).join(';')}\r\n`).join('');
  return printer(key).encrypt(csv);
}

function cell(text: string): string {
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
