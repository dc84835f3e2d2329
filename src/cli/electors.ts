import { Command } from 'commander';
import type { Foundation } from '../foundation.js';
import { accountReactions } from '../modules/account/account.mails.js';
import { Electors } from '../modules/account/electors.js';
import { linkExpiry } from '../modules/account/links.js';
import { ListCorrection } from '../modules/account/lists/list-correction.js';
import type { FileForm } from '../modules/account/lists/electoral-file.js';
import { ListImport, type FileReport, type LineFault } from '../modules/account/lists/list-import.js';
import { registerReactions } from '../projections/reactions.js';
import { scrutinsOfElection } from '../projections/scrutins.projection.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { caughtUp } from './caught-up.js';
import { progressBar } from './progress.js';

interface ImportOptions {
  readonly election: string;
  readonly dryRun?: true;
  readonly mails: boolean;
  readonly correct?: true;
}

/** Fewer electors than this, and a result tells how somebody voted (requirements, DH-3). */
const FEW = 10;

/** `isoloir electors`: the electoral lists. */
export function electorsCommand(): Command {
  const electors = new Command('electors').description('electoral lists: import, correct, remove');
  electors
    .command('import')
    .description(
      'read electors from a CSV file; nothing is written unless every line is right; goes on after a crash',
    )
    .argument('<file>')
    .requiredOption('--election <id>', 'which election', anId)
    .option('--dry-run', 'only say what is wrong')
    .option('--no-mails', 'do not have the opening mails sent yet')
    .option('--correct', 'the file corrects electors who are on the lists: empty cells change nothing')
    .action((file: string, options: ImportOptions) =>
      withApplication(async (app, foundation) => {
        await caughtUp(foundation, ['scrutins']);
        if (options.correct) {
          await correct(app.get(ListCorrection, { strict: false }), file, options);
          return;
        }
        const lists = app.get(ListImport, { strict: false });
        const report = await lists.check(file, options.election);
        await say(report, foundation, options.election);
        if (report.faulty > 0) {
          process.exitCode = 1;
          return;
        }
        if (options.dryRun) return;
        const { store, database, clock } = foundation;
        if (options.mails) await registerReactions(store, database, accountReactions);
        const expiresAt = options.mails ? linkExpiry(clock.now()) : undefined;
        const bar = progressBar('Électeurs', report.electors);
        try {
          const added = await lists.run(file, options.election, report, expiresAt, bar.update);
          bar.stop();
          console.log(`${added} électeurs inscrits`);
        } finally {
          bar.stop();
        }
      }),
    );
  electors
    .command('correct')
    .description('correct the scrutins of an elector, by the ids of elector and scrutins')
    .argument('<electorId>')
    .argument('[scrutinIds...]', 'all of them; none takes the elector off every list')
    .option('--claim <id>', 'the claim that led to it')
    .action((electorId: string, scrutinIds: string[], { claim }: { claim?: string }) =>
      withApplication(async (app) => {
        const correction = { scrutinIds, ...(claim !== undefined && { claimId: claim }) };
        await app.get(Electors, { strict: false }).correct(electorId, correction);
      }),
    );
  electors
    .command('remove')
    .description('take an elector off the lists')
    .argument('<electorId>')
    .option('--claim <id>', 'the claim that led to it')
    .action((electorId: string, { claim }: { claim?: string }) =>
      withApplication(async (app) => {
        await app.get(Electors, { strict: false }).remove(electorId, claim);
      }),
    );
  return electors;
}

/** Says every line that is wrong; where none is, makes the corrections. */
async function correct(lists: ListCorrection, file: string, options: ImportOptions): Promise<void> {
  const report = await lists.check(file, options.election);
  sayFaults(report.form, report.faults, report.faults.length, report.corrections.length);
  if (report.faults.length > 0) process.exitCode = 1;
  else if (!options.dryRun) console.log(`${await lists.run(report)} électeurs corrigés`);
}

function sayFaults(form: FileForm, faults: readonly LineFault[], faulty: number, right: number): void {
  for (const { line, reason } of faults)
    console.log(`${line === undefined ? 'fichier' : `ligne ${line}`} : ${reason}`);
  if (faulty > faults.length) console.log(`… et ${faulty - faults.length} autres`);
  const separator = form.separator === '\t' ? 'tabulation' : form.separator;
  console.log(`${right} lignes correctes, ${faulty} erreurs (${form.encoding}, séparateur « ${separator} »)`);
  if (faulty > 0) console.log('Rien n’est inscrit.');
}

async function say(report: FileReport, { database }: Foundation, electionId: string): Promise<void> {
  const { form, electors, faults, faulty, scrutins } = report;
  sayFaults(form, faults, faulty, electors);
  if (report.finished) console.log('Ce fichier est déjà inscrit en entier.');
  for (const { scrutinId, title, held } of await scrutinsOfElection(database.pool('register'), electionId)) {
    const count = scrutins.get(scrutinId) ?? 0;
    if (held === 'here') console.log(`${title} : ${count} électeurs${count < FEW ? ' (moins de dix)' : ''}`);
  }
}
