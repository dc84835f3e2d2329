import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { VaultKeys } from './keys.js';

/** RFC 8410: what stands before the 32 bytes of a seed in PKCS #8, and before those of a public key in SPKI. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_LENGTH = 12;

/**
 * The key with which this deployment acknowledges votes (Ed25519, RFC 8032: the same words always get the same
 * signature). Its public half is sealed with the scrutins, so that the booth knows it before anybody votes.
 */
export class AcknowledgementKey {
  private loaded: Promise<KeyObject> | undefined;

  constructor(private readonly vaultKeys: VaultKeys) {}

  /** The public half, as 64 lower-case hex digits. */
  async publicKey(): Promise<string> {
    const spki = createPublicKey(await this.privateKey()).export({ type: 'spki', format: 'der' });
    return spki.subarray(SPKI_LENGTH).toString('hex');
  }

  /** A signature, as 128 lower-case hex digits. What is signed comes from src/crypto/acknowledgement.ts only. */
  async sign(message: Uint8Array): Promise<string> {
    return sign(null, message, await this.privateKey()).toString('hex');
  }

  private privateKey(): Promise<KeyObject> {
    if (!this.loaded) {
      this.loaded = this.vaultKeys
        .obtain('acknowledgement')
        .then((seed) =>
          createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }),
        );
      this.loaded.catch(() => (this.loaded = undefined)); // the database was away: ask again
    }
    return this.loaded;
  }
}
