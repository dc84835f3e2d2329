/** `.tlog-proof`: the proof that an entry is in a log, verifiable offline (c2sp.org/tlog-proof). */
import { fromBase64, parseDecimal, toBase64 } from './base64-text.js';
import { parseSignedCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { Malformed } from './malformed.js';
import { leafHash, verifyInclusion, type Hash } from './merkle.js';

/** A proof taken apart. `extra` is not authenticated. */
export interface LogProof {
  readonly extra: Uint8Array | undefined;
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The checkpoint, verbatim. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';

/** The text of a proof. */
export function printLogProof({ extra, index, hashes, checkpoint }: LogProof): string {
  const lines = [HEADER, ...(extra ? [`extra ${toBase64(extra)}`] : []), `index ${index}`];
  return `${[...lines, ...hashes.map(toBase64), ''].join('\n')}\n${checkpoint}`;
}

/** Reads a proof and its checkpoint; nothing is verified yet. Throws `Malformed`. */
export function parseLogProof(text: string, path = 'proof'): LogProof & { signed: SignedCheckpoint } {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new Malformed(path, 'no blank line before the checkpoint');
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== HEADER) throw new Malformed(path, `does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') === true ? (lines.shift() as string).slice(6) : undefined;
  const index = lines.shift();
  if (index?.startsWith('index ') !== true) throw new Malformed(path, 'no index');
  if (lines.length > 63) throw new Malformed(path, 'more than 63 hashes');
  const checkpoint = text.slice(end + 2);
  return {
    extra: extra === undefined ? undefined : fromBase64(extra, `${path}.extra`),
    index: parseDecimal(index.slice(6), `${path}.index`),
    hashes: lines.map((line, i) => {
      const hash = fromBase64(line, `${path}.hash[${i}]`);
      if (hash.length !== 32) throw new Malformed(`${path}.hash[${i}]`, 'not 32 bytes');
      return hash;
    }),
    checkpoint,
    signed: parseSignedCheckpoint(checkpoint, `${path}.checkpoint`),
  };
}

/** Whether the proof shows that `entry` is in the tree of its checkpoint. Whose checkpoint it is, is for a policy. */
export function provesEntry(
  { index, hashes, signed }: Pick<ReturnType<typeof parseLogProof>, 'index' | 'hashes' | 'signed'>,
  entry: Uint8Array,
): boolean {
  return verifyInclusion(leafHash(entry), index, signed.size, hashes, signed.root);
}
