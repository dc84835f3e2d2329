import { decode } from '../events/codec.js';
import type { StoredEvent } from '../ledger/event-store.js';
import { CHECKPOINTS } from '../transparency/log-entries-of.js';
import {
  BundleWriter,
  emptyState,
  endLine,
  headerLine,
  type BundleKind,
  type BundleSource,
  type BundleState,
} from './bundle-lines.js';

/** Nothing was signed yet, so that nothing would bind a bundle to the log. */
export class NothingSigned extends Error {
  constructor() {
    super('No root of the log was signed yet: wait a minute after the first start of the server.');
    this.name = 'NothingSigned';
  }
}

/** Some lines, and where a bundle that ends with them is; undefined between the lines of one event. */
export interface BundlePage {
  readonly text: string;
  readonly state: BundleState | undefined;
}

const PAGE = 1024 * 1024; // characters that are given at once

/**
 * The bundle up to the last signed root, a page of lines at a time: whatever its size, one page is in memory. `from` goes on
 * where a bundle was cut off, and `given` are the documents that it holds. Throws `NothingSigned`.
 */
export async function* exportBundle(
  kind: BundleKind,
  source: BundleSource,
  from?: BundleState,
  given: Set<string> = new Set(),
): AsyncGenerator<BundlePage> {
  const state = from ? structuredClone(from) : emptyState();
  const last = (state.last ??= await lastCheckpoint(source));
  const writer = new BundleWriter(kind, source, state, given);
  let [text, begun] = [from ? '' : headerLine(kind, source), false];
  const page = (whole: boolean): BundlePage => {
    const made = { text, state: whole ? structuredClone(state) : undefined };
    [text, begun] = ['', !whole];
    return made;
  };
  const write = async function* (stored: StoredEvent): AsyncGenerator<BundlePage> {
    for await (const line of writer.event(stored)) {
      text += line;
      if (text.length > PAGE) yield page(false);
    }
  };
  for await (const stored of source.store.readAll(state.position)) {
    if (state.leaves >= last.size && stored.stream !== CHECKPOINTS) break;
    if (stored.stream === CHECKPOINTS && stored.revision > last.revision) break;
    yield* write(stored);
    if (stored.stream === CHECKPOINTS && stored.revision >= last.revision) break;
    if (text.length > PAGE / 2 || begun) {
      for (const line of writer.flush()) text += line;
      yield page(true);
    }
  }
  for await (const stored of checkpointsAfter(source, state.checkpoint, last.revision)) yield* write(stored);
  for (const line of writer.flush()) text += line;
  text += endLine(state);
  yield page(true);
}

async function lastCheckpoint({ store }: BundleSource): Promise<{ size: number; revision: number }> {
  for await (const { type, data, revision } of store.readStream(CHECKPOINTS, {
    direction: 'backwards',
    limit: 1,
  })) {
    const event = decode(type, data);
    if (event.type === 'CheckpointSigned') return { size: event.data.size, revision };
  }
  throw new NothingSigned();
}

/** Checkpoints stand behind what they cover: those that the bundle has not reached in the order of the ledger. */
async function* checkpointsAfter(
  { store }: BundleSource,
  revision: number,
  last: number,
): AsyncGenerator<StoredEvent> {
  if (revision >= last) return;
  yield* store.readStream(CHECKPOINTS, { from: revision + 1, limit: last - revision });
}
