import { Command } from 'commander';
import { linkExpiry } from '../demonstration.js';
import type { Foundation } from '../foundation.js';
import { accountReactions } from '../modules/account/account.mails.js';
import { Electors } from '../modules/account/electors.js';
import { ListImport, type FileReport } from '../modules/account/lists/list-import.js';
import { registerReactions } from '../projections/reactions.js';
import { scrutinsOfElection } from '../projections/scrutins.projection.js';
import { withApplication } from './application.js';
import { progressBar } from './progress.js';

interface ImportOptions {
  readonly election: string;
  readonly dryRun?: true;
  readonly mails: boolean;
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
    .requiredOption('--election <id>')
    .option('--dry-run', 'only say what is wrong')
    .option('--no-mails', 'do not have the opening mails sent yet')
    .action((file: string, options: ImportOptions) =>
      withApplication(async (app, foundation) => {
        const lists = app.get(ListImport, { strict: false });
        await caughtUp(foundation);
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

/** The codes of scrutins are looked up in a read model, which a server feeds; without one, this process does. */
async function caughtUp({ projections, store }: Foundation): Promise<void> {
  projections.start();
  const shown = await projections.waitFor('scrutins', await store.head(), 600_000);
  await projections.stop();
  if (!shown) throw new Error('the read model of scrutins does not catch up');
}

async function say(report: FileReport, { database }: Foundation, electionId: string): Promise<void> {
  const { form, electors, faults, faulty, scrutins } = report;
  for (const { line, reason } of faults)
    console.log(`${line === undefined ? 'fichier' : `ligne ${line}`} : ${reason}`);
  if (faulty > faults.length) console.log(`… et ${faulty - faults.length} autres`);
  const separator = form.separator === '\t' ? 'tabulation' : form.separator;
  console.log(
    `${electors} lignes correctes, ${faulty} erreurs (${form.encoding}, séparateur « ${separator} »)`,
  );
  if (faulty > 0) console.log('Rien n’est inscrit.');
  if (report.finished) console.log('Ce fichier est déjà inscrit en entier.');
  for (const { scrutinId, title, held } of await scrutinsOfElection(database.pool('register'), electionId)) {
    const count = scrutins.get(scrutinId) ?? 0;
    if (held === 'here') console.log(`${title} : ${count} électeurs${count < FEW ? ' (moins de dix)' : ''}`);
  }
}
