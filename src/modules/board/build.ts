import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boothHash } from '../../http/booth-file.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What the server runs and serves. Not the sources: what is sealed is what was built from them. */
const PARTS = ['dist', 'views', 'public', 'migrations', 'package-lock.json'];

/** The fingerprints of the software that are sealed with the scrutins (DH-5): of the server, and of what electors run. */
@Injectable()
export class Build {
  private known: string | undefined;

  /** SHA-256 of the list of files with the SHA-256 of each: `<hash>  <path>\n`, sorted by path, as sha256sum prints it. */
  software(): string {
    return (this.known ??= this.read());
  }

  /** SHA-256 of the script that encrypts the ballots, as it is served. */
  booth(): string {
    return boothHash();
  }

  private read(): string {
    const files = PARTS.flatMap(filesOf).filter((path) => !path.startsWith('dist/bench/'));
    const lines = files.sort().map((path) => `${hashOf(readFileSync(join(ROOT, path)))}  ${path}\n`);
    return hashOf(lines.join(''));
  }
}

function filesOf(part: string): string[] {
  if (part.includes('.')) return [part];
  return readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
