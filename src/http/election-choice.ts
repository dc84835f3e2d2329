import { IsOptional, IsUUID } from 'class-validator';
import { Refusal } from '../ledger/refusal.js';
import { listElections, presentElection, type ElectionRow } from '../projections/elections.projection.js';
import type { Queryable } from '../storage/database.js';

/** The election that an address names, of a page that speaks of one. */
export class ElectionQuery {
  @IsOptional()
  @IsUUID('4')
  election?: string;
}

/** All elections, and the one that was asked for or is held now. Refuses where none is declared. */
export async function chosenElection(
  register: Queryable,
  asked: string | undefined,
  now: string,
): Promise<{ readonly elections: readonly ElectionRow[]; readonly electionId: string }> {
  const elections = await listElections(register);
  const electionId = asked ?? presentElection(elections, now)?.electionId;
  if (electionId === undefined) throw new Refusal('election.none', 'No election is declared yet.');
  return { elections, electionId };
}
