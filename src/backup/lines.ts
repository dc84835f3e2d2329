import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** A file of a back-up: how many lines, and the hash of them all, uncompressed. */
export interface LinesFile {
  readonly lines: number;
  readonly sha256: string;
}

/** Writes lines to a compressed file that nobody else may read. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<LinesFile> {
  const hash = createHash('sha256');
  let count = 0;
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const line of lines) {
      const text = Buffer.from(`${line}\n`);
      hash.update(text);
      count += 1;
      yield text;
    }
  }
  await pipeline(
    Readable.from(bytes()),
    createGzip(),
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  );
  return { lines: count, sha256: hash.digest('hex') };
}

/** The lines of such a file. A file that is cut off throws. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const plain = source.pipe(createGunzip());
  source.on('error', (error) => plain.destroy(error));
  let begun: Buffer[] = []; // a line may be as large as the largest document
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      begun.push(chunk.subarray(from, end));
      yield Buffer.concat(begun).toString('utf8');
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
}

/** What such a file holds now, to be compared with what was written. */
export async function measureLines(path: string): Promise<LinesFile> {
  const hash = createHash('sha256');
  let lines = 0;
  for await (const line of readLines(path)) {
    hash.update(`${line}\n`);
    lines += 1;
  }
  return { lines, sha256: hash.digest('hex') };
}
