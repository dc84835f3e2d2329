import { CsvError, parse } from 'csv-parse';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { nameKey } from '../../../vault/name-key.js';

/** A file by its path, or what a form sent. */
export type Source = string | Buffer;

/** How a file is written, found by reading it once. */
export interface FileForm {
  readonly encoding: 'utf-8' | 'windows-1252';
  readonly separator: ';' | ',' | '\t';
  /** Of its bytes. */
  readonly sha256: Buffer;
}

/** A line of a file, with the number that an editor shows. */
export interface FileLine {
  readonly line: number;
  /** By the name of the column, as `nameKey` writes it. */
  readonly cells: ReadonlyMap<string, string>;
}

/** The file cannot be read as a table; in French, with the line where it is known. */
export class BadFile extends Error {
  constructor(
    readonly line: number | undefined,
    reason: string,
  ) {
    super(reason);
    this.name = 'BadFile';
  }
}

/** Whether a file is UTF-8 (with or without BOM) or Windows-1252, and what stands between its columns. */
export async function formOf(source: Source): Promise<FileForm> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let encoding: FileForm['encoding'] = 'utf-8';
  let head = '';
  for await (const chunk of opened(source)) {
    hash.update(chunk);
    if (head.length < 10_000) head += chunk.toString('latin1');
    if (encoding === 'utf-8' && !decodes(decoder, chunk, true)) encoding = 'windows-1252';
  }
  if (encoding === 'utf-8' && !decodes(decoder, Buffer.alloc(0), false)) encoding = 'windows-1252';
  const [first = ''] = head.split(/\r?\n|\r/, 1);
  const count = (separator: string) => first.split(separator).length - 1;
  const separators = [';', ',', '\t'] as const;
  const separator = separators.reduce((best, one) => (count(one) > count(best) ? one : best));
  if (count(separator) === 0) throw new BadFile(1, 'la première ligne ne nomme pas de colonnes');
  return { encoding, separator, sha256: hash.digest() };
}

function decodes(decoder: TextDecoder, chunk: Buffer, stream: boolean): boolean {
  try {
    decoder.decode(chunk, { stream });
    return true;
  } catch {
    return false;
  }
}

/** The lines of a file after the one that names the columns, one after the other. Throws `BadFile`. */
export async function* linesOf(source: Source, { encoding, separator }: FileForm): AsyncGenerator<FileLine> {
  const parser = parse({
    delimiter: separator,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: 100_000,
  });
  const text = Readable.from(decoded(source, encoding));
  text.once('error', (error) => parser.destroy(error));
  let columns: readonly string[] | undefined;
  try {
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<Row>) {
      if (columns === undefined) {
        columns = record.map((name) => nameKey(name));
        const twice = columns.find((name, index) => name !== '' && columns?.indexOf(name) !== index);
        if (twice !== undefined) throw new BadFile(1, `la colonne « ${twice} » est là deux fois`);
        continue;
      }
      const cells = new Map<string, string>();
      for (const [index, name] of columns.entries()) cells.set(name, record[index] ?? '');
      if (record.length > columns.length) cells.set(TOO_MANY, 'x');
      yield { line: info.lines, cells };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BadFile(
      Number(error['lines'] ?? 0) || undefined,
      'un guillemet n’est pas fermé, ou est mal placé',
    );
  }
}

/** A name that no column can have: the line has more cells than the first one. */
export const TOO_MANY = '…';

interface Row {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* decoded(source: Source, encoding: FileForm['encoding']): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of opened(source)) {
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

function opened(source: Source): AsyncIterable<Buffer> {
  if (typeof source !== 'string') return Readable.from([source]) as AsyncIterable<Buffer>;
  return createReadStream(source, { highWaterMark: 256 * 1024 });
}
