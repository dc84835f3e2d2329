/** Signed notes: a text and the signatures of named keys under it (c2sp.org/signed-note). */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64-text.js';
import { Malformed } from './malformed.js';

/** What a key signs: `0x01` the text itself, `0x04` the text with a time before it (c2sp.org/tlog-cosignature). */
export type SignatureType = 0x01 | 0x04;

/** A public key with its name. Name and id together say which key and algorithm made a signature. */
export interface NoteKey {
  readonly name: string;
  /** Eight lower-case hex digits. */
  readonly id: string;
  readonly type: SignatureType;
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Uint8Array;
}

/** One line under a note: bytes as they stand behind the key id. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

/** A note taken apart; nothing of it is believed before a signature is verified. */
export interface Note {
  /** Ends in a newline, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const utf8 = new TextEncoder();
const types: readonly number[] = [0x01, 0x04];

/** More than a log and all its witnesses need; the format asks for 16 at least. */
const MAX_SIGNATURES = 100;
const MAX_NOTE = 1_000_000;

/** A key under its recommended id: SHA-256(name 0x0A type key)[:4]. Throws `Malformed` on a bad name. */
export function noteKey(name: string, type: SignatureType, publicKey: Uint8Array): NoteKey {
  requireName(name, 'key name');
  if (publicKey.length !== 32) throw new Malformed('key', 'not 32 bytes');
  const prefix = utf8.encode(`${name}\n`);
  const bytes = new Uint8Array([...prefix, type, ...publicKey]);
  return { name, id: bytesToHex(sha256(bytes).subarray(0, 4)), type, publicKey };
}

/** The text of a key, `name+id+base64(type ‖ key)`: what others are given to verify with. */
export function printNoteKey({ name, id, type, publicKey }: NoteKey): string {
  return `${name}+${id}+${toBase64(new Uint8Array([type, ...publicKey]))}`;
}

/** Reads the text of an Ed25519 key. Throws `Malformed`, also when the id is not that of the key. */
export function parseNoteKey(text: string, path = 'key'): NoteKey {
  const [, name, id, key] = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  if (name === undefined || key === undefined) throw new Malformed(path, 'not name+id+base64');
  const bytes = fromBase64(key, path);
  const type = bytes[0] ?? 0;
  if (bytes.length !== 33 || !types.includes(type)) throw new Malformed(path, 'not an Ed25519 key');
  const made = noteKey(name, type as SignatureType, bytes.subarray(1));
  if (made.id !== id) throw new Malformed(path, 'its id is not that of its key');
  return made;
}

/** Takes a note apart. Throws `Malformed` when it is not well formed. */
export function parseNote(note: string, path = 'note'): Note {
  if (note.length > MAX_NOTE) throw new Malformed(path, 'too long');
  if (/[\x00-\x09\x0b-\x1f]/.test(note) || /\p{Surrogate}/u.test(note)) {
    throw new Malformed(path, 'holds a control character');
  }
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Malformed(path, 'no blank line before signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (end + 2 >= note.length) throw new Malformed(path, 'no signature');
  if (lines.length > MAX_SIGNATURES) throw new Malformed(path, `more than ${MAX_SIGNATURES} signatures`);
  return {
    text: note.slice(0, end + 1),
    signatures: lines.map((line, i) => parseSignature(line, `${path}.signature[${i}]`)),
  };
}

/** Reads a line such as `— name base64(id ‖ signature)`. Throws `Malformed`. */
export function parseSignature(line: string, path: string): NoteSignature {
  const [, name, encoded] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw new Malformed(path, 'not a signature line');
  requireName(name, path);
  const bytes = fromBase64(encoded, path);
  if (bytes.length < 5) throw new Malformed(path, 'too short');
  return { name, id: bytesToHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/** The line of a signature, with its newline. */
export function printSignature({ name, id, signature }: NoteSignature): string {
  const bytes = new Uint8Array([...idBytes(id), ...signature]);
  return `\u2014 ${name} ${toBase64(bytes)}\n`;
}

/** The text of a note: `text` must end in a newline. */
export function printNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw new Malformed('note', 'its text does not end in a newline');
  return `${text}\n${signatures.map(printSignature).join('')}`;
}

/** The signature of a text by a key of type `0x01`; deterministic. `seed` is the private half, 32 bytes. */
export function signText(key: NoteKey, seed: Uint8Array, text: string): NoteSignature {
  if (key.type !== 0x01) throw new RangeError('not a key that signs notes');
  return { name: key.name, id: key.id, signature: ed25519.sign(utf8.encode(text), seed) };
}

/** Whether any signature of the note is by this key, of type `0x01`, and holds; one that does not hold spoils it. */
export function isSignedBy({ text, signatures }: Note, key: NoteKey): boolean {
  const own = signatures.filter(({ name, id }) => name === key.name && id === key.id);
  return own.length > 0 && own.every(({ signature }) => verifyEd25519(key, signature, utf8.encode(text)));
}

/** RFC 8032 verification; false, never an error, on any bytes. */
export function verifyEd25519(
  { publicKey }: Pick<NoteKey, 'publicKey'>,
  signature: Uint8Array,
  message: Uint8Array,
): boolean {
  try {
    return signature.length === 64 && ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // not a point
  }
}

function requireName(name: string, path: string): void {
  if (name === '' || /[\s+]/u.test(name) || /\p{Surrogate}/u.test(name)) {
    throw new Malformed(path, 'a name has no space and no +');
  }
}

function idBytes(id: string): Uint8Array {
  return Uint8Array.from(id.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
