import { Option, type Command } from 'commander';
import { writeBundle } from '../bundle/bundle-file.js';
import type { BundleKind } from '../bundle/bundle-lines.js';
import { readConfig } from '../config.js';
import { layFoundation } from '../foundation.js';
import { Log } from '../operations/log.js';
import { progressBar } from './progress.js';

/** `isoloir export FILE`: the bundle that `isoloir audit` checks; goes on where an earlier run was cut off. */
export function withBundle(command: Command): Command {
  return command
    .argument('<file>', 'a bundle with all that an audit needs, up to the last signed root')
    .addOption(
      new Option('--kind <kind>', 'public: electors and open boxes as hashes only')
        .choices(['public', 'auditor'])
        .default('public'),
    )
    .action(async (file: string, { kind }: { kind: BundleKind }) => {
      const foundation = await layFoundation(readConfig(), new Log('error'), true);
      const { store, documents, transparency } = foundation;
      const { origin, vkey: key } = transparency.signer;
      const bar = progressBar('Export', 0);
      try {
        const bytes = await writeBundle(file, kind, { store, documents, origin, key }, bar.update);
        console.log(`${file}: ${bytes} bytes`);
      } finally {
        bar.stop();
        await foundation.close();
      }
    });
}
