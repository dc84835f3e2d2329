import { namedBy } from '../events/codec.js';
import type { Queryable } from '../storage/database.js';
import type { Projection, Statement } from './projection.js';

/** Which vault rows and documents some event names: what a sweep of the vault must keep. */
export const named: Projection = {
  name: 'named',
  role: 'register',
  tables: ['read_register.named_versions', 'read_register.named_documents'],
  apply({ event }) {
    const { versions, documents } = namedBy(event);
    const statements: Statement[] = [];
    if (versions.length > 0)
      statements.push({ name: 'versions', text: VERSIONS, rows: versions.map((version) => [version]) });
    if (documents.length > 0)
      statements.push({ name: 'documents', text: DOCUMENTS, rows: documents.map((document) => [document]) });
    return statements;
  },
};

const VERSIONS = 'insert into read_register.named_versions select unnest($1::uuid[]) on conflict do nothing';
const DOCUMENTS =
  'insert into read_register.named_documents select unnest($1::text[]) on conflict do nothing';

/** Those of the given vault versions that some event names. `tx` is a connection of the register's role. */
export async function namedVersions(
  tx: Queryable,
  versions: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string }>(
    'select version as key from read_register.named_versions where version = any ($1)',
    [versions],
  );
  return new Set(rows.map((row) => row.key));
}

/** Those of the given documents that some event names. */
export async function namedDocuments(tx: Queryable, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ key: string }>(
    'select sha256 as key from read_register.named_documents where sha256 = any ($1)',
    [hashes],
  );
  return new Set(rows.map((row) => row.key));
}
