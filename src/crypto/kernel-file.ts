import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasSimd } from './kernel/kernel.js';

/**
 * The kernel as it was built, with SIMD where this machine has it: in `dist` when this file is there, otherwise (a bundle,
 * a test runner that transforms TypeScript as it loads) in the `dist` of the nearest folder above that has one.
 */
export async function kernelModule(simd = hasSimd()): Promise<WebAssembly.Module> {
  const name = `crypto/kernel/${simd ? 'kernel-simd' : 'kernel'}.wasm`;
  return WebAssembly.compile(await readFile(find(import.meta.dirname, name)));
}

function find(folder: string, name: string): string {
  const beside = [join(folder, '..', name), join(folder, 'dist', name)].find((file) => existsSync(file));
  if (beside !== undefined) return beside;
  if (dirname(folder) === folder) throw new Error(`${name} is not built: npm run build`);
  return find(dirname(folder), name);
}
