import { inflateSync } from 'node:zlib';

/** The largest statement, in bytes. */
export const LARGEST_STATEMENT = 2 * 1024 * 1024;
const MOST_INFLATED = 32 * 1024 * 1024; // of all streams together: a statement is no bomb

/** What a statement does not do: run, launch, send, embed, or act when it is opened (ISO 32000, 12.6 and 7.11.4). */
const FORBIDDEN =
  /\/(JavaScript|JS|Launch|EmbeddedFiles?|OpenAction|AA|SubmitForm|ImportData|RichMedia|XFA|GoToR|GoToE|Rendition|Movie|Sound|Encrypt|Filespec)(?![A-Za-z0-9_.-])/;

/**
 * Why these bytes are not a statement that may be shown, in French; undefined when they are. Names are compared with their
 * escapes undone, in the file and in what its compressed streams hold, wherever the file says that they begin.
 */
export function pdfFault(content: Buffer): string | undefined {
  if (content.length > LARGEST_STATEMENT) return 'le fichier dépasse 2 Mo';
  const text = content.toString('latin1');
  if (!/^%PDF-(1\.[0-7]|2\.0)[\r\n]/.test(text)) return 'ce fichier n’est pas un PDF';
  if (!/%%EOF\s*$/.test(text) || !/startxref\s+\d+\s+%%EOF\s*$/.test(text)) return 'le PDF est tronqué';
  if (!/\/Type\s*\/Pages/.test(withoutEscapes(text)) && !hidesObjects(text)) return 'le PDF n’a pas de page';
  return forbidden(text) ?? (hidesObjects(text) ? faultInStreams(content, text) : undefined);
}

function forbidden(text: string): string | undefined {
  const found = FORBIDDEN.exec(withoutEscapes(text))?.[1];
  return found && `le PDF contient une action ou une pièce jointe qui n’est pas admise (${found})`;
}

/** Objects may lie in compressed streams (ISO 32000, 7.5.7). */
function hidesObjects(text: string): boolean {
  return withoutEscapes(text).includes('/ObjStm');
}

function faultInStreams(content: Buffer, text: string): string | undefined {
  let left = MOST_INFLATED;
  for (const { index } of text.matchAll(/stream\r?\n/g)) {
    if (text.slice(index - 3, index) === 'end') continue;
    const from = index + (text[index + 6] === '\r' ? 8 : 7);
    const dictionary = withoutEscapes(
      text.slice(Math.max(text.lastIndexOf(' obj', index), index - 2_000), index),
    );
    const objects = dictionary.includes('/ObjStm');
    if (objects && !readable(dictionary))
      return 'le PDF est compressé d’une façon qui ne peut pas être vérifiée';
    const inflated = inflate(content.subarray(from), left);
    if (inflated === 'too much') return 'le PDF contient trop de données une fois décompressé';
    if (inflated === undefined) {
      if (objects) return 'le PDF est endommagé';
      continue; // a picture, or a stream that is not compressed: its bytes were looked at
    }
    left -= inflated.length;
    const fault = forbidden(inflated.toString('latin1'));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** One filter, the common one, and no predictor: what is inflated is what the reader sees. */
function readable(dictionary: string): boolean {
  return (
    /\/Filter\s*(\[\s*)?\/FlateDecode\s*\]?/.test(dictionary) &&
    !/\/(LZW|ASCII85|ASCIIHex|RunLength|Crypt)/.test(dictionary) &&
    !dictionary.includes('/Predictor')
  );
}

function inflate(from: Buffer, most: number): Buffer | 'too much' | undefined {
  try {
    return inflateSync(from, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too much' : undefined;
  }
}

/** `/J#61vaScript` is `/JavaScript` (ISO 32000, 7.3.5). */
function withoutEscapes(text: string): string {
  return text.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
