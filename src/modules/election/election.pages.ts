import { Controller, Get, Header } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import { openPeriod } from '../../http/paris-time.js';
import { Public } from '../../http/public.guard.js';
import { render } from '../../http/views.js';
import type { ElectionRow } from '../../projections/elections.projection.js';
import { ListElections } from './election.queries.js';

/** The pages of an election that need no account. */
@ApiExcludeController()
@Controller()
export class ElectionPages {
  constructor(private readonly queries: QueryBus) {}

  /** Screen E2: which election is held here, and when one can vote. */
  @Public()
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  async home(): Promise<string> {
    const elections = await this.queries.execute<ListElections, ElectionRow[]>(new ListElections());
    const [first] = elections;
    return render('home', {
      title: first && elections.length === 1 ? first.title : 'Portail Élections',
      elections: elections.map(({ electionId, title, calendar }) => ({
        electionId,
        title,
        period: calendar && openPeriod(calendar.votingOpensAt, calendar.votingClosesAt),
      })),
    });
  }
}
