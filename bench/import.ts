/**
 * Electoral lists into an empty deployment: rate of the dry run and of the import, memory, processor time of Node and of
 * PostgreSQL for an elector and how much dearer the last tenth is than the second, size of ledger and database, and how
 * long the read models take for all of it. Three scrutins an elector, opening mails asked for.
 * Usage: npm run bench:import -- [--electors 10000]
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { encode, type LedgerEvent } from '../src/events/codec.js';
import { layFoundation } from '../src/foundation.js';
import { Enrolments } from '../src/modules/account/enrolments.js';
import { inventedElector } from '../src/modules/account/invented-electors.js';
import { ListImport } from '../src/modules/account/lists/list-import.js';
import { Log } from '../src/operations/log.js';
import { Projections } from '../src/projections/projections.js';
import { progressBar } from '../src/cli/progress.js';
import { openStorage } from '../src/storage/open-storage.js';
import { Peak, usedByPostgres } from './processes.js';

const { values } = parseArgs({ options: { electors: { type: 'string', default: '10000' } } });
const electors = Number(values.electors);
const electionId = randomUUID();
const at = '2022-10-01T10:00:00.000Z';
const CODES = ['CSA-MIN', 'CSA-PROX', 'CAPN'];

/** Microseconds of processor since the benchmark began. */
interface Effort {
  readonly seconds: number;
  readonly node: number;
  readonly postgres: number;
}

type Side = 'node' | 'postgres';

const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-import-'));
const config = readConfig({ ...process.env, CONTENT: 'content', ISOLOIR_DATA: join(folder, 'data') });
const foundation = await layFoundation(config, new Log('error'));
try {
  const { store, database, ledger, listFence, clock, identities, projections } = foundation;
  for (const code of CODES) await declare(code);
  projections.start();
  await projections.waitFor('scrutins', await store.head(), 60_000);
  await projections.stop();
  const path = await csv();
  const postgresPeak = new Peak(async () => (await usedByPostgres(config.dataFolder)).memory);
  const lists = new ListImport(database, identities, new Enrolments(ledger, listFence, clock, identities));
  const began = await effort();
  const report = await lists.check(path, electionId);
  if (report.faulty > 0) throw new Error(JSON.stringify(report.faults.slice(0, 5)));
  const checked = await effort();
  const bar = progressBar('Electors', electors);
  const marks: Promise<Effort>[] = [Promise.resolve(checked)];
  const added = await lists.run(path, electionId, report, '2030-01-01T00:00:00.000Z', (done) => {
    bar.update(done);
    while (marks.length < 10 && done >= (marks.length * electors) / 10) marks.push(effort());
  });
  bar.stop();
  const imported = await effort();
  const importPeak = process.resourceUsage().maxRSS;
  await catchUp();
  const shown = await effort();
  postgresPeak.stop();
  const [ledgerSize, databaseSize] = await sizes();
  const tenths = [...(await Promise.all(marks)), imported];
  const figures = {
    bench: 'import',
    cores: cpus().length,
    electors: added,
    checkSeconds: round(checked.seconds - began.seconds),
    importSeconds: round(imported.seconds - checked.seconds),
    electorsPerSecond: Math.round(added / (imported.seconds - checked.seconds)),
    lastTenthAgainstSecond: round(tenth(tenths, 9) / tenth(tenths, 1)),
    nodeMicroseconds: Math.round((imported.node - checked.node) / added),
    postgresMicroseconds: Math.round((imported.postgres - checked.postgres) / added),
    peakMiB: Math.round(importPeak / 1024),
    postgresPeakMiB: Math.round(postgresPeak.bytes / 2 ** 20),
    ledgerMiB: Math.round(ledgerSize / 2 ** 20),
    databaseMiB: Math.round(databaseSize / 2 ** 20),
    readModelsSeconds: round(shown.seconds - imported.seconds),
    readModelsNodeMicroseconds: Math.round((shown.node - imported.node) / added),
    readModelsPostgresMicroseconds: Math.round((shown.postgres - imported.postgres) / added),
  };
  console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, { value }])));
  const each = (side: Side) =>
    tenths.slice(1).map((_, index) => Math.round((tenth(tenths, index, [side]) * 10) / added));
  console.log(JSON.stringify({ ...figures, tenths: { node: each('node'), postgres: each('postgres') } }));
} finally {
  await foundation.close();
  await rm(folder, { recursive: true });
}

async function declare(code: string) {
  const scrutinId = randomUUID();
  const event: LedgerEvent = {
    type: 'ScrutinDeclared',
    data: {
      ...{ scrutinId, electionId, uuid: 'QyEwhVPEQ2o7wa', group: 'Ed25519', code, title: code },
      ...{ body: 'CSA', seats: 10, held: 'here', at },
    },
  };
  await foundation.store.append(`scrutin-${scrutinId}`, 'none', [{ id: randomUUID(), ...encode(event) }]);
}

async function csv(): Promise<string> {
  const path = join(folder, 'electors.csv');
  const out = createWriteStream(path);
  out.write('Identifiant;Nom;Prénom;Date de naissance;Corps;Académie;Affectation;NUMEN;NIR;Scrutins\n');
  for (let index = 0; index < electors; index++) {
    const { known } = inventedElector(electionId, 1, index);
    const { email, lastName, firstName, birthDate, corps, academy, unit, numen, nir } = known;
    const cells = [email, lastName, firstName, birthDate, corps, academy, unit, numen, nir, CODES.join(' ')];
    if (!out.write(`${cells.join(';')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return path;
}

/** Feeds the read models with everything, as a server does beside the import. */
async function catchUp(): Promise<void> {
  const projections = new Projections(foundation.store, foundation.database);
  const head = await foundation.store.head();
  projections.start();
  for (const { name } of await projections.status())
    if (!(await projections.waitFor(name, head, 3_600_000))) throw new Error(`${name} does not catch up`);
  await projections.stop();
}

async function effort(): Promise<Effort> {
  const { user, system } = process.cpuUsage();
  const { cpu } = await usedByPostgres(config.dataFolder);
  return { seconds: performance.now() / 1000, node: user + system, postgres: cpu * 1e6 };
}

/** Processor time of a tenth, from 0: unlike the time on the clock, no other work on the machine is in it. */
function tenth(
  marks: readonly Effort[],
  index: number,
  sides: readonly Side[] = ['node', 'postgres'],
): number {
  const [from, to] = [marks[index], marks[index + 1]];
  return sides.reduce((sum, side) => sum + (to?.[side] ?? NaN) - (from?.[side] ?? NaN), 0);
}

/** Bytes of the ledger's tables, and of the whole database; asked as the owner, who alone sees all. */
async function sizes(): Promise<[number, number]> {
  const storage = await openStorage(config, true);
  const client = new pg.Client({ connectionString: storage.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ ledger: string; whole: string }>(
    `select pg_total_relation_size('ledger.events') as ledger, pg_database_size(current_database()) as whole`,
  );
  await client.end();
  await storage.close();
  return [Number(rows[0]?.ledger), Number(rows[0]?.whole)];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
