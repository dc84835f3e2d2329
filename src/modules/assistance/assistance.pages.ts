import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { seeOther, sendPage } from '../../http/answers.js';
import { frame, nameOf } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { ElectorId } from '../../http/visitor.js';
import { TooSoon } from '../../ledger/refusal.js';
import { listElections } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { HelpDesk, LONGEST_TEXT } from './help-desk.js';

const TITLE = 'Formulaire de demande d’assistance';
const VIA = [{ label: 'Mon portail', href: '/espace' }];

class MessageBody {
  @IsString()
  @MaxLength(2 * LONGEST_TEXT) // a browser counts line ends once, and sends them as two characters
  message!: string;
}

interface Wrong {
  readonly field?: string;
  readonly text: string;
}

/** « Formulaire de demande d'assistance » (F61), for signed-in electors: their questions, and the answers. */
@ApiExcludeController()
@Controller('espace/assistance')
export class AssistancePages {
  constructor(
    private readonly desk: HelpDesk,
    private readonly database: Database,
  ) {}

  @Get()
  async form(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    await sendPage(request, response, await this.page(request, electorId));
  }

  @Post()
  async ask(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Body() { message }: MessageBody,
  ): Promise<void> {
    const text = message.replaceAll('\r\n', '\n').trim();
    const wrong = await this.taken(text, electorId);
    if (wrong) await sendPage(request, response, await this.page(request, electorId, text, wrong), 400);
    else await seeOther(request, response, '/espace/assistance');
  }

  /** What is wrong with a request; undefined once it is taken. */
  private async taken(text: string, electorId: string): Promise<Wrong | undefined> {
    if (text === '') return { field: 'message', text: 'Écrivez votre demande.' };
    if (text.length > LONGEST_TEXT)
      return { field: 'message', text: `Votre demande dépasse ${LONGEST_TEXT} caractères.` };
    try {
      await this.desk.ask(text, electorId, electorId);
      return undefined;
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      const minutes = Math.ceil(error.retryAfter / 60);
      return { text: `Vous avez déjà fait plusieurs demandes : réessayez dans ${minutes} minute(s).` };
    }
  }

  private async page(request: Request, electorId: string, message = '', wrong?: Wrong): Promise<string> {
    const requests = await this.desk.of(electorId);
    return render('assistance', {
      ...frame(request, nameOf(await listElections(this.database.pool('register'))), TITLE, { via: VIA }),
      csrf: csrfToken(request),
      typed: { message },
      errors: wrong ? [wrong] : [],
      requests: requests.map(({ question, answer, askedAt, answeredAt }) => ({
        question: question ?? '(texte effacé)',
        askedAt: inParis(askedAt),
        answer,
        answeredAt: answeredAt && inParis(answeredAt),
      })),
    });
  }
}
