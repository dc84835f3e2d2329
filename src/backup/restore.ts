import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { canonicalJson } from '../crypto/canonical-json.js';
import { copyLedger, digestLedger } from '../ledger/copy.js';
import type { EventStore, Position, StoredEvent } from '../ledger/event-store.js';
import { measureLines, readLines } from './lines.js';
import { BadBackup, LEDGER_FILE, migrationsOf, readManifest, tableFile, type Manifest } from './manifest.js';
import { fill, savedTables, type SavedTable } from './tables.js';

export interface RestoreTarget {
  readonly store: EventStore;
  /** A connection of the owner of the schemas, which are of the newest version and empty. */
  readonly owner: ClientBase;
  /** Whether the wrapping key of this deployment opens a key of the vault. */
  opens(name: string, wrapped: Buffer): boolean;
}

/**
 * Fills an empty deployment from a back-up. All files are checked before anything is written; the tables appear in one
 * transaction, after the ledger, which can be begun again. Read models are rebuilt by the next start; reactions stay
 * paused until an operator says from where (`isoloir reactions resume`), so that no mail is sent twice.
 */
export async function restore(
  target: RestoreTarget,
  folder: string,
  onProgress: (events: number) => void = () => undefined,
): Promise<Manifest> {
  const { owner, store } = target;
  const manifest = await readManifest(folder);
  const tables = await savedTables(owner);
  await checkVersion(owner, manifest);
  await checkFiles(folder, manifest, tables);
  await checkKeys(target, folder);
  await checkEmpty(owner, tables);
  await owner.query('begin');
  try {
    for (const table of tables) await fill(owner, table, readLines(join(folder, tableFile(table.name))));
    await copyLedger({ readAll: () => eventsOf(folder) }, store, onProgress);
    await checkLedger(store, manifest);
    await pauseReactions(owner, store, manifest);
    await owner.query('commit');
  } catch (error) {
    await owner.query('rollback');
    throw error;
  }
  return manifest;
}

async function checkVersion(owner: ClientBase, { migrations, version }: Manifest): Promise<void> {
  if (canonicalJson(await migrationsOf(owner)) !== canonicalJson(migrations))
    throw new BadBackup(
      `The back-up was made by version ${version}, whose database is another one: restore it with that version, then upgrade.`,
    );
}

async function checkFiles(folder: string, manifest: Manifest, tables: readonly SavedTable[]): Promise<void> {
  const files = [
    [LEDGER_FILE, manifest.ledger] as const,
    ...tables.map(({ name }) => [tableFile(name), manifest.tables[name]] as const),
  ];
  for (const [file, said] of files) {
    const there = await measureLines(join(folder, file)).catch(() => undefined);
    if (!there) throw new BadBackup(`${file} is missing or cannot be read`);
    if (there.sha256 !== said?.sha256)
      throw new BadBackup(`${file} is not what was written: its hash is another`);
  }
}

async function checkKeys(target: RestoreTarget, folder: string): Promise<void> {
  for await (const line of readLines(join(folder, tableFile('vault.keys')))) {
    const { name, wrapped } = JSON.parse(line) as { name: string; wrapped: string };
    if (!target.opens(name, Buffer.from(wrapped.slice(2), 'hex')))
      throw new BadBackup(
        `ISOLOIR_KEK_FILE: the keys of this back-up were wrapped by another key (${name} cannot be opened); put the right file there first`,
      );
  }
}

async function checkEmpty(owner: ClientBase, tables: readonly SavedTable[]): Promise<void> {
  for (const { name } of tables) {
    const { rowCount } = await owner.query(`select from ${name} limit 1`);
    if (rowCount)
      throw new BadBackup(
        `There is something in ${name} already: a back-up is restored into an empty deployment.`,
      );
  }
}

async function checkLedger(store: EventStore, { ledger }: Manifest): Promise<void> {
  if ((await digestLedger(store)).sha256 !== ledger.sha256)
    throw new BadBackup('The ledger holds other events than the back-up: it was not empty.');
}

/** The events of a back-up. They have no position before a store gives them one. */
async function* eventsOf(folder: string): AsyncGenerator<StoredEvent> {
  for await (const line of readLines(join(folder, LEDGER_FILE))) {
    const [stream, revision, id, type, data] = JSON.parse(line) as [string, number, string, string, string];
    yield { stream, revision, id, type, data, position: '' as Position };
  }
}

/** Each reaction is where it was, by the positions of this engine, and waits. */
async function pauseReactions(owner: ClientBase, store: EventStore, { reactions }: Manifest): Promise<void> {
  const wanted = new Set(Object.values(reactions));
  const positions = new Map<number, Position>();
  let seen = 0;
  for await (const { position } of store.readAll()) if (wanted.has(++seen)) positions.set(seen, position);
  for (const [name, count] of Object.entries(reactions))
    await owner.query('update reactions.checkpoints set paused = true, position = $2 where name = $1', [
      name,
      positions.get(count) ?? null,
    ]);
}
