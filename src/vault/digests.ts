import { createHmac } from 'node:crypto';
import type { VaultKeys } from './keys.js';

/**
 * Keyed digests (HMAC-SHA-256) of what must be found again but not read: identifiers, NUMEN, NIR, browsers. Each purpose has
 * a key of its own in the vault, so that digests of different purposes cannot be laid side by side.
 */
export class Digests {
  private readonly keys = new Map<string, Promise<Buffer>>();

  constructor(private readonly vaultKeys: VaultKeys) {}

  /** The digest of these parts; an unambiguous one: no two lists of parts are hashed alike. */
  async of(purpose: string, ...parts: readonly string[]): Promise<Buffer> {
    return (await this.with(purpose))(...parts);
  }

  /** The same for many at once. */
  async with(purpose: string): Promise<(...parts: readonly string[]) => Buffer> {
    const key = await this.key(purpose);
    return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest();
  }

  /** The key of a purpose, kept for the life of this process. */
  key(purpose: string): Promise<Buffer> {
    let key = this.keys.get(purpose);
    if (!key) {
      key = this.vaultKeys.obtain(`digest/${purpose}`);
      this.keys.set(purpose, key);
      key.catch(() => this.keys.delete(purpose)); // the database was away: ask again
    }
    return key;
  }
}
