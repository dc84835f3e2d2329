import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What a release is built from and made of, without what npm installs again from package-lock.json. */
const PARTS = ['src', 'dist', 'views', 'public', 'migrations', 'content', 'bin'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'nest-cli.json', '.swcrc', 'LICENSE'];

/** The sources and executables of the release that runs this, one by one (CGFP R. 211-580). */
export async function* releaseFiles(): AsyncGenerator<{ path: string; content: Buffer }> {
  for (const part of PARTS.filter((one) => existsSync(join(ROOT, one))))
    for (const entry of await readdir(join(ROOT, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = relative(ROOT, join(entry.parentPath, entry.name));
      yield { path: path.split(sep).join('/'), content: await readFile(join(ROOT, path)) };
    }
  for (const path of FILES.filter((one) => existsSync(join(ROOT, one))))
    yield { path, content: await readFile(join(ROOT, path)) };
}
