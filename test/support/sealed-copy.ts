import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Portal } from './portal.js';

/**
 * All that a service wrote, as one text: every row of every table, each of its files, its log. Bytes are there in hex too, so
 * that what is said of a text can be asked of a document.
 */
export async function sealedCopy({
  database,
  foundation,
  logged,
}: Pick<Portal, 'database' | 'foundation' | 'logged'>): Promise<string> {
  const tables = await database.asOwner<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  );
  const texts = [logged()];
  for (const { name } of tables) {
    const rows = await database.asOwner<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  for (const name of await readdir(foundation.config.dataFolder, { recursive: true, withFileTypes: true }))
    if (name.isFile()) texts.push((await readFile(join(name.parentPath, name.name))).toString('latin1'));
  return texts.join('\n');
}

/** Whether a text is in a copy: as it is, with its quotes doubled as in rows, or in hex as in documents. */
export function holds(copy: string, text: string): boolean {
  const forms = [
    text,
    text.replaceAll('"', '""'),
    text.replaceAll('"', '\\"'),
    text.replaceAll('"', '\\\\"'),
    hex(text),
  ];
  return forms.some((form) => copy.includes(form));
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
