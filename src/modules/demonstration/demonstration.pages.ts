import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { Type } from 'class-transformer';
import type { Response } from 'express';
import { inParis } from '../../http/paris-time.js';
import { Public } from '../../http/access.guard.js';
import { render } from '../../http/views.js';
import { CatchAll, type CaughtMail } from '../../mail/catch-all.js';

const HTML = 'text/html; charset=utf-8';

/**
 * What the body of a mail may do in its frame: be seen, with the styles it brings along, and have its links opened in a
 * window of their own. No script, no image from anywhere, no form.
 */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

class MailParams {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  number!: number;
}

/** The mails of a demonstration, as a webmail would show them. */
@ApiExcludeController()
@Controller('demonstration/mails')
export class DemonstrationPages {
  constructor(private readonly catchAll: CatchAll) {}

  @Public()
  @Get()
  @Header('Content-Type', HTML)
  async list(): Promise<string> {
    const mails = await this.catchAll.newest();
    return render('mails', { received: this.catchAll.received, mails: mails.map(lineOf) });
  }

  @Public()
  @Get(':number')
  @Header('Content-Type', HTML)
  async show(@Param() { number }: MailParams): Promise<string> {
    const mail = await this.find(number);
    return render('mail', { ...lineOf(mail), text: linesOf(mail.text) });
  }

  /** The HTML body, alone in its frame. */
  @Public()
  @Get(':number/html')
  async body(@Param() { number }: MailParams, @Res() response: Response): Promise<void> {
    const { html } = await this.find(number);
    response.set('Content-Security-Policy', MAIL_POLICY).set('X-Frame-Options', 'SAMEORIGIN');
    // A link must leave the frame, in which the portal refuses to be shown.
    response.type('html').send(html.replace(/<head>/i, '<head><base target="_blank">'));
  }

  private async find(number: number): Promise<CaughtMail> {
    const mail = await this.catchAll.find(number);
    if (!mail) throw new NotFoundException();
    return mail;
  }
}

function lineOf({ number, from, to, subject, date }: CaughtMail) {
  return { number, from, to, subject, date: inParis(date) };
}

/** The lines of a text, each in parts: a part that is an address of the web becomes a link. */
function linesOf(text: string): { text: string; href: string | undefined }[][] {
  return text.split('\n').map((line) =>
    line.split(/(https?:\/\/\S+)/).map((part, index) => ({
      text: part,
      href: index % 2 === 1 ? part : undefined,
    })),
  );
}
