import { Body, Controller, Get, Header, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { Request, Response } from 'express';
import { Public } from '../../http/access.guard.js';
import { frame, nameOf } from '../../http/frame.js';
import { fromParisField, inParis, inParisField } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { listElections } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { MemorySmsSender, SmsSender } from '../../sms/sms-sender.js';
import { Workshop } from './workshop.js';

const MINUTE = 60_000;
/** The freeze comes a minute after the grace period (design 3, point 7), and takes its moment. */
const UNTIL_FROZEN = 2;

class ClockBody {
  @Matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, { message: 'instant: takes a date and an hour in Paris' })
  instant!: string;
}

class FileParams {
  @Matches(/^[\w-]{1,80}\.(pdf|json)$/)
  name!: string;
}

/** The desk of a demonstration: its clock, its staff, its notices and keys. No such page exists in production. */
@ApiExcludeController()
@Controller('demonstration')
export class WorkshopPages {
  constructor(
    private readonly workshop: Workshop,
    private readonly database: Database,
    private readonly sms: SmsSender,
  ) {}

  @Public()
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  async desk(@Req() request: Request): Promise<string> {
    const elections = await listElections(this.database.pool('register'));
    const [election] = elections;
    const now = this.workshop.now();
    const files = await this.workshop.files();
    return render('demonstration', {
      ...frame(request, nameOf(elections), 'La démonstration'),
      csrf: csrfToken(request),
      now: inParis(now),
      field: inParisField(now),
      moments: election?.calendar ? momentsOf(election.calendar) : [],
      staff: this.workshop.staff(),
      passphrase: this.workshop.passphrase,
      sms: this.sms instanceof MemorySmsSender ? this.sms.messages.map(inParts) : [],
      notices: files.filter((name) => name.endsWith('.pdf')),
      shares: files.filter((name) => name.endsWith('.json')),
    });
  }

  @Public()
  @Post('horloge')
  async moveClock(@Body() { instant }: ClockBody, @Res() response: Response): Promise<void> {
    await this.workshop.moveClock(fromParisField(instant));
    response.redirect(303, '/demonstration');
  }

  /** A notice to read, or a share of the board's key to keep. */
  @Public()
  @Get('fichiers/:name')
  async file(@Param() { name }: FileParams, @Res() response: Response): Promise<void> {
    const content = await this.workshop.file(name);
    if (!content) throw new NotFoundException();
    if (name.endsWith('.json')) response.attachment(name);
    response.type(name.endsWith('.pdf') ? 'application/pdf' : 'application/json').send(content);
  }
}

interface Calendar {
  readonly votingOpensAt: Date;
  readonly votingClosesAt: Date;
  readonly graceMinutes: number;
}

/** The hours that somebody who looks around wants to go to. */
function momentsOf({ votingOpensAt, votingClosesAt, graceMinutes }: Calendar) {
  const closing = votingClosesAt.getTime();
  return [
    {
      label: 'La veille de l’ouverture du vote',
      field: inParisField(new Date(votingOpensAt.getTime() - 86_400_000)),
    },
    { label: 'L’ouverture du vote', field: inParisField(votingOpensAt) },
    { label: 'Cinq minutes avant la clôture', field: inParisField(new Date(closing - 5 * MINUTE)) },
    {
      label: 'Après le délai de grâce : l’urne est figée, le bureau dépouille',
      field: inParisField(new Date(closing + (graceMinutes + UNTIL_FROZEN) * MINUTE)),
    },
  ];
}

/** A text message, with the link that it may hold apart. */
function inParts({ to, text }: { readonly to: string; readonly text: string }) {
  const [before = '', href] = text.split(/(https?:\/\/\S+)/);
  return { to, before, href };
}
