import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { findElection, listElections, type ElectionRow } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';

/** All elections, the one whose vote opens first at the top. */
export class ListElections {
  readonly kind = 'ListElections';
}

/** One election, undefined when there is none of this id. */
export class FindElection {
  readonly kind = 'FindElection';
  constructor(readonly electionId: string) {}
}

/** Answers from the read model. */
@QueryHandler(ListElections)
export class ListElectionsHandler implements IQueryHandler<ListElections, ElectionRow[]> {
  constructor(private readonly database: Database) {}

  execute(): Promise<ElectionRow[]> {
    return listElections(this.database.pool('register'));
  }
}

/** Answers from the read model. */
@QueryHandler(FindElection)
export class FindElectionHandler implements IQueryHandler<FindElection, ElectionRow | undefined> {
  constructor(private readonly database: Database) {}

  execute({ electionId }: FindElection): Promise<ElectionRow | undefined> {
    return findElection(this.database.pool('register'), electionId);
  }
}

/** All that the module registers. */
export const electionQueries = [ListElectionsHandler, FindElectionHandler];
