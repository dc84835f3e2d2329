import { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ElectorExport } from '../modules/notices/elector-export.js';
import { countNotices } from '../projections/notices.projection.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { progressBar } from './progress.js';
import { theElection } from './the-election.js';

interface Options {
  readonly out: string;
  readonly election?: string;
  readonly portal?: string;
  readonly pending?: true;
}

/** `isoloir electors export`: the file from which notices are made. It holds names and addresses, and no code. */
export function electorsExportCommand(): Command {
  return new Command('export')
    .description('write the file from which notices are made offline (names and addresses: guard it)')
    .requiredOption('--out <file>', 'where to write it')
    .option('--election <id>', 'which election; the only one without it', anId)
    .option('--portal <url>', 'the address printed on notices; PUBLIC_URL without it')
    .option('--pending', 'only electors without a code, or with a scrutin that their code does not serve')
    .action((options: Options) =>
      withApplication(async (app, foundation) => {
        const { projections, config } = foundation;
        projections.start(); // a server beside may feed them: then these only wait
        try {
          const electionId = await theElection(foundation, options.election);
          const portal = options.portal ?? config.publicUrl;
          if (!portal)
            throw new Error('--portal: expected the address of the portal, since PUBLIC_URL is not set');
          const counted = await countNotices(foundation.database.pool('register'), electionId);
          const bar = progressBar('Electors', options.pending ? counted.pending : counted.electors);
          const lines = app
            .get(ElectorExport, { strict: false })
            .lines({ electionId, portal, pending: options.pending === true });
          const electors = await writeWhole(options.out, lines, bar.update);
          bar.stop();
          console.log(`${electors} electors are in ${options.out}`);
        } finally {
          await projections.stop();
        }
      }),
    );
}

/** The whole file or none: what breaks off leaves no names behind. */
async function writeWhole(
  path: string,
  lines: AsyncIterable<string>,
  progress: (electors: number) => void,
): Promise<number> {
  const making = `${path}.making`;
  let written = 0;
  async function* counted() {
    for await (const text of lines) {
      yield text;
      written += text.split('\n').length - 1;
      progress(written);
    }
  }
  try {
    await pipeline(counted, createWriteStream(making, { mode: 0o600, flags: 'w', flush: true }));
    await rename(making, path);
  } catch (error) {
    await rm(making, { force: true });
    throw error;
  }
  return written - 2; // header and end
}
