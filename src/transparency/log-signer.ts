import { ed25519 } from '@noble/curves/ed25519.js';
import { signCheckpoint } from '../crypto/checkpoint.js';
import type { Hash } from '../crypto/merkle.js';
import { noteKey, printNoteKey, type NoteKey } from '../crypto/signed-note.js';

/** The log's name and its key, which signs every checkpoint. The private half never leaves this object. */
export class LogSigner {
  readonly key: NoteKey;
  readonly #seed: Uint8Array;

  /** `seed`: 32 secret bytes, the same for the life of the deployment. */
  constructor(
    readonly origin: string,
    seed: Uint8Array,
  ) {
    this.#seed = seed;
    this.key = noteKey(origin, 0x01, ed25519.getPublicKey(seed));
  }

  /** What others verify with. */
  get vkey(): string {
    return printNoteKey(this.key);
  }

  sign(size: number, root: Hash): string {
    return signCheckpoint(this.key, this.#seed, { origin: this.origin, size, root });
  }
}
