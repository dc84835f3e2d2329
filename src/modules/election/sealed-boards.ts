import { decode } from '../../events/codec.js';
import type { EventStore } from '../../ledger/event-store.js';
import { listBoards } from '../../projections/boards.projection.js';
import type { Database } from '../../storage/database.js';

/** Whether a board of the election has sealed its scrutins: by its stream, since a read model may be behind. */
export async function anySealed(store: EventStore, database: Database, electionId: string): Promise<boolean> {
  const boards = await listBoards(database.pool('register'));
  for (const { boardId } of boards.filter((board) => board.electionId === electionId)) {
    let sealed = false;
    for await (const { type, data } of store.readStream(`board-${boardId}`)) {
      const event = decode(type, data);
      if (event.type === 'ScrutinsSealed') sealed = true;
      if (event.type === 'SealBroken') sealed = false;
    }
    if (sealed) return true;
  }
  return false;
}
