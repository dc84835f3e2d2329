import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Where a thread finds the code of the worker. Built, it is the file beside this one. Under a test runner that
 * transforms TypeScript as it loads, a thread has no such transformation, so esbuild bundles the worker first (a tenth
 * of a second), below node_modules so that the bundle finds the packages it imports.
 */
export async function workerFile(name: 'ballot-worker' | 'count-worker' = 'ballot-worker'): Promise<string> {
  const { dirname, filename } = import.meta;
  if (filename.endsWith('.js')) return join(dirname, `${name}.js`);
  const modules = join(dirname, '../../node_modules');
  const folder = join(modules, '.cache/isoloir');
  const [mine, shared] = [join(folder, `${name}.${process.pid}.mjs`), join(folder, `${name}.mjs`)];
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
