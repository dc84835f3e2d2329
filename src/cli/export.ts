import { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Archiving } from '../modules/counting/archiving.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { withBundle } from './export-bundle.js';

/** `isoloir export`: what leaves the deployment for others to verify. */
export function exportCommand(): Command {
  return withBundle(new Command('export').description('write what others can verify')).addCommand(
    new Command('belenios')
      .description('the archive of a counted scrutin, for verify-archive and belenios-tool')
      .argument('<scrutin>', 'the id of the scrutin', anId)
      .option('-o, --out <file>', 'where to write it; <uuid>.bel in this folder by default')
      .action(async (scrutinId: string, { out }: { out?: string }, command: Command) => {
        await withApplication(async (app) => {
          const { name, pieces } = await app.get(Archiving, { strict: false }).archive(scrutinId);
          const file = out ?? name;
          await pipeline(Readable.from(pieces), createWriteStream(file, { flags: 'wx' }));
          command.configureOutput().writeOut?.(`${file}\n`);
        });
      }),
  );
}
