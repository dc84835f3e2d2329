/**
 * Sealing at size: how long roll and credential list of one scrutin take with root, count and document, how long until a
 * server that opens has read and checked them, for how long others have no turn meanwhile, and with how much memory.
 * Usage: npm run bench:seal -- [--electors 100000]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readConfig } from '../src/config.js';
import { layFoundation } from '../src/foundation.js';
import { rollOf } from '../src/modules/board/roll.js';
import { SealedLists } from '../src/modules/vote/sealed-lists.js';
import { Log } from '../src/operations/log.js';
import { openStorage } from '../src/storage/open-storage.js';
import { RegisterKeys } from '../src/vault/register-keys.js';
import { Peak, usedByPostgres } from './processes.js';

const { values } = parseArgs({ options: { electors: { type: 'string', default: '100000' } } });
const electors = Number(values.electors);
const scrutinId = randomUUID();

const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-seal-'));
const config = readConfig({ ...process.env, CONTENT: 'content', ISOLOIR_DATA: join(folder, 'data') });
const foundation = await layFoundation(config, new Log('error'));
try {
  const { database, documents, credentialLists, vaultKeys } = foundation;
  await invent();
  const before = process.memoryUsage.rss();
  const peak = new Peak(() => process.memoryUsage.rss(), 50);
  const postgresPeak = new Peak(async () => (await usedByPostgres(config.dataFolder)).memory);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const from = performance.now();
  const roll = await rollOf(database.pool('register'), new RegisterKeys(vaultKeys), scrutinId);
  const rollFile = await documents.put(roll.content, 'text/plain', 'restricted');
  const rolled = performance.now();
  const credentials = await credentialLists.of(scrutinId);
  if (credentials?.count !== electors || roll.count !== electors) throw new Error('not all were sealed');
  const credentialsFile = await documents.put(credentials.content, 'text/plain', 'restricted');
  const sealed = performance.now();
  const lists = new SealedLists(documents);
  await lists.list(rollFile, { root: roll.root, count: roll.count });
  await lists.list(credentialsFile, { root: credentials.root, count: credentials.count });
  const opened = performance.now();
  delay.disable();
  peak.stop();
  postgresPeak.stop();
  const figures = {
    bench: 'seal',
    cores: cpus().length,
    electors,
    rollSeconds: round((rolled - from) / 1000),
    credentialsSeconds: round((sealed - rolled) / 1000),
    openingSeconds: round((opened - sealed) / 1000),
    longestTurnMilliseconds: Math.round(delay.max / 1e6),
    documentsMiB: Math.round((roll.content.length + credentials.content.length) / 2 ** 20),
    peakMiB: Math.round(peak.bytes / 2 ** 20),
    peakAboveStartMiB: Math.round((peak.bytes - before) / 2 ** 20),
    postgresPeakMiB: Math.round(postgresPeak.bytes / 2 ** 20),
  };
  console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, { value }])));
  console.log(JSON.stringify(figures));
} finally {
  await foundation.close();
  await rm(folder, { recursive: true });
}

/** Electors of the scrutin, and as many credentials in one list, both made by PostgreSQL: nothing of it is in our memory. */
async function invent(): Promise<void> {
  const storage = await openStorage(config, true);
  const owner = new pg.Client({ connectionString: storage.ownerUrl });
  await owner.connect();
  const sha256 = '0'.repeat(64);
  await owner.query(
    `insert into read_register.scrutin_electors (scrutin_id, elector_id)
       select $1::uuid, gen_random_uuid() from generate_series(1, $2::int)`,
    [scrutinId, electors],
  );
  await owner.query('insert into read_register.list_sizes values ($1, $2)', [scrutinId, electors]);
  await owner.query('insert into vault.credential_scrutins (scrutin_id) values ($1)', [scrutinId]);
  await owner.query('insert into vault.credential_lists (scrutin_id, sha256, count) values ($1, $2, $3)', [
    scrutinId,
    sha256,
    electors,
  ]);
  await owner.query(
    `insert into vault.credential_parts (scrutin_id, sha256, part, content)
       select $1::uuid, $2, (place - 1) / 10000, convert_to(string_agg(line, E'\\n' order by line) || E'\\n', 'UTF8')
         from (select line, row_number() over (order by line) as place
                 from (select encode(sha256(n::text::bytea), 'hex') collate "C" as line
                         from generate_series(1, $3::int) n) made) numbered
         group by (place - 1) / 10000`,
    [scrutinId, sha256, electors],
  );
  await owner.query('analyze read_register.scrutin_electors');
  await owner.end();
  await storage.close();
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
