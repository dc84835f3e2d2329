import { Injectable, Optional } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Software } from '../../documents/counted-software.js';
import { boothHash } from '../../http/booth-file.js';

const ROOT = rootAbove(fileURLToPath(import.meta.url));
/** What the server runs and serves. Not the sources: what is sealed is what was built from them. */
const PARTS = ['dist', 'views', 'public', 'migrations', 'package-lock.json'];

/** The fingerprints of the software that are sealed with the scrutins (DH-5): of the server, and of what electors run. */
@Injectable()
export class Build {
  private known: string | undefined;

  /** `root` is the folder of the release: the one that this program is in. */
  constructor(@Optional() private readonly root: string = ROOT) {}

  /** SHA-256 of `buildLines`, as the files were when this process first asked: what it loaded. */
  software(): string {
    return (this.known ??= hashOf(buildLines(this.root)));
  }

  /** SHA-256 of the script that encrypts the ballots, as it is served. */
  booth(): string {
    return boothHash();
  }

  /** What this process runs and serves now. */
  running(): Software {
    return { build: this.software(), booth: this.booth() };
  }

  /** Whether the files are no longer those that this process was started from. Read one by one, between requests. */
  async changed(): Promise<boolean> {
    const started = this.software();
    const lines: string[] = [];
    for (const path of paths(this.root)) lines.push(line(path, await readFile(join(this.root, path))));
    return hashOf(lines.join('')) !== started;
  }
}

/** The files of a release with the SHA-256 of each: `<hash>  <path>\n`, sorted by path, as sha256sum prints it. */
export function buildLines(root = ROOT): string {
  return paths(root)
    .map((path) => line(path, readFileSync(join(root, path))))
    .join('');
}

/** The folder of the release: the first above a file of it that has the list of what it depends on. */
function rootAbove(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package-lock.json')) || folder === path ? folder : rootAbove(folder);
}

function paths(root: string): string[] {
  return PARTS.flatMap((part) => filesOf(root, part))
    .filter((path) => !path.startsWith('dist/bench/'))
    .sort();
}

function line(path: string, content: Buffer): string {
  return `${hashOf(content)}  ${path}\n`;
}

function filesOf(root: string, part: string): string[] {
  if (part.includes('.')) return [part];
  return readdirSync(join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
