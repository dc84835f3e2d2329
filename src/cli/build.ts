import { Command } from 'commander';
import { createHash } from 'node:crypto';
import { boothHash } from '../http/booth-file.js';
import { buildLines } from '../modules/board/build.js';

/** `isoloir build`: the fingerprints of this release, to be compared with what was announced, sealed or runs. */
export function buildCommand(): Command {
  return new Command('build')
    .description('print the fingerprints of this release, as boards seal them: build and booth')
    .option('--files', 'print the SHA-256 of each file instead; the SHA-256 of that text is the build')
    .action(({ files }: { files?: true }, command: Command) => {
      const lines = buildLines();
      const build = createHash('sha256').update(lines).digest('hex');
      command.configureOutput().writeOut?.(files ? lines : `build ${build}\nbooth ${boothHash()}\n`);
    });
}
