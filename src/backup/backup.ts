import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ClientBase } from 'pg';
import { canonicalJson } from '../crypto/canonical-json.js';
import type { EventStore } from '../ledger/event-store.js';
import { writeLines, type LinesFile } from './lines.js';
import { BadBackup, LEDGER_FILE, MANIFEST, migrationsOf, tableFile, type Manifest } from './manifest.js';
import { rowsOf, savedTables } from './tables.js';

export interface BackupSource {
  readonly store: EventStore;
  /** A connection of the owner of the schemas. */
  readonly owner: ClientBase;
}

/**
 * Writes a back-up of everything that cannot be rebuilt: the ledger, the vault with its keys as they are wrapped, the
 * documents, and which mails were sent. The key that wraps the keys is not in it and is kept apart. The ledger is read
 * first, then all tables at one instant: what an event names was written before the event, so it is there. The folder
 * appears under its name once it is whole.
 */
export async function backUp(
  { store, owner }: BackupSource,
  folder: string,
  { at, version }: { at: string; version: string },
  onProgress: (events: number) => void = () => undefined,
): Promise<Manifest> {
  const target = resolve(folder);
  await refuseOccupied(target);
  const making = join(dirname(target), `.${basename(target)}.unfinished-${process.pid}`);
  await mkdir(making, { recursive: true, mode: 0o700 });
  const positions: string[] = [];
  const ledger = await writeLines(join(making, LEDGER_FILE), eventLines(store, positions, onProgress));
  await owner.query('begin isolation level repeatable read read only');
  const tables: Record<string, LinesFile> = {};
  for (const table of await savedTables(owner))
    tables[table.name] = await writeLines(join(making, tableFile(table.name)), rowsOf(owner, table));
  const manifest: Manifest = {
    format: 'isoloir/backup/v1',
    at,
    version,
    migrations: await migrationsOf(owner),
    ledger,
    tables,
    reactions: await seenBy(owner, positions),
  };
  await owner.query('commit');
  await writeFile(join(making, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  await rename(making, target);
  return manifest;
}

/** Nothing is overwritten: an empty folder may be there, nothing else. */
async function refuseOccupied(target: string): Promise<void> {
  const names = await readdir(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0)
    throw new BadBackup(`${target}: there is something in it; a back-up takes a new folder`);
}

async function* eventLines(
  store: EventStore,
  positions: string[],
  onProgress: (events: number) => void,
): AsyncGenerator<string> {
  for await (const { stream, revision, id, type, data, position } of store.readAll()) {
    positions.push(position);
    if (positions.length % 1_000 === 0) onProgress(positions.length);
    yield canonicalJson([stream, revision, id, type, data]);
  }
}

/** How many of the events each reaction had passed. Positions are of one engine, so they are not kept (design 1). */
async function seenBy(owner: ClientBase, positions: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ name: string; position: string | null }>(
    'select name, position from reactions.checkpoints order by name',
  );
  return Object.fromEntries(
    rows.map(({ name, position }) => [name, position === null ? 0 : countUpTo(positions, position)]),
  );
}

/** How many of these, in order, are at most the given one. */
function countUpTo(positions: readonly string[], last: string): number {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] as string) <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}
