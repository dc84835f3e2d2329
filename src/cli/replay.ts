import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { linesOf, readLine, Unreadable } from '../auditor/bundle-lines.js';
import { piecesOf } from '../auditor/pieces.js';
import { decode, type LedgerEvent } from '../events/codec.js';
import type { Position } from '../ledger/event-store.js';
import { queriesOf, type Statement } from '../projections/projection.js';
import { allProjections } from '../projections/projections.js';
import { Database } from '../storage/database.js';
import { loginOf, migrate } from '../storage/migrate.js';
import { openStorage } from '../storage/open-storage.js';

/** `isoloir replay`: the read models as they stood at an instant, rebuilt from the events of a bundle alone (F104). */
export function replayCommand(): Command {
  return new Command('replay')
    .description('rebuild the read models from a bundle, as they stood at an instant, and print their rows')
    .argument('<bundle>', 'a file of isoloir export, or the address of a service')
    .option('--at <instant>', 'such as 2022-12-03T12:00+01:00; the end of the bundle without it')
    .action(async (bundle: string, { at }: { at?: string }) => {
      const until = at === undefined ? Infinity : Date.parse(at);
      if (Number.isNaN(until)) throw new Error('--at: takes an instant such as 2022-12-03T12:00+01:00');
      const folder = await mkdtemp(join(tmpdir(), 'isoloir-replay-'));
      const storage = await openStorage(
        { databaseUrl: undefined, databaseOwnerUrl: undefined, dataFolder: folder },
        false,
      );
      const database = new Database(storage.url, 2);
      try {
        await migrate(storage.ownerUrl, loginOf(storage.url));
        await replay(bundle, until, database);
        await printTables(database);
      } finally {
        await database.close();
        await storage.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
}

async function replay(bundle: string, until: number, database: Database): Promise<void> {
  let number = 0;
  for await (const text of linesOf(await piecesOf(bundle))) {
    const line = readLine(text);
    if (line.line === 'broken') throw new Unreadable(`${bundle}: ${line.reason}`);
    if (line.line !== 'event') continue;
    const event: LedgerEvent = decode(line.event.type, line.event.data);
    if (Date.parse(event.data.at) > until) continue;
    number += 1;
    const position = String(number).padStart(20, '0') as Position;
    const { id, stream, revision } = line.event;
    for (const projection of allProjections) {
      const statements = await projection.apply({ event, id, stream, revision, position });
      if (statements.length > 0) await write(database, projection.role, statements);
    }
  }
}

async function write(
  database: Database,
  role: 'register' | 'box',
  statements: readonly Statement[],
): Promise<void> {
  await database.transaction(role, async (tx) => {
    for (const { text, values } of queriesOf(statements)) await tx.query(text, values);
  });
}

/** One JSON line a row, table by table, in an order that depends on the rows alone. */
async function printTables(database: Database): Promise<void> {
  for (const { role, tables } of allProjections) {
    for (const table of tables) {
      const { rows } = await database
        .pool(role)
        .query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`);
      for (const { row } of rows) console.log(JSON.stringify({ table, row }));
    }
  }
}
