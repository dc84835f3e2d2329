import { createHmac } from 'node:crypto';
import type { VaultKeys } from './keys.js';

/** A key is asked for again after so long: erased with its election, it is forgotten by every server. */
const REMEMBERED = 60_000; // milliseconds

/**
 * Keyed digests (HMAC-SHA-256) of what must be found again but not read: identifiers, NUMEN, NIR, browsers. Each purpose has
 * a key of its own in the vault, so that digests of different purposes cannot be laid side by side.
 */
export class Digests {
  private readonly keys = new Map<string, { readonly key: Promise<Buffer>; readonly until: number }>();

  constructor(
    private readonly vaultKeys: VaultKeys,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The digest of these parts; an unambiguous one: no two lists of parts are hashed alike. */
  async of(purpose: string, ...parts: readonly string[]): Promise<Buffer> {
    return (await this.with(purpose))(...parts);
  }

  /** The same for many at once. */
  async with(purpose: string): Promise<(...parts: readonly string[]) => Buffer> {
    const key = await this.key(purpose);
    return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest();
  }

  /** The key of a purpose, remembered for a minute. */
  key(purpose: string): Promise<Buffer> {
    const known = this.keys.get(purpose);
    if (known && known.until > this.now()) return known.key;
    const key = this.vaultKeys.obtain(`digest/${purpose}`);
    this.keys.set(purpose, { key, until: this.now() + REMEMBERED });
    key.catch(() => this.keys.delete(purpose)); // the database was away: ask again
    return key;
  }
}
