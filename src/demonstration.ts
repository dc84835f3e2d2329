import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Foundation } from './foundation.js';
import { accountReactions } from './modules/account/account.mails.js';
import { inventedElector } from './modules/account/invented-electors.js';
import { Seeding } from './modules/account/seeding.js';
import { DeclareElection, SetCalendar } from './modules/election/election.commands.js';
import { registerReactions } from './projections/reactions.js';

/** The election of a demonstration is always the same one, so that two instances that start together set up one. */
export const DEMONSTRATION_ELECTION = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';
/** Which electors are invented for it. */
export const DEMONSTRATION_SEED = 2022;
const ELECTORS = 20;

/** The mailbox of the last elector does not exist, so that the staff of a demonstration have something to mend. */
export const NO_MAILBOX = inventedElector(DEMONSTRATION_ELECTION, DEMONSTRATION_SEED, ELECTORS - 1).known
  .email;

/**
 * Sets up the election of 2022 with twenty electors in an empty ledger, through the same commands as anybody. A set-up
 * that was cut off is finished by the next start; a ledger that holds something else is left alone.
 */
export async function setUpDemonstration(
  foundation: Foundation,
  app: INestApplicationContext,
): Promise<void> {
  const { store, database, projections, clock } = foundation;
  const events = await countEvents(foundation);
  if (events === 0 && (await store.head()) !== undefined) return;
  await registerReactions(store, database, accountReactions); // before the first event that asks for a mail
  if (events < 2) await declareDemonstration(app.get(CommandBus));
  await app.get(Seeding).sow({
    electionId: DEMONSTRATION_ELECTION,
    electors: ELECTORS,
    seed: DEMONSTRATION_SEED,
    expiresAt: linkExpiry(clock.now()),
  });
  await projections.waitFor('elections', await store.head(), 5_000); // so that the first page shows it
}

/** Declares the election of 2022 and its calendar; doing it again changes nothing. */
export async function declareDemonstration(commands: CommandBus): Promise<void> {
  await commands.execute(
    new DeclareElection(DEMONSTRATION_ELECTION, 'Élections professionnelles 2022', '2022'),
  );
  await commands.execute(
    new SetCalendar(DEMONSTRATION_ELECTION, {
      portalOpensAt: '2022-10-13T08:00:00.000Z', // 10 h in Paris
      votingOpensAt: '2022-12-01T07:00:00.000Z', // 8 h in Paris
      votingClosesAt: '2022-12-08T16:00:00.000Z', // 17 h in Paris
      graceMinutes: 20,
    }),
  );
}

/** How long an opening link holds that was sent now: « conservez-le, il vous sera utile jusqu’à la période de vote » (F15). */
export function linkExpiry(now: string): string {
  return new Date(Date.parse(now) + LINK_LIFE).toISOString();
}

const LINK_LIFE = 90 * 86_400_000; // milliseconds: from the opening of the portal to the end of the vote, and some

async function countEvents({ store }: Foundation): Promise<number> {
  let events = 0;
  for await (const event of store.readStream(`election-${DEMONSTRATION_ELECTION}`, { limit: 2 })) {
    events = event.revision + 1;
  }
  return events;
}
