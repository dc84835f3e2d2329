/** What the leaves of the transparency log are made of (docs/protocol.md, L1 to L4): 32 bytes each that say nothing. */
import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of a text in UTF-8: whoever hashes millions hands in that of the platform, which is several times as fast. */
export type TextHash = (text: string) => Uint8Array;

const utf8 = new TextEncoder();
const portable: TextHash = (text) => sha256(utf8.encode(text));

/** An event as it is stored. */
export interface LoggedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  /** Canonical JSON. */
  readonly data: string;
}

/** The entry of an event. Its random id keeps anyone from guessing what it says. */
export function eventEntry(
  { stream, revision, id, type, data }: LoggedEvent,
  hash: TextHash = portable,
): Uint8Array {
  return hash(`isoloir/event/v1\n${stream}\n${revision}\n${id}\n${type}\n${data}`);
}

/** The entry of a ballot: who has the reference finds it. */
export function ballotEntry(scrutinId: string, reference: string, hash: TextHash = portable): Uint8Array {
  return hash(`isoloir/ballot/v1\n${scrutinId}\n${reference}`);
}

/** The entry of a signature. */
export function signatureEntry(scrutinId: string, tag: string, hash: TextHash = portable): Uint8Array {
  return hash(`isoloir/signature/v1\n${scrutinId}\n${tag}`);
}
