import { createHmac } from 'node:crypto';
import type { VaultKeys } from './keys.js';

/** The key that would tell whose a tag is no longer exists, or does not exist yet. */
export class NoRegisterKey extends Error {
  constructor(scrutinId: string) {
    super(`scrutin ${scrutinId} has no register key: it is not sealed, or its key was destroyed`);
    this.name = 'NoRegisterKey';
  }
}

/**
 * The keys under which electors become tags: one for each scrutin, so that the registers of two scrutins cannot be
 * joined. A key is made at the sealing and destroyed after the freeze; from then on a tag says nothing
 * (docs/protocol.md, A3).
 * It is read from the vault at each use and kept in no cache, so that destroying it is destroying it everywhere.
 */
export class RegisterKeys {
  constructor(private readonly vaultKeys: VaultKeys) {}

  /** Makes the key of a scrutin unless there is one. Only the sealing calls it, before any vote. */
  async create(scrutinId: string): Promise<void> {
    await this.vaultKeys.obtain(nameOf(scrutinId));
  }

  /** The tags of electors in a scrutin, in their order. Throws `NoRegisterKey` once the key is destroyed. */
  async tagsOf(scrutinId: string, electorIds: readonly string[]): Promise<string[]> {
    const key = await this.vaultKeys.find(nameOf(scrutinId));
    if (!key) throw new NoRegisterKey(scrutinId);
    return electorIds.map((electorId) => createHmac('sha256', key).update(electorId).digest('hex'));
  }

  /** The tag of one elector; see `tagsOf`. */
  async tagOf(scrutinId: string, electorId: string): Promise<string> {
    const [tag] = await this.tagsOf(scrutinId, [electorId]);
    return tag as string;
  }

  /** Destroys the key for good, after the freeze. Twice is no error. */
  destroy(scrutinId: string): Promise<void> {
    return this.vaultKeys.destroy(nameOf(scrutinId));
  }
}

function nameOf(scrutinId: string): string {
  return `register/${scrutinId}`;
}
