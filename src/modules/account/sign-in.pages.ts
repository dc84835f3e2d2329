import {
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { seeOther, sendPage } from '../../http/answers.js';
import { Public } from '../../http/access.guard.js';
import { render } from '../../http/views.js';
import { TooSoon } from '../../ledger/refusal.js';
import { signedIn } from '../../http/visitor.js';
import { Captcha } from '../../captcha/captcha.js';
import { againAfter, first, mustHold, sendForm, type Again } from './page-errors.js';
import { IdentifierForm, PasswordForm } from './page-forms.js';
import { PageFrames } from './page-frames.js';
import { SignIn } from './sign-in.js';

const SPACE = '/espace';
const IDENTIFIER = '/connexion';
const PASSWORD = '/connexion/mot-de-passe';
const SENT = '/connexion/reassort';
const TOO_MANY =
  'Trop de liens ont été demandés depuis votre réseau : veuillez patienter dix minutes avant d’en demander un autre.';

/** Screens E3 to E5, and the way out. A form is posted to its own address, so that a reload leads back to it (F24). */
@ApiExcludeController()
@Controller()
@Public()
export class SignInPages {
  constructor(
    private readonly frames: PageFrames,
    private readonly captcha: Captcha,
    private readonly signIn: SignIn,
  ) {}

  /** E3. Who is signed in is led to the portal, by one redirect. */
  @Get(IDENTIFIER)
  async identifier(
    @Req() request: Request,
    @Res() response: Response,
    @Query('session') ended?: string,
  ): Promise<void> {
    if (signedIn(request)?.kind === 'elector') await seeOther(request, response, SPACE);
    else await this.showIdentifier(request, response, { identifier: '' }, first, ended === 'terminee');
  }

  @Post(IDENTIFIER)
  async identify(
    @Req() request: Request,
    @Res() response: Response,
    @Body() form: IdentifierForm,
  ): Promise<void> {
    try {
      mustHold({ identifier: [form.identifier, 'saisir votre identifiant'] });
      await this.signIn.identify(request, form);
      await seeOther(request, response, PASSWORD);
    } catch (error) {
      await this.showIdentifier(request, response, form, againAfter(error));
    }
  }

  /** E4, for who said who they are on E3. */
  @Get(PASSWORD)
  async password(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (signedIn(request)?.kind === 'elector') await seeOther(request, response, SPACE);
    else if (!request.session.claim) await seeOther(request, response, IDENTIFIER);
    else await this.showPassword(request, response);
  }

  @Post(PASSWORD)
  async enter(@Req() request: Request, @Res() response: Response, @Body() form: PasswordForm): Promise<void> {
    if (!request.session.claim) {
      await seeOther(request, response, IDENTIFIER);
      return;
    }
    try {
      mustHold({ password: [form.password, 'saisir votre mot de passe Élections'] });
      await this.signIn.password(request, response, form);
      await seeOther(request, response, SPACE);
    } catch (error) {
      await this.showPassword(request, response, againAfter(error));
    }
  }

  /** « Besoin du réassort de votre mot de passe Elections ? »: the same answer for everybody (F88). */
  @Post(SENT)
  async reassort(@Req() request: Request, @Res() response: Response): Promise<void> {
    try {
      if (request.session.claim) await this.signIn.requestReset(request);
      await seeOther(request, response, request.session.claim ? SENT : IDENTIFIER);
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      await this.showPassword(request, response, {
        status: 429,
        errors: [{ field: 'password', text: TOO_MANY }],
      });
    }
  }

  /** E5. */
  @Get(SENT)
  async sent(@Req() request: Request, @Res() response: Response): Promise<void> {
    const via = [{ label: 'Accès au portail Élections', href: IDENTIFIER }];
    const frame = await this.frames.of(request, 'Réassort du mot de passe Élections', { via });
    await sendPage(request, response, render('mail-sent', frame));
  }

  /** The picture of a CAPTCHA, for the session that was asked. */
  @Get('captcha/:id')
  picture(@Req() request: Request, @Param('id') id: string): StreamableFile {
    const picture = this.captcha.picture(request.session, id);
    if (!picture) throw new NotFoundException();
    return new StreamableFile(picture, { type: 'image/png' });
  }

  /** « Déconnexion » (F66). */
  @Post('deconnexion')
  async signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.signIn.signOut(request, response);
    await seeOther(request, response, '/deconnexion');
  }

  @Get('deconnexion')
  async signedOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (signedIn(request)?.kind === 'elector') {
      await seeOther(request, response, SPACE);
      return;
    }
    await sendPage(
      request,
      response,
      render('said', {
        ...(await this.frames.of(request, 'Vous êtes déconnecté')),
        paragraphs: ['Votre session est fermée. Vous pouvez fermer cette fenêtre.'],
        next: { href: '/', label: 'Retour à l’accueil' },
      }),
    );
  }

  private async showIdentifier(
    request: Request,
    response: Response,
    typed: { readonly identifier: string; readonly electionId?: string },
    again: Again = first,
    ended = false,
  ): Promise<void> {
    const frame = await this.frames.of(request, 'Accès au portail Élections', { scripts: ['proof-of-work'] });
    const captcha = await this.captcha.offer(request.session);
    await sendForm(
      request,
      response,
      render('identifier', { ...frame, ...again, typed, ended, captcha }),
      again,
    );
  }

  private async showPassword(request: Request, response: Response, again: Again = first): Promise<void> {
    const via = [{ label: 'Accès au portail Élections', href: IDENTIFIER }];
    const scripts = ['waiting-line', 'proof-of-work'];
    const frame = await this.frames.of(request, 'Saisie du mot de passe Élections', { via, scripts });
    const captcha = this.signIn.captchaNeeded(request)
      ? await this.captcha.offer(request.session)
      : undefined;
    await sendForm(request, response, render('password', { ...frame, ...again, captcha }), again);
  }
}
