import type { LedgerEvent } from '../events/codec.js';
import type { Position } from '../ledger/event-store.js';

/** An event with its place in the ledger. */
export interface Recorded {
  readonly event: LedgerEvent;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** A write to the tables of a projection; prepared once under its name. */
export interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** A write of rows, whose text takes an array for each column: those that follow one another are sent as one. */
export interface Rows {
  readonly name: string;
  readonly text: string;
  readonly rows: readonly (readonly unknown[])[];
}

export type Statement = Query | Rows;

/** A read model: tables that can be emptied and filled again from the ledger at any time. */
export interface Projection {
  /** Also the name of its checkpoint. To change the shape of a large one, build `name_v2` beside it and switch. */
  readonly name: string;
  /** Which side it belongs to; it sees no table of the other. */
  readonly role: 'register' | 'box';
  /** Its tables, with their schema, for a rebuild. */
  readonly tables: readonly string[];
  /**
   * The writes that one event means, run in this order in the transaction that also moves the checkpoint. They are sent
   * without waiting for one another, so what depends on rows is said in SQL. A throw stops the projection: nothing is
   * skipped.
   */
  apply(recorded: Recorded): readonly Statement[] | Promise<readonly Statement[]>;
}

/** The schema in which a role keeps its rows and checkpoints. */
export const schemaOf = { register: 'read_register', box: 'read_box', reactions: 'reactions' } as const;

/** What is sent for these statements: the same, with rows of one name that follow one another together. */
export function queriesOf(statements: readonly Statement[]): Query[] {
  const queries: Query[] = [];
  let open: { readonly name: string; readonly columns: unknown[][] } | undefined;
  for (const statement of statements) {
    if (!('rows' in statement)) {
      queries.push(statement);
      open = undefined;
      continue;
    }
    const { name, text, rows } = statement;
    if (open?.name !== name) {
      open = { name, columns: (rows[0] ?? []).map(() => []) };
      queries.push({ name, text, values: open.columns });
    }
    for (const row of rows) for (const [index, column] of open.columns.entries()) column.push(row[index]);
  }
  return queries;
}

/** A list of UUIDs as one value of a column: arrays of arrays cannot be taken apart by rows. */
export function uuids(ids: readonly string[]): string {
  return `{${ids.join()}}`;
}
