import { fromHex } from '../crypto/base64-text.js';
import { Malformed } from '../crypto/malformed.js';
import type { LoggedEvent } from '../crypto/log-entries.js';

/** The bundle cannot be read at all: exit 2. */
export class Unreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unreadable';
  }
}

/** The first line of a bundle. */
export interface Header {
  readonly kind: 'public' | 'auditor';
  /** The log's name. */
  readonly origin: string;
  /** The log's key, `name+id+key`. */
  readonly key: string;
}

/** A line of a bundle (docs/audit.md, « The bundle »). */
export type BundleLine =
  | { readonly line: 'header'; readonly header: Header }
  | { readonly line: 'event'; readonly event: LoggedEvent }
  | { readonly line: 'leaves'; readonly leaves: readonly Uint8Array[] }
  | {
      readonly line: 'document';
      readonly sha256: string;
      readonly part: number;
      readonly parts: number;
      readonly content: Buffer;
    }
  | {
      readonly line: 'archive';
      readonly scrutinId: string;
      readonly part: number;
      readonly last: boolean;
      readonly content: Buffer;
    }
  | {
      readonly line: 'end';
      readonly events: number;
      readonly leaves: number;
      readonly documents: number;
      readonly archives: number;
    }
  | { readonly line: 'broken'; readonly reason: string };

const LONGEST = 8 * 1024 * 1024; // characters of a line

/** The lines of a text that comes in pieces, the last one also without its newline. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > LONGEST) throw new Unreadable(`a line of more than ${LONGEST} characters`);
  }
  if (rest !== '') yield rest;
}

/** Reads one line. What it cannot be is `broken`, for the audit to report in its place. */
export function readLine(text: string): BundleLine {
  try {
    return lineOf(JSON.parse(text) as Record<string, unknown>);
  } catch (error) {
    const reason = error instanceof Malformed ? error.message : 'not a line of a bundle';
    return { line: 'broken', reason };
  }
}

function lineOf(value: Record<string, unknown>): BundleLine {
  if ('event' in value) return { line: 'event', event: eventOf(record(value['event'], 'event')) };
  if ('leaves' in value) return { line: 'leaves', leaves: leavesOf(value['leaves']) };
  if ('document' in value) return documentOf(record(value['document'], 'document'));
  if ('archive' in value) return archiveOf(record(value['archive'], 'archive'));
  if ('end' in value) {
    const { events, leaves, documents, archives } = record(value['end'], 'end');
    return {
      line: 'end',
      events: count(events, 'events'),
      leaves: count(leaves, 'leaves'),
      documents: count(documents, 'documents'),
      archives: count(archives, 'archives'),
    };
  }
  const { bundle, kind, origin, key } = value;
  if (bundle !== 'isoloir/bundle/v1') throw new Malformed('line', 'not a line of a bundle');
  if (kind !== 'public' && kind !== 'auditor') throw new Malformed('kind', 'public or auditor');
  return { line: 'header', header: { kind, origin: text(origin, 'origin'), key: text(key, 'key') } };
}

function eventOf({ stream, revision, id, type, data }: Record<string, unknown>): LoggedEvent {
  return {
    stream: text(stream, 'stream'),
    revision: count(revision, 'revision'),
    id: text(id, 'id'),
    type: text(type, 'type'),
    data: text(data, 'data'),
  };
}

function leavesOf(value: unknown): Uint8Array[] {
  if (!Array.isArray(value)) throw new Malformed('leaves', 'not a list');
  return value.map((leaf, i) => {
    const bytes = fromHex(text(leaf, `leaves[${i}]`), `leaves[${i}]`);
    if (bytes.length !== 32) throw new Malformed(`leaves[${i}]`, 'not 32 bytes');
    return bytes;
  });
}

function documentOf({ sha256, part, parts, base64 }: Record<string, unknown>): BundleLine {
  return {
    line: 'document',
    sha256: text(sha256, 'sha256'),
    part: count(part, 'part'),
    parts: count(parts, 'parts'),
    content: Buffer.from(text(base64, 'base64'), 'base64'),
  };
}

function archiveOf({ scrutinId, part, last, base64 }: Record<string, unknown>): BundleLine {
  if (typeof last !== 'boolean') throw new Malformed('last', 'neither true nor false');
  return {
    line: 'archive',
    scrutinId: text(scrutinId, 'scrutinId'),
    part: count(part, 'part'),
    last,
    content: Buffer.from(text(base64, 'base64'), 'base64'),
  };
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Malformed(path, 'not an object');
  return value as Record<string, unknown>;
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Malformed(path, 'not a text');
  return value;
}

function count(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Malformed(path, 'not a count');
  }
  return value;
}
