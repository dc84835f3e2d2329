import type { Foundation } from '../foundation.js';
import { listElections } from '../projections/elections.projection.js';

/** The election that a command is about: the one given, or the only one. */
export async function theElection(
  { database, projections, store }: Pick<Foundation, 'database' | 'projections' | 'store'>,
  given: string | undefined,
): Promise<string> {
  await projections.waitFor('elections', await store.head(), 60_000);
  const elections = await listElections(database.pool('register'));
  const [only] = elections;
  const found = given === undefined ? only : elections.find(({ electionId }) => electionId === given);
  if (given === undefined && elections.length > 1)
    throw new Error(
      `--election: expected one of ${elections.map(({ electionId }) => electionId).join(', ')}`,
    );
  if (!found)
    throw new Error(given === undefined ? 'no election is declared' : `no election is called ${given}`);
  return found.electionId;
}
