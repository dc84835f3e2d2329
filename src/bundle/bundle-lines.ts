import { bytesToHex } from '@noble/hashes/utils.js';
import type { Documents } from '../documents/documents.js';
import { decode, namedBy, type LedgerEvent } from '../events/codec.js';
import type { EventStore, Position, StoredEvent } from '../ledger/event-store.js';
import { CHECKPOINTS, entriesOf } from '../transparency/log-entries-of.js';
import { boxArchive } from './box-archive.js';

/** For whom a bundle is: `public` shows electors as hashes only, and a box from its freeze on. */
export type BundleKind = 'public' | 'auditor';

/** Where bundles come from. */
export interface BundleSource {
  readonly store: EventStore;
  readonly documents: Documents;
  /** The log's name and key. */
  readonly origin: string;
  readonly key: string;
}

/** How far a bundle is: what a resumed one goes on from. */
export interface BundleState {
  position: Position | undefined;
  events: number;
  leaves: number;
  documents: number;
  archives: number;
  /** The revision of the last checkpoint in it, -1 before the first. */
  checkpoint: number;
  /** Whether each box was frozen when the bundle first came to it: a resumed bundle keeps to that. */
  frozen: Record<string, boolean>;
  /** The signed root that the bundle ends on: also a resumed one. */
  last: { readonly size: number; readonly revision: number } | undefined;
}

const PUBLIC = ['election', 'scrutin', 'board', 'box'];
const PART = 1024 * 1024; // bytes of a document or an archive in one line
const MOST_LEAVES = 1_000; // in one line

export function emptyState(): BundleState {
  return {
    position: undefined,
    events: 0,
    leaves: 0,
    documents: 0,
    archives: 0,
    checkpoint: -1,
    frozen: {},
    last: undefined,
  };
}

/** The first line. */
export function headerLine(kind: BundleKind, { origin, key }: BundleSource): string {
  return `${JSON.stringify({ bundle: 'isoloir/bundle/v1', kind, origin, key })}\n`;
}

/** The last line. */
export function endLine({ events, leaves, documents, archives }: BundleState): string {
  return `${JSON.stringify({ end: { events, leaves, documents, archives } })}\n`;
}

/** Makes the lines of a bundle, event by event. `state` moves with what was given; documents go once each. */
export class BundleWriter {
  private hidden: string[] = [];

  constructor(
    private readonly kind: BundleKind,
    private readonly source: BundleSource,
    readonly state: BundleState,
    /** Documents that were given already. */
    private readonly given: Set<string> = new Set(),
  ) {}

  /** The lines of one event: itself or its leaves, then the documents that it names first, and the archive of a result. */
  async *event(stored: StoredEvent): AsyncGenerator<string> {
    const { state } = this;
    const event = decode(stored.type, stored.data);
    const { entries } = entriesOf(stored, event);
    state.position = stored.position;
    state.leaves += entries.length;
    if (stored.stream === CHECKPOINTS) state.checkpoint = stored.revision;
    if (await this.shows(stored.stream, event)) {
      yield* this.flush();
      state.events += 1;
      const { stream, revision, id, type, data } = stored;
      yield `${JSON.stringify({ event: { stream, revision, id, type, data } })}\n`;
      for (const sha256 of namedBy(event).documents) yield* this.document(sha256, event);
      if (event.type === 'ResultProclaimed') yield* this.archive(event.data.scrutinId);
    } else {
      this.hidden.push(...entries.map((entry) => bytesToHex(entry)));
      if (this.hidden.length >= MOST_LEAVES) yield* this.flush();
    }
  }

  /** Leaves that wait for a line. */
  *flush(): Generator<string> {
    if (this.hidden.length === 0) return;
    const leaves = this.hidden.splice(0);
    yield `${JSON.stringify({ leaves })}\n`;
  }

  private async shows(stream: string, event: LedgerEvent): Promise<boolean> {
    if (this.kind === 'auditor' || stream === CHECKPOINTS) return true;
    if (!PUBLIC.includes(stream.slice(0, stream.indexOf('-')))) return false;
    return event.type !== 'VotesCast' || (await this.isFrozen(event.data.scrutinId));
  }

  /** Whether a box is frozen: asked once, so that one bundle treats all its votes alike. */
  private async isFrozen(scrutinId: string): Promise<boolean> {
    const { frozen } = this.state;
    frozen[scrutinId] ??= await this.findFreeze(scrutinId);
    return frozen[scrutinId];
  }

  private async findFreeze(scrutinId: string): Promise<boolean> {
    const options = { direction: 'backwards' } as const;
    for await (const { type } of this.source.store.readStream(`box-${scrutinId}`, options)) {
      if (type.startsWith('BoxFrozen.')) return true;
      if (type.startsWith('VotesCast.')) return false;
    }
    return false;
  }

  private async *document(sha256: string, event: LedgerEvent): AsyncGenerator<string> {
    if (this.given.has(sha256)) return;
    const found = await this.source.documents.get(sha256);
    if (!found || !(found.public || (await this.maySee(sha256, event)))) return;
    this.given.add(sha256);
    this.state.documents += 1;
    const { content, mediaType } = found;
    const parts = Math.max(1, Math.ceil(content.length / PART));
    for (let part = 0; part < parts; part += 1) {
      const base64 = content.subarray(part * PART, (part + 1) * PART).toString('base64');
      yield `${JSON.stringify({ document: { sha256, mediaType, part, parts, base64 } })}\n`;
    }
  }

  /** The archive of Belenios, where its ballots are shown. The last line says so. */
  private async *archive(scrutinId: string): AsyncGenerator<string> {
    if (this.kind === 'public' && !(await this.isFrozen(scrutinId))) return;
    const archive = await boxArchive(this.source, scrutinId);
    if (!archive) return;
    this.state.archives += 1;
    const { name, pieces } = archive;
    const line = (part: number, content: Buffer, last: boolean) =>
      `${JSON.stringify({ archive: { scrutinId, name, part, last, base64: content.toString('base64') } })}\n`;
    let [part, length, waiting]: [number, number, Uint8Array[]] = [0, 0, []];
    for await (const piece of pieces) {
      waiting.push(piece);
      length += piece.length;
      if (length < PART) continue;
      yield line(part, Buffer.concat(waiting), false);
      [part, length, waiting] = [part + 1, 0, []];
    }
    yield line(part, Buffer.concat(waiting), true);
  }

  /**
   * Restricted documents that hold no name. Auditors see them at once; the roll is public from the freeze on, and so is the
   * final list of credentials. The sealed list is not: the difference is the ballots of those whose code was made anew.
   */
  private async maySee(sha256: string, event: LedgerEvent): Promise<boolean> {
    if (event.type === 'BoxFrozen') return sha256 === event.data.credentialsFile;
    const sealed =
      event.type === 'SealProposed' || event.type === 'ScrutinsSealed'
        ? event.data.scrutins
        : event.type === 'BoxOpened'
          ? [event.data]
          : [];
    for (const { scrutinId, rollFile, credentialsFile } of sealed) {
      if (sha256 !== rollFile && sha256 !== credentialsFile) continue;
      if (this.kind === 'auditor') return true;
      return sha256 === rollFile && this.isFrozen(scrutinId);
    }
    return false;
  }
}
