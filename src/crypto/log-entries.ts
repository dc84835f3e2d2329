/** What the leaves of the transparency log are made of (docs/protocol.md, L1 to L4): 32 bytes each that say nothing. */
import { sha256 } from '@noble/hashes/sha2.js';

const utf8 = new TextEncoder();

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
export function eventEntry({ stream, revision, id, type, data }: LoggedEvent): Uint8Array {
  return sha256(utf8.encode(`isoloir/event/v1\n${stream}\n${revision}\n${id}\n${type}\n${data}`));
}

/** The entry of a ballot: who has the reference finds it. */
export function ballotEntry(scrutinId: string, reference: string): Uint8Array {
  return sha256(utf8.encode(`isoloir/ballot/v1\n${scrutinId}\n${reference}`));
}

/** The entry of a signature. */
export function signatureEntry(scrutinId: string, tag: string): Uint8Array {
  return sha256(utf8.encode(`isoloir/signature/v1\n${scrutinId}\n${tag}`));
}
