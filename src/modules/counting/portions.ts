import type { StoredEvent } from '../../ledger/event-store.js';

/** What a thread gets at once: some forty ballots of seven answers, or one event if it is larger. */
const PORTION = 128 * 1024;

/** Events of a box as they are stored, gathered for threads, which decode them: the process that serves votes does not. */
export async function* portionsOf(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent[]> {
  let portion: StoredEvent[] = [];
  let size = 0;
  for await (const event of events) {
    portion.push(event);
    size += event.data.length;
    if (size < PORTION) continue;
    yield portion;
    [portion, size] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}
