import { decode } from '../../events/codec.js';
import type { EventStore } from '../../ledger/event-store.js';
import { listBoards } from '../../projections/boards.projection.js';
import type { Database } from '../../storage/database.js';

/** Whether somebody has a seat of a board, or stands by for one: by the streams, since a read model may be behind. */
export async function holdsSeat(store: EventStore, database: Database, staffId: string): Promise<boolean> {
  for (const { boardId } of await listBoards(database.pool('register'))) {
    const places = new Map<string, string>();
    for await (const { type, data } of store.readStream(`board-${boardId}`)) {
      const event = decode(type, data);
      if (event.type === 'BoardMemberAppointed')
        places.set(`${event.data.seat} ${event.data.substitute}`, event.data.staffId);
    }
    if ([...places.values()].includes(staffId)) return true;
  }
  return false;
}
