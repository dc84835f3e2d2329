import { Command } from 'commander';
import { releaseFiles } from '../retention/release-files.js';
import { findElection } from '../projections/elections.projection.js';
import { writeClosingSet } from '../retention/closing-set.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { theElection } from './the-election.js';

const LACKING = 3;

/** `isoloir retain`: what is kept for two years. Exit 0 when all is there, 1 when the audit finds faults, 3 when something lacks. */
export function retainCommand(): Command {
  return new Command('retain')
    .description('write what is kept for two years after the closing (CGFP R. 211-580), with a check-list')
    .argument('<folder>', 'a new folder; it holds personal data: encrypt what it lies on')
    .option('--election <id>', 'which election, where there are several', anId)
    .action((folder: string, { election }: { election?: string }) =>
      withApplication(async (app, foundation) => {
        const electionId = await theElection(foundation, election);
        const row = await findElection(foundation.database.pool('register'), electionId);
        if (!row) throw new Error('the election is gone');
        const source = { app, foundation, release: releaseFiles };
        const { files, sha256, lacking, sound } = await writeClosingSet(source, row, folder, (line) => {
          console.log(line);
        });
        console.log(`${files} files, SHA256SUMS ${sha256}`);
        for (const what of lacking) console.log(`manque : ${what}`);
        process.exitCode = !sound ? 1 : lacking.length > 0 ? LACKING : 0;
      }),
    );
}
