import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Command } from 'commander';
import { linesOf, readLine, Unreadable } from '../auditor/bundle-lines.js';
import { piecesOf } from '../auditor/pieces.js';
import { readConfig } from '../config.js';
import { decode } from '../events/codec.js';
import type { Position } from '../ledger/event-store.js';
import { openEventStore } from '../ledger/open-event-store.js';
import type { Recorded } from '../projections/projection.js';
import { allProjections } from '../projections/projections.js';
import { Database } from '../storage/database.js';
import { openStorage } from '../storage/open-storage.js';
import { progressBar } from './progress.js';
import { compareLive } from './replay-live.js';
import { Twin } from './replay-twin.js';

interface Options {
  readonly at?: string;
  readonly table?: string;
  readonly serve?: string;
  readonly live?: true;
}

const PAGE = 500; // events

/** `isoloir replay`: the read models as they stood at an instant, rebuilt from the events of a bundle alone (F104). */
export function replayCommand(): Command {
  return new Command('replay')
    .description('rebuild the read models from a bundle, as they stood at an instant, and print their rows')
    .argument('[bundle]', 'a file of isoloir export, or the address of a service')
    .option('--at <instant>', 'such as 2022-12-03T12:00+01:00; the end of the bundle without it')
    .option('--table <name>', 'this table only, such as read_register.turnout')
    .option('--serve <port>', 'serve the tables on this machine instead of printing them')
    .option(
      '--live',
      'compare the read models of the configured service with what its ledger gives, row for row',
    )
    .action(async (bundle: string | undefined, options: Options, command: Command) => {
      const output = command.configureOutput();
      const say = (line: string) => output.writeOut?.(`${line}\n`);
      if ((bundle === undefined) === (options.live === undefined))
        throw new Error('takes either a bundle or --live');
      const until = options.at === undefined ? Infinity : Date.parse(options.at);
      if (Number.isNaN(until)) throw new Error('--at: takes an instant such as 2022-12-03T12:00+01:00');
      const tables = chosen(options.table);
      const twin = await Twin.open();
      try {
        if (bundle === undefined) {
          await compared(twin, say);
          return;
        }
        await replayBundle(bundle, until, twin);
        if (options.serve === undefined) {
          for (const { role, table } of tables)
            for await (const row of twin.rows(role, table)) say(`{"table":"${table}","row":${row}}`);
        } else await served(twin, tables, Number(options.serve), say);
      } finally {
        await twin.close();
      }
    });
}

type Table = { readonly role: 'register' | 'box'; readonly table: string };

function chosen(name: string | undefined): Table[] {
  const all = allProjections.flatMap(({ role, tables }) => tables.map((table) => ({ role, table })));
  const some = all.filter(({ table }) => name === undefined || table === name);
  if (some.length === 0) throw new Error(`--table: there is ${all.map(({ table }) => table).join(', ')}`);
  return some;
}

async function replayBundle(bundle: string, until: number, twin: Twin): Promise<void> {
  let page: Recorded[] = [];
  let number = 0;
  for await (const text of linesOf(await piecesOf(bundle))) {
    const line = readLine(text);
    if (line.line === 'broken') throw new Unreadable(`${bundle}: ${line.reason}`);
    if (line.line !== 'event') continue;
    const { type, data, ...place } = line.event;
    const event = decode(type, data);
    if (Date.parse(event.data.at) > until) continue;
    number += 1;
    page.push({ event, ...place, position: String(number).padStart(20, '0') as Position });
    if (page.length < PAGE) continue;
    await twin.apply(page);
    page = [];
  }
  await twin.apply(page);
}

/** Exit 1 when a row differs. As the server's own login, which may read but not migrate. */
async function compared(twin: Twin, say: (line: string) => void): Promise<void> {
  const config = readConfig();
  const storage = await openStorage(config, true);
  const database = new Database(storage.url, 2);
  const store = openEventStore(config.eventStoreUrl, database);
  const bar = progressBar('Replay', 0);
  let differing = 0;
  try {
    for await (const found of compareLive(store, database, twin, bar.update)) {
      bar.stop();
      differing += found.differing;
      const verdict = found.differing === 0 ? 'the same' : `${found.differing} DIFFER`;
      say(`${found.table}: ${found.rows} rows, ${verdict}`);
      for (const example of found.examples) say(`  ${example}`);
    }
  } finally {
    bar.stop();
    await store.close();
    await database.close();
    await storage.close();
  }
  say(differing === 0 ? 'Every read model is what its events give.' : `${differing} rows differ.`);
  if (differing > 0) process.exitCode = 1;
}

/** `GET /` lists the tables, `GET /<table>` gives the rows, one JSON text a line. Until Ctrl-C. */
async function served(
  twin: Twin,
  tables: readonly Table[],
  port: number,
  say: (line: string) => void,
): Promise<void> {
  const server: Server = createServer((request, response) => {
    const found = tables.find(({ table }) => request.url === `/${table}`);
    const write = async () => {
      response.writeHead(found || request.url === '/' ? 200 : 404, { 'Content-Type': 'application/jsonl' });
      if (!found)
        for (const { table } of tables) response.write(`${JSON.stringify({ table, rows: `/${table}` })}\n`);
      else for await (const row of twin.rows(found.role, found.table)) response.write(`${row}\n`);
      response.end();
    };
    write().catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  say(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  server.closeAllConnections();
  server.close();
}
