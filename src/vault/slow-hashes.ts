import { hash, hashSync, verify } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import { WaitingLine } from './waiting-line.js';

/** argon2id, as OWASP recommends at least: 19 MiB, two passes, one lane. The library's default algorithm is argon2id. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const ROOM = 100; // waiting for each core: about two seconds

/**
 * Hashes of what people choose (passwords, answers): argon2id, one run per core at a time, behind a bounded queue. Throws
 * `Busy` when it is full; `who` is the name under which the caller then waits in line.
 */
export class SlowHashes {
  private readonly line: WaitingLine;
  /** The hash of what nobody knows, so that who has no account costs the same run. */
  private readonly dummy = hashSync(crypto.getRandomValues(new Uint8Array(32)), cost);

  constructor(cores = availableParallelism(), room = ROOM * cores) {
    this.line = new WaitingLine(cores, room);
  }

  hash(who: string, text: string): Promise<string> {
    return this.line.run(who, () => hash(text.normalize('NFC'), cost));
  }

  /** Whether the text is what was hashed. With no hash it costs the same, and is false. */
  async verify(who: string, hashed: string | undefined, text: string): Promise<boolean> {
    const same = await this.line.run(who, () => verify(hashed ?? this.dummy, text.normalize('NFC')));
    return same && hashed !== undefined;
  }
}
