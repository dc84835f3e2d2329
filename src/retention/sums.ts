import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** The file of the sums, in the layout of `sha256sum`, which checks it: `sha256sum --check SHA256SUMS`. */
const SUMS = 'SHA256SUMS';

/** Writes the SHA-256 of every file of a folder beside them, sorted by path. Gives the SHA-256 of that list. */
export async function sumUp(folder: string): Promise<{ readonly sha256: string; readonly files: number }> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== SUMS)
    .sort();
  const lines: string[] = [];
  for (const path of found) lines.push(`${await sumOf(join(folder, path))}  ${path}\n`);
  const text = lines.join('');
  await writeFile(join(folder, SUMS), text, { flush: true });
  return { sha256: createHash('sha256').update(text).digest('hex'), files: found.length };
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
