import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.js';
import { copySetUp } from '../dry-run/copied-set-up.js';
import { dryRun } from '../dry-run/dry-run.js';
import { layFoundation } from '../foundation.js';
import { Log } from '../operations/log.js';
import { findElection } from '../projections/elections.projection.js';
import { anId } from './an-id.js';
import { theElection } from './the-election.js';

interface Options {
  readonly out: string;
  readonly electors: number;
  readonly election?: string;
  readonly databaseUrl?: string;
  readonly databaseOwnerUrl?: string;
}

/** `isoloir dry-run`: the « scrutin à blanc ». Exit 0 when all is as it was voted, 1 when the audit finds faults. */
export function dryRunCommand(): Command {
  return new Command('dry-run')
    .description(
      '« scrutin à blanc »: clone the set-up into a ledger of its own, vote, count, publish, archive, audit',
    )
    .requiredOption('--out <folder>', 'where results, minutes, archives and the report of the audit are left')
    .option('--electors <count>', 'test electors', atLeastTwo, 12)
    .option('--election <id>', 'which election, where there are several', anId)
    .option('--database-url <url>', 'an empty database for it; an embedded one when absent')
    .option('--database-owner-url <url>', 'its owner, where that is another role')
    .action(async ({ out, electors, election, databaseUrl, databaseOwnerUrl }: Options) => {
      const setUp = await readSetUp(election);
      const report = await dryRun(setUp, {
        ...{
          out,
          electors,
          say: (line) => {
            console.log(line);
          },
        },
        ...(databaseUrl !== undefined && {
          database: {
            url: databaseUrl,
            ...(databaseOwnerUrl !== undefined && { ownerUrl: databaseOwnerUrl }),
          },
        }),
      });
      process.exitCode = report.audited ? 0 : 1;
    });
}

async function readSetUp(election: string | undefined) {
  const foundation = await layFoundation(readConfig(), new Log('error'), true);
  try {
    const register = foundation.database.pool('register');
    const row = await findElection(register, await theElection(foundation, election));
    if (!row) throw new Error('the election is gone');
    return await copySetUp(row, register, foundation.documents);
  } finally {
    await foundation.close();
  }
}

function atLeastTwo(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) < 2)
    throw new InvalidArgumentError('expected a number from 2');
  return Number(text);
}
