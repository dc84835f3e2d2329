import type { LedgerEvent } from '../events/codec.js';
import type { Position } from '../ledger/event-store.js';
import type { Queryable } from '../storage/database.js';

/** An event with its place in the ledger. */
export interface Recorded {
  readonly event: LedgerEvent;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** A read model: tables that can be emptied and filled again from the ledger at any time. */
export interface Projection {
  /** Also the name of its checkpoint. To change the shape of a large one, build `name_v2` beside it and switch. */
  readonly name: string;
  /** Which side it belongs to; it sees no table of the other. */
  readonly role: 'register' | 'box';
  /** Its tables, with their schema, for a rebuild. */
  readonly tables: readonly string[];
  /** Applies one event in the transaction that also moves the checkpoint. A throw stops the projection: nothing is skipped. */
  apply(recorded: Recorded, tx: Queryable): Promise<void>;
}

/** The schema in which a role keeps its rows and checkpoints. */
export const schemaOf = { register: 'read_register', box: 'read_box', reactions: 'reactions' } as const;
