import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { Public } from '../../http/access.guard.js';
import type { ElectionRow } from '../../projections/elections.projection.js';
import { FindElection, ListElections } from './election.queries.js';

class ElectionParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

class CalendarView {
  @ApiProperty({ format: 'date-time', description: 'When electors may activate their accounts.' })
  portalOpensAt!: string;
  @ApiProperty({ format: 'date-time' })
  votingOpensAt!: string;
  @ApiProperty({ format: 'date-time' })
  votingClosesAt!: string;
  @ApiProperty({ description: 'How long who signed in before the closing may go on.' })
  graceMinutes!: number;
}

class ElectionView {
  @ApiProperty({ format: 'uuid' })
  electionId!: string;
  @ApiProperty()
  title!: string;
  @ApiProperty({ enum: ['2022', '2026'], description: 'Whose rules hold.' })
  preset!: string;
  @ApiProperty({ type: CalendarView, nullable: true, description: 'Null until it is set.' })
  calendar!: CalendarView | null;
}

/** What anyone may know of the elections held here. */
@ApiTags('elections')
@Controller('api/elections')
export class ElectionController {
  constructor(private readonly queries: QueryBus) {}

  /** All elections, the one whose vote opens first at the top. */
  @Public()
  @Get()
  @ApiOkResponse({ type: [ElectionView] })
  async list(): Promise<ElectionView[]> {
    const elections = await this.queries.execute<ListElections, ElectionRow[]>(new ListElections());
    return elections.map(viewOf);
  }

  /** One election. */
  @Public()
  @Get(':electionId')
  @ApiOkResponse({ type: ElectionView })
  @ApiNotFoundResponse({ description: 'No election has this id.' })
  async find(@Param() { electionId }: ElectionParams): Promise<ElectionView> {
    const query = new FindElection(electionId);
    const election = await this.queries.execute<FindElection, ElectionRow | undefined>(query);
    if (!election) throw new NotFoundException();
    return viewOf(election);
  }
}

function viewOf({ electionId, title, preset, calendar }: ElectionRow): ElectionView {
  return {
    electionId,
    title,
    preset,
    calendar: calendar
      ? {
          portalOpensAt: calendar.portalOpensAt.toISOString(),
          votingOpensAt: calendar.votingOpensAt.toISOString(),
          votingClosesAt: calendar.votingClosesAt.toISOString(),
          graceMinutes: calendar.graceMinutes,
        }
      : null,
  };
}
