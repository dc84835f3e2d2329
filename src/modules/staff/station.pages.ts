import { Body, Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { frame } from '../../http/frame.js';
import { csrfToken, endSession, forgetBrowser } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { setStation, stationOf } from '../../http/station.js';
import { render } from '../../http/views.js';

class StationForm {
  @IsIn(['print', 'no-print', 'none'])
  station!: 'print' | 'no-print' | 'none';
}

/** Where the staff make a browser a dedicated voting workstation, or an ordinary one again (F117). */
@ApiExcludeController()
@Staff('administrator', 'board')
@Controller('personnel/poste')
export class StationPages {
  constructor(private readonly site: Site) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  form(@Req() request: Request): string {
    const via = [{ label: 'Espace du personnel', href: '/personnel' }];
    return render('staff-station', {
      ...frame(request, 'Espace du personnel', 'Poste de vote dédié', { via }),
      csrf: csrfToken(request),
      present: stationOf(request),
    });
  }

  /** The session of the staff ends with it: nothing of theirs stays on the workstation. */
  @Post()
  async change(
    @Req() request: Request,
    @Res() response: Response,
    @Body() { station }: StationForm,
  ): Promise<void> {
    const { secure } = this.site;
    await endSession(request, response, secure);
    forgetBrowser(response, secure);
    setStation(response, station === 'none' ? undefined : station, secure);
    response.redirect(303, '/');
  }
}
