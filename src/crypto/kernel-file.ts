import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const NAME = 'crypto/kernel/kernel.wasm';

/**
 * The kernel as it was built: in `dist` when this file is there, otherwise (a bundle, a test runner that transforms
 * TypeScript as it loads) in the `dist` of the nearest folder above that has one.
 */
export async function kernelModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(find(import.meta.dirname)));
}

function find(folder: string): string {
  const beside = [join(folder, '..', NAME), join(folder, 'dist', NAME)].find((file) => existsSync(file));
  if (beside !== undefined) return beside;
  if (dirname(folder) === folder) throw new Error(`${NAME} is not built: npm run build`);
  return find(dirname(folder));
}
