/** What key holders say to each other in a ceremony (`key-ceremony.ts`), and what each message is bound to. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Group } from './group.js';
import { Malformed } from './malformed.js';
import { signedJson, type Signed } from './signed-message.js';
import { fields, parseCompactJson } from './strict-json.js';

/** The rounds in their order. */
export const rounds = ['certificates', 'commitments', 'openings', 'deals', 'completions'] as const;
export type Round = (typeof rounds)[number];

/** One group of a board's key. `id` must never serve twice: it binds every message of ours to this ceremony. */
export interface Ceremony {
  readonly group: Group;
  readonly id: string;
  readonly size: number;
  readonly threshold: number;
}

/** What holders said so far; each list is in the order of holders, and complete before the next begins. */
export type Transcript = Readonly<Record<Round, readonly Signed[]>>;

/** Nobody spoke yet. */
export const emptyTranscript: Transcript = {
  certificates: [],
  commitments: [],
  openings: [],
  deals: [],
  completions: [],
};

/** The text of a message: what it belongs to, with a hash of the round before, then what it says. */
export function writeMessage(
  ceremony: Ceremony,
  transcript: Transcript,
  round: Round | 'complaint',
  holder: number,
  body: object,
): string {
  return JSON.stringify({ ...envelope(ceremony, transcript, round, holder), ...body });
}

/** What a message says. Throws `Malformed` when it is not of this ceremony, round and holder. */
export function readMessage(
  ceremony: Ceremony,
  transcript: Transcript,
  round: Round | 'complaint',
  holder: number,
  message: string,
  names: readonly string[],
): Record<string, unknown> {
  const expected = envelope(ceremony, transcript, round, holder);
  const path = `${round}[${holder - 1}]`;
  const found = fields(parseCompactJson(message, path), path, [...Object.keys(expected), ...names]);
  for (const [name, value] of Object.entries(expected)) {
    if (found[name] !== value) throw new Malformed(`${path}.${name}`, 'belongs elsewhere');
  }
  return found;
}

/** What a commitment hashes: ceremony, certificates, holder, polynomial, nonce. Nobody can reuse another's. */
export function commitmentOf(
  { id }: Ceremony,
  { certificates }: Transcript,
  holder: number,
  polynomial: string,
  nonce: string,
): string {
  const parts = ['isoloir/key-ceremony/commitment/v1', id, hashOf(certificates), holder, polynomial, nonce];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}

/** What a share's encryption is bound to: ceremony, openings, dealer and recipient. */
export function shareContext(ceremony: Ceremony, transcript: Transcript, from: number, to: number): string {
  return JSON.stringify([ceremony.id, hashOf(transcript.openings), from, to]);
}

function envelope(ceremony: Ceremony, transcript: Transcript, round: Round | 'complaint', holder: number) {
  const before = rounds[rounds.indexOf(round === 'complaint' ? 'completions' : round) - 1];
  return {
    isoloir: 'key-ceremony/v1',
    ceremony: ceremony.id,
    round,
    holder,
    after: hashOf(before === undefined ? [] : transcript[before]),
  };
}

function hashOf(messages: readonly Signed[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(messages.map(signedJson)))));
}
