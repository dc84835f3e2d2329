/** Checkpoints: the signed root of a log at a size (c2sp.org/tlog-checkpoint), and cosignatures under them. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64, parseDecimal, toBase64 } from './base64-text.js';
import { Malformed } from './malformed.js';
import type { Hash } from './merkle.js';
import {
  parseNote,
  printNote,
  signText,
  verifyEd25519,
  type Note,
  type NoteKey,
  type NoteSignature,
} from './signed-note.js';

/** What a checkpoint says. */
export interface Checkpoint {
  /** Which log: also the name of its key. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Hash;
  /** Opaque lines after the three; ours have none. */
  readonly extension: readonly string[];
}

/** A checkpoint with the note that says it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

const utf8 = new TextEncoder();

/** The text that is signed. */
export function printCheckpoint({ origin, size, root }: Omit<Checkpoint, 'extension'>): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a checkpoint. Throws `Malformed`. */
export function parseCheckpoint(text: string, path = 'checkpoint'): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  const last = rest.pop();
  if (last !== '' || origin === '' || rest.includes(''))
    throw new Malformed(path, 'not lines of a checkpoint');
  const hash = fromBase64(root, `${path}.root`);
  if (hash.length !== 32) throw new Malformed(`${path}.root`, 'not 32 bytes');
  return { origin, size: parseDecimal(size, `${path}.size`), root: hash, extension: rest };
}

/** Reads a signed checkpoint; its signatures are the caller's to verify. Throws `Malformed`. */
export function parseSignedCheckpoint(text: string, path = 'checkpoint'): SignedCheckpoint {
  const note = parseNote(text, path);
  return { ...parseCheckpoint(note.text, path), note };
}

/** A checkpoint signed by the log, which may then be cosigned. */
export function signCheckpoint(
  key: NoteKey,
  seed: Uint8Array,
  checkpoint: Omit<Checkpoint, 'extension'>,
): string {
  const text = printCheckpoint(checkpoint);
  return printNote({ text, signatures: [signText(key, seed, text)] });
}

/**
 * The cosignature of a witness at a time (seconds since 1970): « as of then, this is the largest consistent tree that
 * I saw of this log » (c2sp.org/tlog-cosignature, Ed25519).
 */
export function cosign(key: NoteKey, seed: Uint8Array, text: string, time: number): NoteSignature {
  if (key.type !== 0x04) throw new RangeError('not a key that cosigns');
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  const signature = ed25519.sign(cosigned(text, BigInt(time)), seed);
  return { name: key.name, id: key.id, signature: new Uint8Array([...stamp, ...signature]) };
}

/** When this witness cosigned the note (seconds since 1970); undefined when it did not, or what it gave does not hold. */
export function cosignedAt({ text, signatures }: Note, key: NoteKey): number | undefined {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  const times = own.map(({ signature }) => timeOf(key, text, signature));
  return times.includes(undefined) ? undefined : times[0];
}

function timeOf(key: NoteKey, text: string, signature: Uint8Array): number | undefined {
  if (key.type !== 0x04 || signature.length !== 72) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return verifyEd25519(key, signature.subarray(8), cosigned(text, time)) ? Number(time) : undefined;
}

function cosigned(text: string, time: bigint): Uint8Array {
  return utf8.encode(`cosignature/v1\ntime ${time}\n${text}`);
}
