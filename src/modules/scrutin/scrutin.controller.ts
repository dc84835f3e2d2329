import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
  Req,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import {
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import { Staff } from '../../http/access.guard.js';
import { uploadOf } from '../../http/uploads.js';
import { findScrutin, scrutinsOfElection, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { Candidatures } from './candidatures.js';
import type { CandidateDocument } from './candidate-document.js';
import { Declarations } from './declarations.js';
import { DrawListOrder, WithdrawCandidateList } from './scrutin.commands.js';

class ElectionParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

class ScrutinParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  scrutinId!: string;
}

class ListParams extends ScrutinParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  listId!: string;
}

class ScrutinBody {
  @ApiProperty({ example: 'CSA-PARIS' })
  @Matches(/^[A-Z0-9][A-Z0-9-]{0,19}$/)
  code!: string;
  @ApiProperty({ maxLength: 200 })
  @IsString()
  @Length(1, 200)
  title!: string;
  @ApiProperty({ enum: ['CSA', 'CAP', 'CCP'] })
  @IsIn(['CSA', 'CAP', 'CCP'])
  body!: 'CSA' | 'CAP' | 'CCP';
  @ApiProperty({ minimum: 1, maximum: 200 })
  @IsInt()
  @Min(1)
  @Max(200)
  seats!: number;
  @ApiProperty({ enum: ['here', 'elsewhere'], description: 'Elsewhere: electors are told so (F65).' })
  @IsIn(['here', 'elsewhere'])
  held!: 'here' | 'elsewhere';
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('4')
  boardId?: string;
}

class NewScrutinBody extends ScrutinBody {
  @ApiPropertyOptional({ enum: ['Ed25519', 'BELENIOS-2048'], default: 'Ed25519' })
  @IsIn(['Ed25519', 'BELENIOS-2048'])
  group: 'Ed25519' | 'BELENIOS-2048' = 'Ed25519';
}

class CandidateListBody {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'Title, affiliation, ordered candidates, shares of a joint list; as JSON text where a logo comes with it.',
  })
  @IsDefined()
  list!: unknown;
}

class DrawBody {
  @ApiProperty({ description: 'Public: the same seed gives the same order to anyone.', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  seed!: string;
}

/** Scrutins and lists of candidates, for programs of administrators. Files come as multipart forms. */
@ApiTags('scrutins')
@Staff('administrator')
@Controller('api')
export class ScrutinController {
  constructor(
    private readonly declarations: Declarations,
    private readonly candidatures: Candidatures,
    private readonly commands: CommandBus,
    private readonly database: Database,
  ) {}

  /** The scrutins of an election with their lists. */
  @Get('elections/:electionId/scrutins')
  @ApiOkResponse({ description: 'Documents by their addresses.' })
  list(@Param() { electionId }: ElectionParams): Promise<ScrutinRow[]> {
    return scrutinsOfElection(this.database.pool('register'), electionId);
  }

  /** Declares a scrutin. */
  @Post('elections/:electionId/scrutins')
  @ApiCreatedResponse({ schema: { properties: { scrutinId: { type: 'string', format: 'uuid' } } } })
  @ApiConflictResponse({ description: '`scrutin.code-taken`, `lists.closed`, …' })
  async declare(
    @Param() { electionId }: ElectionParams,
    @Body() body: NewScrutinBody,
  ): Promise<{ scrutinId: string }> {
    const { scrutinId } = await this.declarations.declare(electionId, body);
    return { scrutinId };
  }

  /** Corrects a scrutin until the lists are closed. Uuid and group are fixed. */
  @Put('scrutins/:scrutinId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async correct(@Param() { scrutinId }: ScrutinParams, @Body() body: ScrutinBody): Promise<void> {
    const scrutin = await findScrutin(this.database.pool('register'), scrutinId);
    if (!scrutin) throw new NotFoundException();
    await this.declarations.correct(scrutin, body);
  }

  /** Files a list of candidates. */
  @Post('scrutins/:scrutinId/lists')
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiCreatedResponse({ schema: { properties: { listId: { type: 'string', format: 'uuid' } } } })
  @ApiConflictResponse({ description: '`candidates.bad-logo`, `scrutin.candidates-late`, `lists.closed`, …' })
  async file(
    @Req() request: Request,
    @Param() { scrutinId }: ScrutinParams,
    @Body() { list }: CandidateListBody,
  ): Promise<{ listId: string }> {
    const listId = randomUUID();
    await this.candidatures.file(scrutinId, listId, documentOf(list), uploadOf(request, 'logo'));
    return { listId };
  }

  /** Files a list anew under its id. Without a logo it has none. */
  @Put('scrutins/:scrutinId/lists/:listId')
  @ApiConsumes('application/json', 'multipart/form-data')
  @HttpCode(204)
  @ApiNoContentResponse()
  async fileAgain(
    @Req() request: Request,
    @Param() { scrutinId, listId }: ListParams,
    @Body() { list }: CandidateListBody,
  ): Promise<void> {
    await this.candidatures.file(scrutinId, listId, documentOf(list), uploadOf(request, 'logo'));
  }

  /** Files the statement of a list: a PDF named `statement` in a form. */
  @Put('scrutins/:scrutinId/lists/:listId/statement')
  @ApiConsumes('multipart/form-data')
  @HttpCode(204)
  @ApiNoContentResponse()
  async state(@Req() request: Request, @Param() { scrutinId, listId }: ListParams): Promise<void> {
    const statement = uploadOf(request, 'statement');
    if (!statement) throw new BadRequestException();
    await this.candidatures.state(scrutinId, listId, statement);
  }

  /** Takes a list back, for good. */
  @Delete('scrutins/:scrutinId/lists/:listId')
  @HttpCode(204)
  @ApiNoContentResponse()
  async withdraw(@Param() { scrutinId, listId }: ListParams): Promise<void> {
    await this.commands.execute(new WithdrawCandidateList(scrutinId, listId));
  }

  /** Draws the order of the lists. */
  @Post('scrutins/:scrutinId/order')
  @HttpCode(204)
  @ApiNoContentResponse()
  async draw(@Param() { scrutinId }: ScrutinParams, @Body() { seed }: DrawBody): Promise<void> {
    await this.commands.execute(new DrawListOrder(scrutinId, seed));
  }
}

/** The list of a body, whose content `Candidatures` judges. */
function documentOf(list: unknown): CandidateDocument {
  if (typeof list !== 'string') return list as CandidateDocument;
  try {
    return JSON.parse(list) as CandidateDocument;
  } catch {
    throw new BadRequestException();
  }
}
