import { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { applyChanges, changesOf } from '../election-file/apply.js';
import { withApplication } from './application.js';

/** `isoloir election`: a whole election as one file. */
export function electionCommand(): Command {
  const election = new Command('election').description('set an election up from a file');
  election
    .command('apply')
    .description(
      'make the ledger say what a YAML file says: shows what changes before it does; again, nothing changes',
    )
    .argument('<file>')
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'do not ask')
    .action((file: string, { dryRun, yes }: { dryRun?: true; yes?: true }) =>
      withApplication(async (app, foundation) => {
        const changes = await changesOf(app, foundation, file);
        for (const { says } of changes) console.log(`+ ${says}`);
        if (changes.length === 0) console.log('Nothing changes.');
        else if (!dryRun && (yes || !process.stdin.isTTY || (await agreed()))) {
          await applyChanges(app, changes);
          console.log(`${changes.length} changes are made.`);
        }
      }),
    );
  return election;
}

async function agreed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Make these changes? [y/N] ');
  lines.close();
  return /^(y|yes|o|oui)$/i.test(answer.trim());
}
