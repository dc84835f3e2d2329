import { Body, Controller, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, IsUUID, Length } from 'class-validator';
import type { Request, Response } from 'express';
import { setTimeout as sleep } from 'node:timers/promises';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { ElectionQuery } from '../../http/election-query.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import { presentElection } from '../../projections/elections.projection.js';
import { Turnouts } from './turnouts.js';
import { electionView, scrutinView } from './turnout.views.js';

export class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

export class ScrutinParams extends ElectionParams {
  @IsUUID('4')
  scrutinId!: string;
}

class LiveQuery {
  /** The pulse of what the page shows. */
  @Type(() => Number)
  @IsInt()
  vu!: number;
}

class EarlierBody {
  @IsString()
  @Length(1, 30_000)
  csv!: string;
}

const HOME = { label: 'Espace du personnel', href: '/personnel' };
const ALL = { label: 'Participation', href: '/personnel/participation' };
const LOOK = 1_000; // milliseconds between two looks at the counters
const LONGEST = 25_000; // a browser comes back by itself

/** Turnout, live: never a word about choices (F103, F106). */
@ApiExcludeController()
@Staff('administrator', 'board', 'auditor')
@Controller('personnel/participation')
export class TurnoutPages {
  constructor(
    private readonly turnouts: Turnouts,
    private readonly clock: Clock,
  ) {}

  @Get()
  async all(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { election }: ElectionQuery,
  ): Promise<void> {
    await this.page(request, response, election);
  }

  /** Says when a vote is shown that was not before; the page then asks for itself again. */
  @Get(':electionId/flux')
  async live(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
    @Query() { vu }: LiveQuery,
  ): Promise<void> {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write('retry: 1000\n\n');
    for (const from = performance.now(); performance.now() - from < LONGEST && isWanted(request, response);) {
      const now = await this.turnouts.pulse(electionId);
      if (now !== vu) {
        response.write(`data: ${now}\n\n`);
        break;
      }
      await sleep(LOOK);
    }
    response.end();
  }

  /** For administrators: the turnout of an earlier election, to compare with. */
  @Staff('administrator')
  @Post(':electionId/comparaison')
  async compare(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId }: ElectionParams,
    @Body() { csv }: EarlierBody,
  ): Promise<void> {
    try {
      await this.turnouts.fileEarlier(electionId, csv, staffId);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'turnout.earlier-wrong') throw error;
      await this.page(request, response, electionId, { wrong: error.message, csv });
      return;
    }
    await seeOther(request, response, `/personnel/participation?election=${electionId}`);
  }

  @Get(':electionId/scrutins/:scrutinId')
  async one(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId, scrutinId }: ScrutinParams,
  ): Promise<void> {
    const found = await this.turnouts.ofScrutin(electionId, scrutinId);
    if (!found) throw new NotFoundException();
    const html = render('staff-turnout-scrutin', {
      ...frame(request, 'Espace du personnel', `Participation : ${found.figures.title}`, {
        via: [HOME, ALL],
        scripts: ['turnout'],
      }),
      ...scrutinView(electionId, found),
      at: inParis(found.at),
    });
    await sendPage(request, response, html);
  }

  private async page(
    request: Request,
    response: Response,
    asked: string | undefined,
    earlier?: { wrong: string; csv: string },
  ): Promise<void> {
    const elections = await this.turnouts.elections();
    const electionId = asked ?? presentElection(elections, this.clock.now())?.electionId;
    const figures = electionId === undefined ? undefined : await this.turnouts.ofElection(electionId);
    if (asked !== undefined && !figures) throw new NotFoundException();
    const user = signedIn(request);
    const html = render('staff-turnout', {
      ...frame(request, 'Espace du personnel', 'Participation', { via: [HOME], scripts: ['turnout'] }),
      csrf: csrfToken(request),
      ...{ elections, electionId },
      figures: figures && electionView(figures),
      at: figures && inParis(figures.at),
      mayCompare: user?.kind === 'staff' && user.roles.includes('administrator'),
      earlier,
    });
    await sendPage(request, response, html, earlier ? 400 : 200);
  }
}

/** Neither gone, nor in the way of a server that stops. */
function isWanted(request: Request, response: Response): boolean {
  return !request.destroyed && !response.destroyed && response.shouldKeepAlive;
}
