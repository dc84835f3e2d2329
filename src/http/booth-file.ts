import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Made by `npm run build` from src/browser/booth; served as `/assets/booth.js`. */
const FILE = fileURLToPath(new URL('../../dist/assets/booth.js', import.meta.url));

/**
 * The SHA-256 (hex) of the script of the voting booth, to the byte that is served: what the seal fixes, what
 * `BuildReplaced` replaces, and what anybody may compare (DH-5).
 */
export function boothHash(): string {
  return createHash('sha256').update(readFileSync(FILE)).digest('hex');
}

/** A hash as the browser takes it, which then refuses to run another script (subresource integrity). */
export function boothIntegrity(hash: string): string {
  return `sha256-${Buffer.from(hash, 'hex').toString('base64')}`;
}
