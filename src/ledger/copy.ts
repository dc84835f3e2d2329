import { createHash } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.js';
import { MAX_EVENT_BYTES, WrongRevision, type EventStore, type StoredEvent } from './event-store.js';

/** The target holds something that the source does not. Nothing was overwritten; nothing can be. */
export class DifferentLedger extends Error {
  constructor(stream: string, revision: number) {
    super(`the target has other events than the source: ${stream} differs at revision ${revision}`);
    this.name = 'DifferentLedger';
  }
}

/**
 * Replays one store into another: same streams, revisions, ids, wire names, data, and order. What the target has already
 * is recognised by its ids, so an interrupted copy is simply begun again. Gives the number of events of the source.
 */
export async function copyLedger(
  source: Pick<EventStore, 'readAll'>,
  target: EventStore,
  onProgress: (copied: number) => void = () => undefined,
): Promise<number> {
  let copied = 0;
  let run: StoredEvent[] = [];
  let bytes = 0;
  const flush = async () => {
    const [first] = run;
    if (!first) return;
    await appendRun(target, first, run);
    copied += run.length;
    run = [];
    bytes = 0;
    onProgress(copied);
  };
  for await (const event of source.readAll()) {
    const size = Buffer.byteLength(event.data);
    if (run[0] && (run[0].stream !== event.stream || bytes + size > MAX_EVENT_BYTES)) await flush();
    run.push(event);
    bytes += size;
  }
  await flush();
  return copied;
}

/**
 * SHA-256 in hex over all events in the order of the store, each as the canonical JSON of [stream, revision, id, wire
 * name, data], one a line. Two engines that hold the same ledger give the same digest.
 */
export async function digestLedger(
  store: EventStore,
  onProgress: (read: number) => void = () => undefined,
): Promise<{ events: number; sha256: string }> {
  const hash = createHash('sha256');
  let events = 0;
  for await (const { stream, revision, id, type, data } of store.readAll()) {
    hash.update(`${canonicalJson([stream, revision, id, type, data])}\n`);
    events += 1;
    onProgress(events);
  }
  return { events, sha256: hash.digest('hex') };
}

async function appendRun(target: EventStore, first: StoredEvent, run: readonly StoredEvent[]): Promise<void> {
  const { stream, revision } = first;
  const events = run.map(({ id, type, data }) => ({ id, type, data }));
  try {
    await target.append(stream, revision === 0 ? 'none' : revision - 1, events);
  } catch (error) {
    if (!(error instanceof WrongRevision)) throw error;
    await appendRest(target, stream, revision, run);
  }
}

/** A run of which the target has a part, because an earlier copy was cut between two runs of other lengths. */
async function appendRest(
  target: EventStore,
  stream: string,
  revision: number,
  run: readonly StoredEvent[],
): Promise<void> {
  let there = 0;
  for await (const event of target.readStream(stream, { from: revision, limit: run.length })) {
    if (event.id !== run[there]?.id) throw new DifferentLedger(stream, event.revision);
    there += 1;
  }
  const rest = run.slice(there).map(({ id, type, data }) => ({ id, type, data }));
  const before = revision + there - 1;
  if (rest.length > 0) await target.append(stream, before === -1 ? 'none' : before, rest);
}
