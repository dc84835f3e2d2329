/** What a log sends to a witness (c2sp.org/tlog-witness, add-checkpoint). */
import { fromBase64, parseDecimal, toBase64 } from './base64-text.js';
import { Malformed } from './malformed.js';
import type { Hash } from './merkle.js';

export interface AddCheckpoint {
  /** The size of the last checkpoint that the witness cosigned, 0 for none. */
  readonly old: number;
  /** Consistency from there. */
  readonly proof: readonly Hash[];
  readonly checkpoint: string;
}

/** The body of the request. */
export function printAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** Reads the body of a request. Throws `Malformed`. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  if (end < 0) throw new Malformed('body', 'no blank line before the checkpoint');
  const [old = '', ...lines] = body.slice(0, end).split('\n');
  if (!old.startsWith('old ')) throw new Malformed('body', 'does not begin with old');
  if (lines.length > 63) throw new Malformed('body', 'more than 63 hashes');
  return {
    old: parseDecimal(old.slice(4), 'old'),
    proof: lines.map((line, i) => {
      const hash = fromBase64(line, `proof[${i}]`);
      if (hash.length !== 32) throw new Malformed(`proof[${i}]`, 'not 32 bytes');
      return hash;
    }),
    checkpoint: body.slice(end + 2),
  };
}
