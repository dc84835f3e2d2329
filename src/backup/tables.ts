import type { ClientBase } from 'pg';

/** A table whose rows a back-up holds. */
export interface SavedTable {
  /** With its schema: `vault.keys`. */
  readonly name: string;
  /** Columns that are written; one that the database numbers by itself is not. */
  readonly columns: readonly string[];
  /** Rows are read and written in the order of these. */
  readonly order: readonly string[];
}

/** What is not rebuilt from the ledger. Read models are (design 1). */
const SCHEMAS = ['vault', 'documents', 'reactions'] as const;

/** Of the present hour only: who is signed in, or was, and who failed to; which builds run. */
const PASSING: readonly string[] = [
  ...['vault.sessions', 'vault.sign_ins', 'vault.failures'],
  'vault.running_builds',
];

/** The tables of a back-up, in an order in which foreign keys let them be filled. */
export async function savedTables(client: ClientBase): Promise<SavedTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; numbered: string[]; key: string[] }>(
    `select c.oid::regclass::text as name,
            array_agg(a.attname::text order by a.attnum) filter (where a.attidentity = '') as columns,
            coalesce(array_agg(a.attname::text) filter (where a.attidentity <> ''), '{}') as numbered,
            coalesce((select array_agg(k.attname::text) from pg_index i
               join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey)
              where i.indrelid = c.oid and i.indisprimary), '{}') as key
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = any ($1::regnamespace[]) group by c.oid order by 1`,
    [SCHEMAS],
  );
  const tables = rows
    .filter(({ name }) => !PASSING.includes(name))
    .map(({ name, columns, numbered, key }) => ({
      name,
      columns,
      order: numbered.length > 0 ? numbered : key,
    }));
  return inOrder(tables, await references(client));
}

/** Each table after those that its foreign keys point to. */
export function inOrder<T extends { readonly name: string }>(
  tables: readonly T[],
  points: ReadonlyMap<string, ReadonlySet<string>>,
): T[] {
  const sorted: T[] = [];
  const waiting = new Set(tables);
  while (waiting.size > 0) {
    const names = new Set([...waiting].map(({ name }) => name));
    const next = [...waiting].find((one) =>
      [...(points.get(one.name) ?? [])].every((other) => other === one.name || !names.has(other)),
    );
    if (!next) throw new Error('foreign keys go round in a circle');
    waiting.delete(next);
    sorted.push(next);
  }
  return sorted;
}

/** Which tables the foreign keys of each table point to. */
export async function references(client: ClientBase): Promise<Map<string, Set<string>>> {
  const { rows } = await client.query<{ source: string; target: string }>(
    `select conrelid::regclass::text as source, confrelid::regclass::text as target
       from pg_constraint where contype = 'f'`,
  );
  const points = new Map<string, Set<string>>();
  for (const { source, target } of rows) points.set(source, (points.get(source) ?? new Set()).add(target));
  return points;
}

/** The rows of a table, each as the JSON of its columns, read in pages within a transaction. */
export async function* rowsOf(
  client: ClientBase,
  { name, columns, order }: SavedTable,
): AsyncGenerator<string> {
  const by = order.length > 0 ? ` order by ${quoted(order)}` : '';
  const page = name === 'documents.documents' ? 5 : 1_000; // a roll of a million tags is one document
  await client.query(
    `declare saved no scroll cursor for select row_to_json(r)::text as row from (select ${quoted(columns)} from ${name}${by}) r`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${page} from saved`);
    if (rows.length === 0) break;
    for (const { row } of rows) yield row;
  }
  await client.query('close saved');
}

/** Writes rows, as `rowsOf` gave them, in their order. */
export async function fill(
  client: ClientBase,
  { name, columns }: SavedTable,
  lines: AsyncIterable<string>,
): Promise<void> {
  let page: string[] = [];
  let size = 0;
  const flush = async () => {
    if (page.length > 0)
      await client.query(
        `insert into ${name} (${quoted(columns)})
           select ${quoted(columns)} from json_populate_recordset(null::${name}, $1::json)`,
        [`[${page.join(',')}]`],
      );
    page = [];
    size = 0;
  };
  for await (const line of lines) {
    page.push(line);
    size += line.length;
    if (page.length === 1_000 || size > 8_000_000) await flush();
  }
  await flush();
}

function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}
