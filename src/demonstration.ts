import type { CommandBus } from '@nestjs/cqrs';
import type { Foundation } from './foundation.js';
import { DeclareElection, SetCalendar } from './modules/election/election.commands.js';

/** The election of a demonstration is always the same one, so that two instances that start together set up one. */
export const DEMONSTRATION_ELECTION = '5c6a1a46-1f0e-4b0c-9d57-2022120108aa';

/**
 * Sets up the election of 2022 in an empty ledger, through the same commands as anybody. A set-up that was cut off is
 * finished by the next start; a ledger that holds something else is left alone.
 */
export async function setUpDemonstration(
  { store, projections }: Pick<Foundation, 'store' | 'projections'>,
  commands: CommandBus,
): Promise<void> {
  let events = 0;
  for await (const event of store.readStream(`election-${DEMONSTRATION_ELECTION}`, { limit: 2 })) {
    events = event.revision + 1;
  }
  if (events > 1 || (events === 0 && (await store.head()) !== undefined)) return;
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
  await projections.waitFor('elections', await store.head(), 5_000); // so that the first page shows it
}
