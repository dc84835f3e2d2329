import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Where a thread finds the code of the audit's worker: the built file beside this one, or, where TypeScript is run as it
 * is, a bundle of it. The auditor has its own, for it shares nothing with the server but events and cryptography.
 */
export async function auditWorkerFile(): Promise<string> {
  const { dirname, filename } = import.meta;
  if (filename.endsWith('.js')) return join(dirname, 'audit-worker.js');
  const folder = join(dirname, '../../node_modules/.cache/isoloir');
  const [mine, shared] = [join(folder, `audit-worker.${process.pid}.mjs`), join(folder, 'audit-worker.mjs')];
  await mkdir(folder, { recursive: true });
  const options = {
    entryPoints: [join(dirname, 'audit-worker.ts')],
    outfile: mine,
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external' },
  };
  const program = `import { build } from 'esbuild'; await build(${JSON.stringify(options)})`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: dirname });
  await rename(mine, shared);
  return shared;
}
