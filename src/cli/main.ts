import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { auditCommand } from './audit.js';
import { backupCommand, restoreCommand } from './backup.js';
import { buildCommand } from './build.js';
import { dbCommand } from './db.js';
import { demoCommand } from './demo.js';
import { exportCommand } from './export.js';
import { keyholderCommand } from './keyholder.js';
import { dryRunCommand } from './dry-run.js';
import { electorsExportCommand } from './electors-export.js';
import { eraseCommand } from './erase.js';
import { electionCommand } from './election.js';
import { electorsCommand } from './electors.js';
import { ledgerCommand } from './ledger.js';
import { mailCommand } from './mail.js';
import { noticesCommand } from './notices.js';
import { projectionsCommand } from './projections.js';
import { reactionsCommand } from './reactions.js';
import { seatsCommand } from './seats.js';
import { retainCommand } from './retain.js';
import { replayCommand } from './replay.js';
import { seedCommand } from './seed.js';
import { staffCommand } from './staff.js';
import { verifyArchiveCommand } from './verify-archive.js';
import { witnessCommand } from './witness.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `isoloir`: the one entry for all that is not the server. */
const program = new Command('isoloir')
  .description('An event-sourced election ledger: the work of operators, key holders and auditors.')
  .version(version)
  .addCommand(auditCommand())
  .addCommand(backupCommand())
  .addCommand(buildCommand())
  .addCommand(dbCommand())
  .addCommand(demoCommand())
  .addCommand(dryRunCommand())
  .addCommand(exportCommand())
  .addCommand(keyholderCommand())
  .addCommand(eraseCommand())
  .addCommand(electionCommand())
  .addCommand(electorsCommand().addCommand(electorsExportCommand()))
  .addCommand(ledgerCommand())
  .addCommand(mailCommand())
  .addCommand(noticesCommand())
  .addCommand(projectionsCommand())
  .addCommand(reactionsCommand())
  .addCommand(restoreCommand())
  .addCommand(retainCommand())
  .addCommand(seatsCommand())
  .addCommand(replayCommand())
  .addCommand(seedCommand())
  .addCommand(staffCommand())
  .addCommand(verifyArchiveCommand())
  .addCommand(witnessCommand());

/** Has a command and those below it throw, instead of ending the process with 1, which says « findings » in an audit. */
function throwing(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwing);
}

throwing(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 64; // it has said by itself what is misspelt
  } else {
    // What went wrong is in the message; the stack would only hide it. Exit 2 as a command that could not do its work.
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
