import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsInt, IsISO8601, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { randomUUID } from 'node:crypto';
import { Public, Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import type { ElectionRow } from '../../projections/elections.projection.js';
import { CloseLists, DeclareElection, RenameElection, SetCalendar } from './election.commands.js';
import { FindElection, ListElections } from './election.queries.js';

export class ElectionParams {
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

class TitleBody {
  @ApiProperty({ maxLength: 200 })
  @IsString()
  @Length(1, 200)
  title!: string;
}

class NewElectionBody extends TitleBody {
  @ApiProperty({ enum: ['2022', '2026'], description: 'Whose rules hold.' })
  @IsIn(['2022', '2026'])
  preset!: '2022' | '2026';
}

const INSTANT = { strict: true, strictSeparator: true } as const;

/** The whole calendar: what is not said is not set. Instants carry their zone. */
class CalendarBody {
  @ApiProperty({ format: 'date-time' })
  @IsISO8601(INSTANT)
  portalOpensAt!: string;
  @ApiProperty({ format: 'date-time' })
  @IsISO8601(INSTANT)
  votingOpensAt!: string;
  @ApiProperty({ format: 'date-time' })
  @IsISO8601(INSTANT)
  votingClosesAt!: string;
  @ApiProperty({ minimum: 0, maximum: 60 })
  @IsInt()
  @Min(0)
  @Max(60)
  graceMinutes!: number;
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(INSTANT)
  listsShownAt?: string;
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(INSTANT)
  candidatesDueAt?: string;
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(INSTANT)
  candidatesShownAt?: string;
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(INSTANT)
  noticesFrom?: string;
}

/** What anyone may know of the elections held here, and what administrators set up. */
@ApiTags('elections')
@Controller('api/elections')
export class ElectionController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

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

  /** Declares an election. The rules are fixed for good, the title until a board has sealed it. */
  @Staff('administrator')
  @Post()
  @ApiCreatedResponse({ schema: { properties: { electionId: { type: 'string', format: 'uuid' } } } })
  async declare(@Body() { title, preset }: NewElectionBody): Promise<{ electionId: string }> {
    const electionId = randomUUID();
    await this.commands.execute(new DeclareElection(electionId, title, preset));
    return { electionId };
  }

  /** Corrects the title, until a board has sealed it. */
  @Staff('administrator')
  @Put(':electionId/title')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: '`election.title-sealed`: break the seals first.' })
  async rename(
    @StaffId() by: string,
    @Param() { electionId }: ElectionParams,
    @Body() { title }: TitleBody,
  ): Promise<void> {
    await this.commands.execute(new RenameElection(electionId, title, by));
  }

  /** Sets the whole calendar, for the first time or anew. */
  @Staff('administrator')
  @Put(':electionId/calendar')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: '`election.sealed`, `election.calendar-order`, … say which rule.' })
  async setCalendar(
    @Param() { electionId }: ElectionParams,
    @Body() { graceMinutes, ...times }: CalendarBody,
  ): Promise<void> {
    const utc = Object.fromEntries(
      Object.entries(times as Record<string, string | undefined>).flatMap(([moment, at]) =>
        at === undefined ? [] : [[moment, new Date(at).toISOString()]],
      ),
    ) as unknown as typeof times;
    await this.commands.execute(new SetCalendar(electionId, { ...utc, graceMinutes }));
  }

  /** Ends every change of electoral lists and lists of candidates, for good (CGFP 528). */
  @Staff('administrator')
  @Post(':electionId/lists/closing')
  @HttpCode(204)
  @ApiNoContentResponse()
  async closeLists(@StaffId() by: string, @Param() { electionId }: ElectionParams): Promise<void> {
    await this.commands.execute(new CloseLists(electionId, by));
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
