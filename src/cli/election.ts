import { CommandBus } from '@nestjs/cqrs';
import { Command } from 'commander';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ElectionFiles, papersIn } from '../election-file/election-files.js';
import { WrittenElection } from '../election-file/written-election.js';
import type { Executed } from '../ledger/ledger.js';
import { CloseLists } from '../modules/election/election.commands.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { caughtUp } from './caught-up.js';

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
      withApplication(async (app) => {
        const files = app.get(ElectionFiles, { strict: false });
        const changes = await files.changesOf(await readFile(file, 'utf8'), papersIn(dirname(file)));
        for (const { says } of changes) console.log(`+ ${says}`);
        if (changes.length === 0) console.log('Nothing changes.');
        else if (!dryRun && (yes || (await agreed('Make these changes?')))) {
          await files.apply(changes);
          console.log(`${changes.length} changes are made.`);
        }
      }),
    );
  election
    .command('show')
    .description('write the present election as YAML; applying it changes nothing')
    .argument('<electionId>', 'its id', anId)
    .action((electionId: string) =>
      withApplication(async (app, foundation) => {
        await caughtUp(foundation, ['elections', 'scrutins', 'boards']);
        const yaml = await app.get(WrittenElection, { strict: false }).of(electionId);
        if (yaml === undefined) throw new Error('no election has this id');
        process.stdout.write(yaml);
      }),
    );
  election
    .command('close-lists')
    .description('end every change of electoral lists and lists of candidates, for good (CGFP 528)')
    .argument('<electionId>', 'its id', anId)
    .option('--yes', 'do not ask')
    .action((electionId: string, { yes }: { yes?: true }) =>
      withApplication(async (app) => {
        if (!yes && !(await agreed('Close the lists for good?'))) return;
        const { added } = await app.get(CommandBus).execute<CloseLists, Executed>(new CloseLists(electionId));
        console.log(added === 0 ? 'The lists were closed already.' : 'The lists are closed.');
      }),
    );
  return election;
}

/** Asks on the terminal, or takes the first line that is piped in. Where nobody answers, nothing is done. */
async function agreed(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const unanswered = once(lines, 'close').then(() => undefined);
  const answer = await Promise.race([lines.question(`${question} [y/N] `), unanswered]);
  lines.close();
  if (answer === undefined) throw new Error('Nothing is done: nobody answered. --yes says yes.');
  return /^(y|yes|o|oui)$/i.test(answer.trim());
}
