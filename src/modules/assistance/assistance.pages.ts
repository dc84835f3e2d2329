import { Body, Controller, Get, Header, Param, Post, Query, Redirect, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Staff } from '../../http/access.guard.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { delaysSaid } from '../../http/delays-said.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { AfterQuery, AssistanceBody, AssistanceParams } from './assistance.controller.js';
import { HelpDesk, LONGEST_TEXT, PAGE } from './help-desk.js';

/** Where assistance answers. The form for electors is among their pages. */
@ApiExcludeController()
@Staff('assistance', 'administrator')
@Controller('personnel/assistance')
export class AssistancePages {
  constructor(private readonly desk: HelpDesk) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  async list(@Req() request: Request, @Query() { after }: AfterQuery): Promise<string> {
    const requests = await this.desk.open(after);
    return render('staff-assistance', {
      ...frame(request, 'Espace du personnel', 'Demandes d’assistance'),
      csrf: csrfToken(request),
      longest: LONGEST_TEXT,
      after,
      next: requests.length === PAGE ? requests.at(-1)?.assistanceId : undefined,
      delays: delaysSaid(await this.desk.delays()),
      requests: requests.map(({ assistanceId, question, askedAt, electorId }) => ({
        assistanceId,
        electorId,
        question: question ?? '(texte effacé)',
        askedAt: inParis(askedAt),
      })),
    });
  }

  @Post(':assistanceId/reponse')
  @Redirect('/personnel/assistance', 303)
  answer(
    @StaffId() staffId: string,
    @Param() { assistanceId }: AssistanceParams,
    @Body() { text }: AssistanceBody,
  ): Promise<void> {
    return this.desk.answer(assistanceId, staffId, text);
  }
}
