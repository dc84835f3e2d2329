import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiConsumes, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../http/access.guard.js';
import { uploadsOf } from '../http/uploads.js';
import { Refusal } from '../ledger/refusal.js';
import { BadElectionFile } from './election-file.js';
import { ElectionFiles } from './election-files.js';
import type { Change } from './election-plan.js';
import { SentPapers } from './sent-papers.js';
import { WrittenElection } from './written-election.js';

class ElectionParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  electionId!: string;
}

class FileBody {
  @ApiProperty({ description: 'The file of an election: docs/examples/election.yaml.' })
  @IsString()
  @Length(1, 900_000)
  yaml!: string;
}

class ChangesView {
  @ApiProperty({ type: [String], description: 'In their order; empty when the ledger says the same.' })
  changes!: string[];
}

/** A whole election as one file, for programs. Logos and statements come as files named `pieces` in a form. */
@ApiTags('elections')
@Staff('administrator')
@Controller('api')
export class ElectionFileController {
  constructor(
    private readonly files: ElectionFiles,
    private readonly papers: SentPapers,
    private readonly written: WrittenElection,
  ) {}

  /** The present election as YAML: applying it changes nothing. */
  @Get('elections/:electionId/file')
  @ApiOkResponse({ content: { 'application/yaml': {} } })
  async show(@Res() response: Response, @Param() { electionId }: ElectionParams): Promise<void> {
    const yaml = await this.written.of(electionId);
    if (yaml === undefined) throw new NotFoundException();
    response.type('application/yaml; charset=utf-8').send(yaml);
  }

  /** What applying a file would change; nothing is written. */
  @Post('election-files/preview')
  @HttpCode(200)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiOkResponse({ type: ChangesView })
  async preview(@Req() request: Request, @Body() { yaml }: FileBody): Promise<ChangesView> {
    return viewOf(await this.changes(request, yaml));
  }

  /** Makes the ledger say what the file says. */
  @Post('election-files')
  @HttpCode(200)
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiOkResponse({ type: ChangesView })
  @ApiConflictResponse({ description: '`election-file.bad`, or the code of the rule that refuses a change.' })
  async apply(@Req() request: Request, @Body() { yaml }: FileBody): Promise<ChangesView> {
    const changes = await this.changes(request, yaml);
    await this.files.apply(changes);
    return viewOf(changes);
  }

  private async changes(request: Request, typed: string): Promise<Change[]> {
    try {
      const { yaml, paper } = await this.papers.keep(typed, uploadsOf(request, 'pieces'));
      return await this.files.changesOf(yaml, paper);
    } catch (error) {
      if (error instanceof BadElectionFile) throw new Refusal('election-file.bad', error.message);
      throw error;
    }
  }
}

function viewOf(changes: readonly Change[]): ChangesView {
  return { changes: changes.map(({ says }) => says) };
}
