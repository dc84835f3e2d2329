import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Where a thread finds the code of a worker: of that name, in this folder or in that of `here` (its `import.meta`). Built, it
 * is a file there. Under a test runner that transforms TypeScript as it loads, a thread has no such transformation, so
 * esbuild bundles the worker first (a tenth of a second), below node_modules so that the bundle finds the packages it
 * imports.
 */
export async function workerFile(
  name = 'ballot-worker',
  { dirname, filename }: Pick<ImportMeta, 'dirname' | 'filename'> = import.meta,
): Promise<string> {
  if (/\.m?js$/.test(filename)) return join(dirname, `${name}.js`);
  const modules = join(dirname, '../../node_modules');
  const folder = join(modules, '.cache/isoloir');
  const [mine, shared] = [join(folder, `${name}.${randomUUID()}.mjs`), join(folder, `${name}.mjs`)];
  await mkdir(folder, { recursive: true });
  const options = {
    entryPoints: [join(dirname, `${name}.ts`)],
    outfile: mine,
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external' },
  };
  const program = `import { build } from 'esbuild'; await build(${JSON.stringify(options)})`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: dirname });
  await rename(mine, shared); // two runners may do this at once: each sees a whole file
  return shared;
}
