import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { demonstrationCalendar, type DemonstrationCalendar } from './demonstration/calendar.js';
import { NotebookWorkshop } from './demonstration/notebook-workshop.js';
import { Notebook } from './demonstration/notebook.js';
import { prepareVote } from './demonstration/prepare-vote.js';
import type { Foundation } from './foundation.js';
import { MovedClock } from './ledger/clock.js';
import { accountReactions } from './modules/account/account.mails.js';
import { inventedElector } from './modules/account/invented-electors.js';
import { linkExpiry } from './modules/account/links.js';
import { Seeding } from './modules/account/seeding.js';
import type { Workshop } from './modules/demonstration/workshop.js';
import { DeclareElection, SetCalendar } from './modules/election/election.commands.js';
import { registerReactions } from './projections/reactions.js';

/** The election of a demonstration is always the same one, so that two instances that start together set up one. */
export const DEMONSTRATION_ELECTION = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';
/** Which electors are invented for it. */
export const DEMONSTRATION_SEED = 2022;
const ELECTORS = { portal: 20, vote: 50 };

/** The mailbox of one elector does not exist, so that the staff of a demonstration have something to mend. */
export const NO_MAILBOX = inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, ELECTORS.portal - 1)
  .known.email;

/** What a demonstration has beside its data; undefined in production. */
export async function openDemonstration({
  config,
  clock,
}: Foundation): Promise<{ readonly notebook: Notebook; readonly workshop: Workshop } | undefined> {
  if (!(clock instanceof MovedClock)) return undefined;
  const notebook = await Notebook.open(config.dataFolder);
  if (config.clock === undefined) clock.offset = notebook.clockOffset;
  return { notebook, workshop: new NotebookWorkshop(notebook, clock) };
}

/**
 * Sets up an election in an empty ledger, through the same commands as anybody: `DEMONSTRATION` says how far. A set-up that
 * was cut off is finished by the next start; a ledger that holds something else is left alone.
 */
export async function setUpDemonstration(
  foundation: Foundation,
  app: INestApplicationContext,
  notebook: Notebook,
): Promise<void> {
  const { config, store, database, projections, clock } = foundation;
  if (config.demonstration === 'empty' || notebook.setUp === 'ready') return;
  if (notebook.setUp === 'no' && (await store.head()) !== undefined) return;
  await notebook.noteSetUp('begun');
  await registerReactions(store, database, accountReactions); // before the first event that asks for a mail
  const calendar = demonstrationCalendar(clock.now());
  const crop = {
    electionId: DEMONSTRATION_ELECTION,
    seed: DEMONSTRATION_SEED,
    expiresAt: linkExpiry(clock.now()),
  };
  if ((await countEvents(foundation)) < 2) await declareDemonstration(app.get(CommandBus), calendar);
  if (config.demonstration === 'vote' && clock instanceof MovedClock)
    await prepareVote({ app, foundation, notebook, clock, calendar }, { ...crop, electors: ELECTORS.vote });
  else await app.get(Seeding).sow({ ...crop, electors: ELECTORS.portal });
  await projections.waitFor('elections', await store.head(), 5_000); // so that the first page shows it
  await notebook.noteSetUp('ready');
}

/** Declares the election and its calendar; doing it again changes nothing. */
export async function declareDemonstration(
  commands: CommandBus,
  calendar: DemonstrationCalendar,
): Promise<void> {
  const title = `Élections professionnelles ${calendar.votingOpensAt.slice(0, 4)}`;
  await commands.execute(new DeclareElection(DEMONSTRATION_ELECTION, title, '2022'));
  await commands.execute(new SetCalendar(DEMONSTRATION_ELECTION, calendar));
}

async function countEvents({ store }: Foundation): Promise<number> {
  let events = 0;
  for await (const event of store.readStream(`election-${DEMONSTRATION_ELECTION}`, { limit: 2 })) {
    events = event.revision + 1;
  }
  return events;
}
