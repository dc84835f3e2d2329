import { Command } from 'commander';
import { KeyImport } from '../modules/notices/key-import.js';
import { makeNotices } from '../notices/make-notices.js';
import { withApplication } from './application.js';
import { progressBar } from './progress.js';

/** `isoloir notices`: voting codes on paper. `make` runs on a machine without a network, `import` where the server is. */
export function noticesCommand(): Command {
  return new Command('notices')
    .description('make voting codes and their notices offline; take in their public keys')
    .addCommand(makeCommand())
    .addCommand(importCommand());
}

interface MakeOptions {
  readonly out: string;
  readonly pdf: boolean;
  readonly printerKey?: string;
}

function makeCommand(): Command {
  return new Command('make')
    .description(
      'make a code and a notice for each elector of a file; offline, goes on after an interruption',
    )
    .argument(
      '<electors>',
      'what `isoloir electors export` wrote (with --pending: only those who need another notice)',
    )
    .requiredOption('--out <folder>', 'where notices and public keys go; an encrypted disk, or one in memory')
    .option('--printer-key <recipient>', 'write the data for a printing firm, encrypted to its age recipient')
    .option('--no-pdf', 'make no PDF files of notices: the printing firm makes them from its data')
    .action(async (electors: string, { out, pdf, printerKey }: MakeOptions) => {
      const stopping = new AbortController();
      const stop = () => {
        stopping.abort(new Error('stopped; the same command goes on from here'));
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);
      let bar: ReturnType<typeof progressBar> | undefined;
      try {
        const made = await makeNotices(
          { electors, folder: out, pdf, printerKey, signal: stopping.signal },
          (done, all) => {
            bar ??= progressBar('Notices', all);
            bar.update(done);
          },
        );
        bar?.stop();
        console.log(`${made} notices are made; ${out}/keys goes to the server: isoloir notices import`);
      } finally {
        bar?.stop();
        process.off('SIGINT', stop).off('SIGTERM', stop);
      }
    });
}

function importCommand(): Command {
  return new Command('import')
    .description('take in the public keys of notices; goes on after an interruption')
    .argument('<folder>', 'the folder `keys` that make wrote, or the one around it')
    .action((folder: string) =>
      withApplication(async (app, { projections, store }) => {
        projections.start();
        try {
          await projections.waitFor('scrutins', await store.head(), 60_000);
          let bar: ReturnType<typeof progressBar> | undefined;
          const imported = await app.get(KeyImport, { strict: false }).run(folder, (done, all) => {
            bar ??= progressBar('Codes', all);
            bar.update(done);
          });
          bar?.stop();
          const { issued, already, left, credentials } = imported;
          console.log(
            `${issued} codes are issued, ${already} were; ${credentials} credentials are in the lists`,
          );
          for (const [reason, count] of Object.entries(left))
            console.log(`${count} left out (${reason}): see electors export --pending`);
        } finally {
          await projections.stop();
        }
      }),
    );
}
