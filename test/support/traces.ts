import pg from 'pg';
import type { Foundation } from '../../src/foundation.js';

/** Where a secret was found, without the secret. */
export interface Trace {
  readonly place: string;
  /** The index of the secret in the list. */
  readonly secret: number;
}

const VAULT = 'vault';

/**
 * Looks for each secret in every event, every log line and every row of every table, but those of the vault; or, given
 * `schemas`, in the tables of these alone. Also in the forms that a program would write them in: percent-encoded, hex,
 * base64. For tests that must show that nothing was left behind.
 */
export async function traces(
  running: { foundation: Foundation; database: { ownerUrl: string }; logged: () => string },
  secrets: readonly string[],
  schemas?: readonly string[],
): Promise<Trace[]> {
  const needles = secrets.map((secret) => (secret === '' ? [] : formsOf(secret)));
  const found: Trace[] = [];
  const look = (place: string, text: string) => {
    needles.forEach((forms, secret) => {
      if (forms.some((form) => text.includes(form))) found.push({ place, secret });
    });
  };
  if (!schemas) {
    for await (const { stream, type, data } of running.foundation.store.readAll())
      look(`event ${type} of ${stream}`, `${stream} ${data}`);
    look('log', running.logged());
  }
  const client = new pg.Client({ connectionString: running.database.ownerUrl });
  await client.connect();
  try {
    for (const table of await tablesOf(client, schemas)) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${table} t`);
      look(table, rows.map(({ row }) => row).join('\n'));
    }
  } finally {
    await client.end();
  }
  return found;
}

async function tablesOf(client: pg.Client, schemas?: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select table_schema as schema, quote_ident(table_schema) || '.' || quote_ident(table_name) as name
       from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  return rows
    .filter(({ schema }) => (schemas ? schemas.includes(schema) : schema !== VAULT))
    .map(({ name }) => name);
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    ...new Set([
      secret,
      secret.toLowerCase(),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, ''),
    ]),
  ];
}
