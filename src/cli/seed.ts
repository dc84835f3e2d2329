import { CommandBus } from '@nestjs/cqrs';
import { Command, InvalidArgumentError } from 'commander';
import { declareDemonstration, DEMONSTRATION_ELECTION } from '../demonstration.js';
import { linkExpiry } from '../modules/account/links.js';
import { demonstrationCalendar } from '../demonstration/calendar.js';
import type { Foundation } from '../foundation.js';
import { accountReactions } from '../modules/account/account.mails.js';
import { Seeding } from '../modules/account/seeding.js';
import { election } from '../modules/election/election.decider.js';
import { registerReactions } from '../projections/reactions.js';
import { anId } from './an-id.js';
import { withApplication } from './application.js';
import { progressBar } from './progress.js';

interface Options {
  readonly electors: number;
  readonly election?: string;
  readonly seed: number;
}

/** `isoloir seed`: invented electors, for trials. An election that does not exist yet is that of the demonstration. */
export function seedCommand(): Command {
  return new Command('seed')
    .description(
      'fill an election with invented electors and have their opening mails sent; goes on after a crash',
    )
    .requiredOption('--electors <n>', 'how many there are to be in all', whole)
    .option(
      '--election <id>',
      "which election; the demonstration's without it, made if it is not there",
      anId,
    )
    .option('--seed <n>', 'which electors are invented: the same number, the same people', whole, 2022)
    .action((options: Options) =>
      withApplication(async (app, foundation) => {
        const { store, database, clock } = foundation;
        await registerReactions(store, database, accountReactions); // before the first event that asks for a mail
        const electionId = options.election ?? DEMONSTRATION_ELECTION;
        if (!(await isDeclared(foundation, electionId))) {
          if (options.election !== undefined) throw new Error(`no election is called ${options.election}`);
          await declareDemonstration(app.get(CommandBus), demonstrationCalendar(clock.now()));
        }
        const { electors, seed } = options;
        const bar = progressBar('Electors', electors);
        const sowing = { electionId, electors, seed, expiresAt: linkExpiry(clock.now()) };
        const added = await app.get(Seeding, { strict: false }).sow(sowing, bar.update);
        bar.stop();
        console.log(`${added} electors are new, ${electors - added} were there`);
      }),
    );
}

async function isDeclared({ ledger }: Foundation, electionId: string): Promise<boolean> {
  return (await ledger.load(election, `election-${electionId}`)).state.phase === 'declared';
}

function whole(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 2_000_000)
    throw new InvalidArgumentError('it takes a whole number from 1 to 2000000');
  return number;
}
