import { Body, Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public, Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { frame } from '../../http/frame.js';
import { csrfToken } from '../../http/sessions.js';
import { signedIn } from '../../http/visitor.js';
import { render } from '../../http/views.js';
import { Busy, Refusal, TooSoon } from '../../ledger/refusal.js';
import { StaffSignInBody } from './staff.controller.js';
import { menuOf } from './staff-menu.js';
import { StaffStrategy } from './staff.strategy.js';

const HTML = 'text/html; charset=utf-8';
const NAME = 'Espace du personnel';

/** Where the staff sign in, and what each may open from there. */
@ApiExcludeController()
@Controller('personnel')
export class StaffPages {
  constructor(private readonly strategy: StaffStrategy) {}

  @Public()
  @Get('connexion')
  async signInPage(@Req() request: Request, @Res() response: Response): Promise<void> {
    await sendPage(request, response, this.form(request));
  }

  @Public()
  @Post('connexion')
  async signIn(
    @Req() request: Request,
    @Res() response: Response,
    @Body() { login }: StaffSignInBody,
  ): Promise<void> {
    try {
      await this.strategy.signIn(request, response);
    } catch (error) {
      const wrong = messageOf(error);
      if (wrong === undefined) throw error;
      await sendPage(request, response, this.form(request, login, wrong), 403);
      return;
    }
    await seeOther(request, response, '/personnel');
  }

  @Staff()
  @Get()
  @Header('Content-Type', HTML)
  home(@Req() request: Request): string {
    const user = signedIn(request);
    const roles = user?.kind === 'staff' ? user.roles : [];
    return render('staff-home', {
      ...frame(request, NAME, NAME),
      csrf: csrfToken(request),
      entries: menuOf(roles),
    });
  }

  private form(request: Request, login = '', wrong?: string): string {
    return render('staff-sign-in', {
      ...frame(request, NAME, 'Connexion du personnel'),
      csrf: csrfToken(request),
      login,
      wrong,
    });
  }
}

/** What the page says of a failure that typing again may mend. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof TooSoon)
    return (
      `Trop d’essais : réessayez dans ${Math.ceil(error.retryAfter / 60)} minute(s). Pour entrer tout de suite, saisissez deux ` +
      'codes à la suite : celui que l’application affiche, puis le suivant, dès qu’elle l’affiche.'
    );
  if (error instanceof Busy) return 'Le service est très sollicité : réessayez dans quelques secondes.';
  if (error instanceof Refusal && error.code.startsWith('sign-in.'))
    return 'Nom, mot de passe ou code incorrect. Un code ne sert qu’une fois : attendez le suivant.';
  return undefined;
}
