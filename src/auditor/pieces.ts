import { createReadStream } from 'node:fs';
import { Unreadable } from './bundle-lines.js';

/** The pieces of a bundle: a file, or the address of a service (its public bundle) or of a bundle. Throws `Unreadable`. */
export async function piecesOf(source: string): Promise<AsyncIterable<Uint8Array>> {
  if (!/^https?:\/\//.test(source)) return readable(createReadStream(source), source);
  const url = new URL(source);
  if (url.pathname === '/') url.pathname = '/transparence/dossier';
  const response = await fetch(url).catch((error: unknown) => {
    throw new Unreadable(`${url.href}: ${(error as Error).message}`);
  });
  if (!response.ok || !response.body) throw new Unreadable(`${url.href}: answered ${response.status}`);
  return readable(response.body as AsyncIterable<Uint8Array>, url.href);
}

async function* readable(pieces: AsyncIterable<unknown>, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) yield piece as Uint8Array;
  } catch (error) {
    throw new Unreadable(`${name}: ${(error as Error).message}`);
  }
}
