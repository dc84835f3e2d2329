import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, IsUUID, Length, Matches } from 'class-validator';
import type { Request } from 'express';
import { Staff } from '../../http/access.guard.js';
import { StaffId } from '../../http/visitor.js';
import { BoardParams } from './board.bodies.js';
import { BuildRequests } from './build-requests.js';
import { BuildWatch } from './build-watch.js';
import { Members } from './members.js';

class FingerprintBody {
  @ApiProperty({ description: 'The fingerprint that was announced, as `isoloir build` prints it.' })
  @Matches(/^[0-9a-f]{64}$/)
  build!: string;
}

class ReplacementBody extends FingerprintBody {
  @ApiProperty({ minLength: 1, maxLength: 5_000, description: 'Why; kept as a restricted document.' })
  @IsString()
  @Length(1, 5_000)
  @Matches(/\S/)
  reason!: string;
}

export class BuildRequestParams extends BoardParams {
  @ApiProperty({ format: 'uuid' })
  @IsUUID('4')
  requestId!: string;
}

class SoftwareView {
  @ApiProperty({ description: 'SHA-256 of all that the server runs and serves.' })
  build!: string;
  @ApiProperty({ description: 'SHA-256 of the script that encrypts ballots.' })
  booth!: string;
}

class BuildRequestView extends SoftwareView {
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
  @ApiProperty()
  reason!: string;
  @ApiProperty({ format: 'uuid', description: 'Who asked; another member must approve.' })
  staffId!: string;
}

class BuildView {
  @ApiProperty({ type: SoftwareView, nullable: true, description: 'Null outside of seal and results.' })
  counts!: SoftwareView | null;
  @ApiProperty({ type: [SoftwareView], description: 'What the instances run, each release once.' })
  running!: SoftwareView[];
  @ApiProperty({ description: 'Whether the instance that answers runs other software than counts.' })
  differs!: boolean;
  @ApiProperty({ type: BuildRequestView, nullable: true })
  waiting!: BuildRequestView | null;
}

class AskedView {
  @ApiProperty({ format: 'uuid' })
  requestId!: string;
}

/** The software that counts and the one that runs; replacing it takes two members, one of whom presides (CGFP 571). */
@ApiTags('boards')
@Controller('api/boards/:boardId/build')
export class BuildController {
  constructor(
    private readonly requests: BuildRequests,
    private readonly watch: BuildWatch,
    private readonly members: Members,
  ) {}

  @Staff('administrator', 'auditor', 'board')
  @Get()
  @ApiOkResponse({ type: BuildView })
  async show(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<BuildView> {
    await this.members.requireSight(request, boardId);
    const waiting = await this.requests.waiting(boardId);
    const counts = (await this.watch.unfinished()).find((board) => board.boardId === boardId)?.counts;
    const different = await this.watch.differences();
    return {
      counts: counts ?? null,
      running: await this.watch.live(),
      differs: different.some((board) => board.boardId === boardId),
      waiting: waiting ? viewOf(waiting) : null,
    };
  }

  /** Asks that the software of this fingerprint counts. A later request replaces an earlier one. */
  @Staff('board')
  @Post('requests')
  @ApiCreatedResponse({ type: AskedView })
  @ApiForbiddenResponse({ description: 'Who asks has no seat in this board.' })
  @ApiConflictResponse({ description: 'build.not-sealed, build.not-running, build.counts.' })
  async ask(
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
    @Body() { build, reason }: ReplacementBody,
  ): Promise<AskedView> {
    return { requestId: await this.requests.ask(boardId, staffId, build, reason) };
  }

  /** Approves what another member asked, by the same fingerprint: it counts from now on. */
  @Staff('board')
  @Post('requests/:requestId/approval')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiForbiddenResponse({ description: 'build.two-members, build.no-president.' })
  @ApiConflictResponse({
    description:
      'build.no-request, build.asker-left, build.other-fingerprint, build.not-sealed, build.not-running.',
  })
  approve(
    @StaffId() staffId: string,
    @Param() { boardId, requestId }: BuildRequestParams,
    @Body() { build }: FingerprintBody,
  ): Promise<void> {
    return this.requests.approve(boardId, requestId, staffId, build);
  }

  /** Takes a request back, or refuses it. */
  @Staff('board')
  @Delete('requests/:requestId')
  @HttpCode(204)
  @ApiNoContentResponse()
  drop(@StaffId() staffId: string, @Param() { boardId, requestId }: BuildRequestParams): Promise<void> {
    return this.requests.drop(boardId, requestId, staffId);
  }
}

function viewOf({ requestId, build, booth, reason, staffId }: BuildRequestView): BuildRequestView {
  return { requestId, build, booth, reason, staffId };
}
