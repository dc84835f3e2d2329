import { BadRequestException, Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import type { Request } from 'express';
import { Staff } from '../../../http/access.guard.js';
import { uploadOf } from '../../../http/uploads.js';
import { ListFiles, type FileOutcome } from './list-files.js';

class ElectionParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

class ListFileBody {
  @ApiProperty({ enum: ['inscription', 'correction'], description: 'New electors, or changes of electors.' })
  @IsIn(['inscription', 'correction'])
  mode!: 'inscription' | 'correction';
  @ApiPropertyOptional({ enum: ['yes', 'no'], default: 'yes', description: 'Only say what is wrong.' })
  @IsOptional()
  @IsIn(['yes', 'no'])
  dryRun: 'yes' | 'no' = 'yes';
  @ApiPropertyOptional({ enum: ['yes', 'no'], default: 'no', description: 'Have the opening mails sent.' })
  @IsOptional()
  @IsIn(['yes', 'no'])
  mails: 'yes' | 'no' = 'no';
}

/** Electoral lists by CSV, for programs of administrators. A million electors come by `isoloir electors import`. */
@ApiTags('electors')
@Staff('administrator')
@Controller('api/elections/:electionId/electors')
export class ListFileController {
  constructor(private readonly files: ListFiles) {}

  /** Checks the file named `fichier` of a form and, unless it is a dry run, writes it if nothing is wrong with it. */
  @Post()
  @HttpCode(200)
  @ApiConsumes('multipart/form-data')
  @ApiOkResponse({ description: 'Every bad line by its number and reason; `done` once it is written.' })
  async read(
    @Req() request: Request,
    @Param() { electionId }: ElectionParams,
    @Body() { mode, dryRun, mails }: ListFileBody,
  ): Promise<FileOutcome> {
    const content = uploadOf(request, 'fichier');
    if (!content) throw new BadRequestException();
    return this.files.read(electionId, mode, content, { write: dryRun === 'no', mails: mails === 'yes' });
  }
}
