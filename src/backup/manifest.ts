import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import type { LinesFile } from './lines.js';

/** What a back-up says of itself (`manifest.json`): nothing is restored that is not as it says. */
export interface Manifest {
  readonly format: 'isoloir/backup/v1';
  /** When it was made. */
  readonly at: string;
  readonly version: string;
  /** Name and hash of every migration of the database that it was made from. */
  readonly migrations: Readonly<Record<string, string>>;
  /** `events` lines of `[stream, revision, id, type, data]`; the hash is that of `isoloir ledger digest`. */
  readonly ledger: LinesFile;
  readonly tables: Readonly<Record<string, LinesFile>>;
  /** How many events of the ledger each reaction had seen. */
  readonly reactions: Readonly<Record<string, number>>;
}

/** The folder is no back-up, or not a whole one; the message says what is wrong with it. */
export class BadBackup extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadBackup';
  }
}

export const MANIFEST = 'manifest.json';
export const LEDGER_FILE = 'ledger.jsonl.gz';

/** The file of a table within a back-up. */
export function tableFile(name: string): string {
  return `${name}.jsonl.gz`;
}

/** Reads what a back-up says of itself. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BadBackup(
      `${folder}: there is no ${MANIFEST} in it, so it is no back-up or was never finished`,
    );
  });
  try {
    const manifest = JSON.parse(text) as Manifest | { readonly format?: unknown };
    if (manifest.format === 'isoloir/backup/v1') return manifest as Manifest;
  } catch {
    // Said below.
  }
  throw new BadBackup(`${folder}: ${MANIFEST} is not of a back-up that this version reads`);
}

/** Every migration of a database, with its hash. */
export async function migrationsOf(client: ClientBase): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from public.isoloir_migration order by name',
  );
  return Object.fromEntries(rows.map(({ name, sha256 }) => [name, sha256]));
}
