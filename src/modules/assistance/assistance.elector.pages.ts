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

class MessageForm {
  @IsString()
  @MaxLength(LONGEST_TEXT * 2) // the page says what is too long; beyond that it is no mistake
  message = '';
}

const FORM = '/espace/assistance';
const SENT = '/espace/assistance/envoyee';
const PORTAL = { label: 'Mon portail', href: '/espace' };
const TITLE = 'Formulaire de demande d’assistance';

/** « Formulaire de demande d'assistance » (F61) of a signed-in elector, and what was answered. */
@ApiExcludeController()
@Controller()
export class AssistanceElectorPages {
  constructor(
    private readonly desk: HelpDesk,
    private readonly database: Database,
  ) {}

  @Get(FORM)
  form(@Req() request: Request, @Res() response: Response, @ElectorId() electorId: string): Promise<void> {
    return this.show(request, response, electorId);
  }

  @Post(FORM)
  async ask(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Body() { message }: MessageForm,
  ): Promise<void> {
    const wrong = mistake(message);
    if (wrong !== undefined) {
      await this.show(request, response, electorId, message, wrong);
      return;
    }
    try {
      await this.desk.ask(message, electorId, electorId);
      await seeOther(request, response, SENT);
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      const minutes = Math.ceil(error.retryAfter / 60);
      const text = `Vous avez déjà envoyé plusieurs demandes : veuillez patienter ${minutes} minute(s).`;
      await this.show(request, response, electorId, message, text);
    }
  }

  @Get(SENT)
  async sent(@Req() request: Request, @Res() response: Response): Promise<void> {
    const via = [PORTAL, { label: TITLE, href: FORM }];
    const paragraphs = [
      'L’assistance vous répondra ici même, sur la page du formulaire de demande d’assistance.',
    ];
    const next = { href: '/espace', label: 'Retour à mon portail' };
    const page = { ...(await this.frame(request, 'Votre demande est envoyée', via)), paragraphs, next };
    await sendPage(request, response, render('said', page));
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    message = '',
    wrong?: string,
  ): Promise<void> {
    const requests = (await this.desk.of(electorId)).map(({ askedAt, question, answeredAt, answer }) => ({
      askedAt: inParis(askedAt),
      question: question ?? '(texte effacé)',
      answeredAt: answeredAt && inParis(answeredAt),
      answer: answer ?? '(texte effacé)',
    }));
    const errors = wrong === undefined ? [] : [{ field: 'message', text: wrong }];
    const page = {
      ...(await this.frame(request, TITLE, [PORTAL])),
      csrf: csrfToken(request),
      longest: LONGEST_TEXT,
      typed: { message },
      errors,
      requests,
    };
    await sendPage(request, response, render('assistance', page), wrong === undefined ? 200 : 422);
  }

  private async frame(request: Request, title: string, via: readonly { label: string; href: string }[]) {
    return frame(request, nameOf(await listElections(this.database.pool('register'))), title, { via });
  }
}

function mistake(message: string): string | undefined {
  if (message.trim() === '') return 'Veuillez saisir votre demande.';
  if (message.length > LONGEST_TEXT) return `Veuillez saisir au plus ${LONGEST_TEXT} caractères.`;
  return undefined;
}
