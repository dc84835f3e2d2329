import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiExcludeController, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../http/access.guard.js';
import { frame, nameOf } from '../../http/frame.js';
import { render } from '../../http/views.js';
import { findElection } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { ScrutinParams } from './counting.bodies.js';
import { minutesPdf } from './minutes-pdf.js';
import { minutesBlocks } from './minutes-wording.js';
import { Minutes, type MinutesFound } from './minutes.js';

/** « Procès-verbal », for everybody once the result is proclaimed (F109, CGFP 577). */
@ApiExcludeController()
@Controller('resultats')
export class MinutesPages {
  constructor(
    private readonly minutes: Minutes,
    private readonly database: Database,
  ) {}

  @Public()
  @Get('proces-verbal/:scrutinId')
  @Header('Content-Type', 'text/html; charset=utf-8')
  async show(@Req() request: Request, @Param() { scrutinId }: ScrutinParams): Promise<string> {
    const found = await this.minutes.of(scrutinId);
    const { electionId, title } = found.content;
    const election = await findElection(this.database.pool('register'), electionId);
    const via = [{ label: 'Résultats', href: `/resultats/${electionId}` }];
    return render('minutes', {
      ...frame(request, nameOf(election ? [election] : []), 'Procès-verbal', { via }),
      ...{ scrutinId, scrutin: title, blocks: blocksOf(found) },
    });
  }
}

/** The minutes as files: what is signed, and how it looks on paper. */
@ApiTags('counting')
@Controller('api/scrutins')
export class MinutesController {
  constructor(private readonly minutes: Minutes) {}

  /** The minutes as they are signed, made of events. */
  @Public()
  @Get(':scrutinId/minutes')
  @ApiProduces('application/json')
  @ApiConflictResponse({ description: 'No result was proclaimed yet.' })
  async json(@Param() { scrutinId }: ScrutinParams, @Res() response: Response): Promise<void> {
    response.type('application/json').send((await this.minutes.of(scrutinId)).text);
  }

  /** The same on paper, with the signatures so far. */
  @Public()
  @Get(':scrutinId/minutes.pdf')
  @ApiProduces('application/pdf')
  @ApiConflictResponse({ description: 'No result was proclaimed yet.' })
  async pdf(@Param() { scrutinId }: ScrutinParams, @Res() response: Response): Promise<void> {
    const found = await this.minutes.of(scrutinId);
    const { title, proclaimedAt } = found.content;
    const at = new Date(found.signed.at(-1)?.at ?? proclaimedAt);
    response
      .attachment(`proces-verbal-${scrutinId}.pdf`)
      .type('application/pdf')
      .send(await minutesPdf(title, at, blocksOf(found)));
  }
}

function blocksOf({ content, ...signatures }: MinutesFound) {
  return minutesBlocks(content, signatures);
}
