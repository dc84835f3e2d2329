import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../http/access.guard.js';
import { csrfToken } from '../../http/sessions.js';
import { ElectorId, signedIn } from '../../http/visitor.js';
import { ActivationBody, IdentifyBody, LinkBody, NewPasswordBody, PasswordBody } from './account.bodies.js';
import { CaptchaView, ChosenView, LinkView, MeView, QuestionView, SessionView } from './account.views.js';
import { Activation } from './activation.js';
import { Captcha } from '../../captcha/captcha.js';
import { challengeQuestions } from './challenge-questions.js';
import { Identities } from '../../vault/identities.js';
import { SignIn } from './sign-in.js';

/**
 * The account of an elector, for programs: the same steps, in the same order, as the screens E3 to E7. Every call but a GET
 * carries the token of `GET /api/session` in `X-CSRF-Token`.
 */
@ApiTags('account')
@Controller('api')
export class AccountController {
  constructor(
    private readonly signIn: SignIn,
    private readonly activation: Activation,
    private readonly identities: Identities,
    private readonly captcha: Captcha,
  ) {}

  /** Who is signed in, and the token that every change must carry. */
  @Public()
  @Get('session')
  @ApiOkResponse({ type: SessionView })
  session(@Req() request: Request): SessionView {
    const user = signedIn(request);
    const { signedInAt, lastSignIn } = request.session;
    return {
      csrfToken: csrfToken(request),
      kind: user?.kind ?? null,
      activated: user?.kind === 'elector' ? user.activated : null,
      signedInAt: signedInAt ?? null,
      lastSignIn: lastSignIn ?? null,
    };
  }

  /** Signs out (F66). */
  @Public()
  @Delete('session')
  @HttpCode(204)
  signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.signIn.signOut(request, response);
  }

  /** A new CAPTCHA for this session (F20). */
  @Public()
  @Post('captcha')
  @HttpCode(200)
  @ApiOkResponse({ type: CaptchaView })
  challenge(@Req() request: Request): Promise<CaptchaView> {
    return this.captcha.offer(request.session);
  }

  /** E3: says who one is. The answer is the same whether or not an account exists (F88). */
  @Public()
  @Post('sign-in/identifier')
  @HttpCode(204)
  @ApiNoContentResponse()
  identify(@Req() request: Request, @Body() body: IdentifyBody): Promise<void> {
    return this.signIn.identify(request, body);
  }

  /** E4: the password. */
  @Public()
  @Post('sign-in/password')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'Signed in, in a new session.' })
  @ApiForbiddenResponse({ description: '`sign-in.wrong`: not the password of this identifier.' })
  @ApiTooManyRequestsResponse({ description: '`sign-in.too-soon`: again after `Retry-After` seconds.' })
  @ApiServiceUnavailableResponse({
    description: '`server.busy`: `place` in the line, which asking again keeps.',
  })
  async password(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: PasswordBody,
  ): Promise<void> {
    await this.signIn.password(request, response, body);
  }

  /** E4 to E5: has a mail sent with a link to a new password. The answer is the same for everybody (F88). */
  @Public()
  @Post('password-reset')
  @HttpCode(202)
  requestReset(@Req() request: Request): Promise<void> {
    return this.signIn.requestReset(request);
  }

  /** What a link opens; uses nothing up. A POST all the same, so that no token is in an address. */
  @Public()
  @Post('links/status')
  @HttpCode(200)
  @ApiOkResponse({ type: LinkView })
  async link(@Body() { token }: LinkBody): Promise<LinkView> {
    const status = await this.activation.look(token);
    if (status.state === 'unknown') return { state: 'unknown', activated: null, expiresAt: null };
    const { state, activated, expiresAt } = status;
    return { state, activated, expiresAt };
  }

  /** Opens a link: the session may then choose a password. `account.link-used`, `-void`, `-expired`, `-unknown` otherwise. */
  @Public()
  @Post('links/confirm')
  @HttpCode(204)
  async confirm(@Req() request: Request, @Body() { token }: LinkBody): Promise<void> {
    await this.activation.confirm(request, token);
  }

  /** E6: a new password; an active account is signed in with it at once. */
  @Public()
  @Post('account/password')
  @HttpCode(200)
  @ApiOkResponse({ type: ChosenView })
  async choosePassword(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() { password, confirmation, ...captcha }: NewPasswordBody,
  ): Promise<ChosenView> {
    await this.signIn.checkCaptcha(request, captcha);
    return { next: await this.activation.choosePassword(request, response, { password, confirmation }) };
  }

  /** The questions of E7. */
  @Public()
  @Get('account/questions')
  @ApiOkResponse({ type: [QuestionView] })
  questions(): readonly QuestionView[] {
    return challengeQuestions;
  }

  /** E7, « Activer son compte » (F33). */
  @Public()
  @Post('account/activation')
  @HttpCode(204)
  activate(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: ActivationBody,
  ): Promise<void> {
    return this.activation.activate(request, response, body);
  }

  /** E7, « Accès sans activation » (F32): nothing is saved. */
  @Public()
  @Post('account/without-activation')
  @HttpCode(204)
  withoutActivation(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.activation.enterWithoutActivation(request, response);
  }

  /** « Mes informations personnelles » (F54). */
  @Get('me')
  @ApiOkResponse({ type: MeView })
  @ApiOperation({ summary: 'What the lists say of the elector who is signed in.' })
  async me(@ElectorId() electorId: string): Promise<MeView> {
    return MeView.of(electorId, await this.identities.of(electorId));
  }
}
