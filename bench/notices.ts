/**
 * Notices: how many a minute are made (codes, keys of three scrutins, PDF, printer's data), and with how much memory,
 * from an invented elector file. Needs no database, as on the day.
 * Usage: npm run bench:notices -- [--electors 20000] [--threads 2] [--printer]
 */
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { lineOf, type ElectorFileHeader } from '../src/notices/elector-file.js';
import { makeNotices } from '../src/notices/make-notices.js';

const { values } = parseArgs({
  options: {
    electors: { type: 'string', default: '20000' },
    threads: { type: 'string', default: String(availableParallelism()) },
    printer: { type: 'boolean', default: false },
  },
});
const electors = Number(values.electors);
const threads = Number(values.threads);

const folder = await mkdtemp(join(tmpdir(), 'isoloir-bench-notices-'));
try {
  const file = join(folder, 'electors.jsonl');
  await pipeline(lines, createWriteStream(file));
  const printerKey = values.printer ? await identityToRecipient(await generateIdentity()) : undefined;
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
  const began = performance.now();
  await makeNotices({ electors: file, folder: join(folder, 'out'), pdf: true, printerKey, threads });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(look);
  const figures = {
    bench: 'notices',
    cores: cpus().length,
    electors,
    threads,
    seconds: round(seconds),
    noticesPerMinute: round((electors / seconds) * 60),
    peakMiB: round(peak / 2 ** 20),
    electorFileMiB: round((await stat(file)).size / 2 ** 20),
  };
  console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, { value }])));
  console.log(JSON.stringify(figures));
  if (figures.noticesPerMinute < 5_000) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Units of twenty, one elector in seven by post, three scrutins each. */
function* lines(): Generator<string> {
  const header: ElectorFileHeader = {
    isoloir: 'electors/v1',
    electionId: randomUUID(),
    title: 'Élections professionnelles 2022',
    portal: 'https://vote.exemple.fr/electionspro2022',
    portalOpensAt: '2022-10-13T08:00:00.000Z',
    votingOpensAt: '2022-12-01T07:00:00.000Z',
    votingClosesAt: '2022-12-08T16:00:00.000Z',
    scrutins: ['a', 'b', 'c'].map((mark) => {
      const uuid = `QyEwhVPEQ2o7w${mark}`;
      return { scrutinId: randomUUID(), uuid, group: 'Ed25519', title: `Scrutin ${mark}` };
    }),
  };
  yield lineOf(header);
  for (let index = 0; index < electors; index++) {
    const byPost = index % 7 === 0;
    yield lineOf({
      electorId: ascending(index),
      lastName: `Nomdefamille-${index}`,
      firstName: 'Élodie',
      corps: 'Professeurs certifiés',
      academy: 'Paris',
      unit: `Lycée n° ${Math.floor(index / 20)}`,
      channel: byPost ? 'post' : 'hand',
      address: byPost ? ['12 rue de la Paix', '75002 PARIS'] : [],
      identification: ['670749 57795 27422', '165805593 - 2d205b93095aa5d404b6'],
      scrutins: [0, 1, 2],
    });
  }
  yield lineOf({ end: { electors } });
}

/** Random identifiers in ascending order, as an export has them. */
function ascending(index: number): string {
  return `${Math.floor((index / electors) * 0xffffffff)
    .toString(16)
    .padStart(8, '0')}${randomUUID().slice(8)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
