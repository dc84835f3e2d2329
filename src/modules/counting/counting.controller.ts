import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Public, Staff } from '../../http/access.guard.js';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { StaffId } from '../../http/visitor.js';
import { Refusal } from '../../ledger/refusal.js';
import { findTally } from '../../projections/tallies.projection.js';
import { Database } from '../../storage/database.js';
import { Archiving } from './archiving.js';
import { Boxes } from './boxes.js';
import { CountViews } from './count-views.js';
import { BoardParams, ElectionParams, PartsBody, ScrutinParams, SignatureBody } from './counting.bodies.js';
import { Decrypting, type Filed } from './decrypting.js';
import { Minutes } from './minutes.js';
import { Reconciling, type Settled } from './reconciling.js';

/** The count: what is published of it, and what members of the board do. */
@ApiTags('counting')
@Controller('api')
export class CountingController {
  constructor(
    private readonly views: CountViews,
    private readonly reconciling: Reconciling,
    private readonly decrypting: Decrypting,
    private readonly archiving: Archiving,
    private readonly boxes: Boxes,
    private readonly minutes: Minutes,
    private readonly site: Site,
    private readonly database: Database,
  ) {}

  /** The frozen scrutins of a board, with all that a key holder verifies before decrypting. */
  @Public()
  @Get('boards/:boardId/count')
  @ApiOkResponse()
  count(@Param() { boardId }: BoardParams) {
    return this.views.count(boardId);
  }

  /** The ballots of a frozen box, one a line, in the order of the ledger. */
  @Public()
  @Get('scrutins/:scrutinId/ballots')
  @ApiProduces('application/x-ndjson')
  @ApiConflictResponse({ description: 'The box is not frozen yet.' })
  async ballots(@Param() { scrutinId }: ScrutinParams, @Res() response: Response): Promise<void> {
    const tally = await findTally(this.database.pool('register'), scrutinId); // a box is not read for who only asks
    const { frozen } = tally && tally.phase !== 'open' ? await this.boxes.of(scrutinId) : {};
    if (!frozen) throw new Refusal('counting.not-frozen', 'The box is not frozen yet.');
    const lines = async function* (boxes: Boxes) {
      for await (const event of boxes.events(scrutinId))
        if (event.type === 'VotesCast') yield event.data.ballots.map((text) => `${text}\n`).join('');
    };
    response.type('application/x-ndjson');
    await pipeline(Readable.from(lines(this.boxes)), response);
  }

  /** Reconciles all frozen scrutins of the board: where names, tags and counts agree, or the board has stated that they do not, the register key dies. */
  @Staff('board')
  @Post('boards/:boardId/reconciliation')
  @HttpCode(200)
  @ApiOkResponse()
  reconcile(@Param() { boardId }: BoardParams, @StaffId() staffId: string): Promise<Settled[]> {
    return this.reconciling.reconcile(boardId, staffId);
  }

  /** Files the parts of a holder, each judged by itself. Results are proclaimed where the quorums are reached. */
  @Staff('board')
  @Post('boards/:boardId/decryptions')
  @HttpCode(200)
  @ApiOkResponse()
  @ApiConflictResponse({ description: 'No box of these may be decrypted yet. The journal says who asked.' })
  decrypt(
    @Param() { boardId }: BoardParams,
    @Body() { parts }: PartsBody,
    @StaffId() staffId: string,
  ): Promise<Filed[]> {
    return this.decrypting.file(boardId, staffId, parts);
  }

  /** The results of an election. A scrutin that is not proclaimed shows none. */
  @Public()
  @Get('elections/:electionId/results')
  @ApiOkResponse()
  results(@Param() { electionId }: ElectionParams) {
    return this.views.results(electionId);
  }

  /** The archive of a counted scrutin, for belenios-tool and `isoloir verify-archive`. */
  @Public()
  @Get('scrutins/:scrutinId/archive')
  @ApiProduces('application/octet-stream')
  @ApiConflictResponse({ description: 'No result was proclaimed yet.' })
  async archive(@Param() { scrutinId }: ScrutinParams, @Res() response: Response): Promise<void> {
    const { name, pieces } = await this.archiving.archive(scrutinId);
    response.attachment(name).type('application/octet-stream');
    await pipeline(Readable.from(pieces), response);
  }

  /** Signs the minutes with a one-time password: the secretary first (CGFP 577). */
  @Staff('board')
  @Post('scrutins/:scrutinId/minutes/signature')
  @HttpCode(200)
  @ApiOkResponse()
  async sign(
    @Param() { scrutinId }: ScrutinParams,
    @Body() { code }: SignatureBody,
    @StaffId() staffId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ minutes: string }> {
    const browser = browserOf(request, response, this.site.secure);
    return { minutes: await this.minutes.sign(scrutinId, staffId, code, browser) };
  }
}
