import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { seeOther, sendPage } from '../../http/answers.js';
import { Public } from '../../http/access.guard.js';
import { inParis } from '../../http/paris-time.js';
import { render } from '../../http/views.js';
import { Refusal } from '../../ledger/refusal.js';
import { Activation } from './activation.js';
import { Captcha } from '../../captcha/captcha.js';
import { challengeQuestions } from './challenge-questions.js';
import { againAfter, first, mustHold, sendForm, type Again } from './page-errors.js';
import { ActivationForm, NewPasswordForm } from './page-forms.js';
import { PageFrames } from './page-frames.js';
import { passwordRules } from './password-rules.js';
import { SignIn } from './sign-in.js';

const PASSWORD = '/activation/mot-de-passe';
const QUESTION = '/activation';
const SPACE = '/espace';

/** Why a link opens nothing, for who holds it (F11, F14). */
const dead = {
  unknown: [
    'Ce lien n’est pas valable',
    'L’adresse est incomplète, ou ce n’est pas un lien du portail. Certaines messageries coupent les liens trop longs : recopiez-le en entier.',
  ],
  used: ['Ce lien a déjà été utilisé', 'Ce lien ne pouvait être utilisé qu’une seule fois, et il l’a été.'],
  void: [
    'Ce lien a été remplacé',
    'Un lien plus récent a été utilisé, ou votre adresse a changé depuis l’envoi de celui-ci.',
  ],
  expired: ['Ce lien n’est plus valable', 'Le délai pour utiliser ce lien est passé.'],
  missing: ['Reprenez par le lien', 'Votre navigateur n’a plus de lien ouvert : la session est terminée.'],
} as const;
type Dead = keyof typeof dead;

/** From the link of a mail to the portal: its landing page (F96), screens E6 and E7. */
@ApiExcludeController()
@Controller()
@Public()
export class ActivationPages {
  constructor(
    private readonly frames: PageFrames,
    private readonly captcha: Captcha,
    private readonly activation: Activation,
    private readonly signIn: SignIn,
  ) {}

  /** Where the link of a mail leads: a button. Changes nothing, as often as a scanner of mails opens it (F96). */
  @Get('lien/:token')
  async link(
    @Req() request: Request,
    @Res() response: Response,
    @Param('token') token: string,
  ): Promise<void> {
    const link = await this.activation.look(token);
    if (link.state !== 'open') {
      await this.showDead(request, response, link.state);
      return;
    }
    try {
      await this.activation.requirePortal(link);
    } catch (error) {
      await this.showRefused(request, response, error);
      return;
    }
    const frame = await this.frames.of(request, 'Accéder au portail Élections');
    const until = `${inParis(new Date(link.expiresAt))} (heure de Paris)`;
    await sendPage(request, response, render('link', { ...frame, link, until, action: request.path }));
  }

  /** The button: this browser may now choose a password. */
  @Post('lien/:token')
  async confirm(
    @Req() request: Request,
    @Res() response: Response,
    @Param('token') token: string,
  ): Promise<void> {
    try {
      await this.activation.confirm(request, token);
      await seeOther(request, response, PASSWORD);
    } catch (error) {
      await this.showRefused(request, response, error);
    }
  }

  /** E6. */
  @Get(PASSWORD)
  async newPassword(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (request.session.link) await this.showPassword(request, response);
    else await this.showDead(request, response, 'missing');
  }

  @Post(PASSWORD)
  async choose(
    @Req() request: Request,
    @Res() response: Response,
    @Body() form: NewPasswordForm,
  ): Promise<void> {
    if (!request.session.link) {
      await this.showDead(request, response, 'missing');
      return;
    }
    try {
      mustHold({
        password: [form.password, 'saisir un mot de passe'],
        confirmation: [form.confirmation, 'confirmer le mot de passe'],
      });
      await this.signIn.checkCaptcha(request, form);
      const next = await this.activation.choosePassword(request, response, form);
      await seeOther(request, response, next === 'chosen' ? QUESTION : SPACE);
    } catch (error) {
      if (isOfLink(error)) await this.showDead(request, response, deadBy(error));
      else await this.showPassword(request, response, againAfter(error));
    }
  }

  /** E7, once a password was chosen. */
  @Get(QUESTION)
  async question(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (request.session.chosenPassword === undefined) await seeOther(request, response, PASSWORD);
    else await this.showQuestion(request, response, '');
  }

  @Post(QUESTION)
  async activate(
    @Req() request: Request,
    @Res() response: Response,
    @Body() form: ActivationForm,
  ): Promise<void> {
    try {
      if (form.choix === 'sans') await this.activation.enterWithoutActivation(request, response);
      else {
        mustHold({
          question: [form.question, 'choisir une question défi'],
          answer: [form.answer, 'saisir votre réponse secrète'],
          confirmation: [form.confirmation, 'confirmer votre réponse secrète'],
        });
        await this.activation.activate(request, response, form);
      }
      await seeOther(request, response, SPACE);
    } catch (error) {
      if (isOfLink(error)) await this.showDead(request, response, deadBy(error));
      else await this.showQuestion(request, response, form.question, againAfter(error));
    }
  }

  /** A link that opens nothing any more, or nothing yet: before the portal opens (F1). */
  private async showRefused(request: Request, response: Response, error: unknown): Promise<void> {
    if (!(error instanceof Refusal) || error.code !== 'portal.not-open') {
      await this.showDead(request, response, deadBy(error));
      return;
    }
    const frame = await this.frames.of(request, 'Le portail n’est pas encore ouvert');
    const [only, ...others] = frame.elections;
    const opens = others.length === 0 ? only?.calendar?.portalOpensAt : undefined;
    const paragraphs = [
      opens ? `Il ouvrira le ${inParis(opens)} (heure de Paris).` : 'La date de son ouverture sera annoncée.',
      'Gardez votre message : le lien qu’il contient n’est pas utilisé, et servira à ce moment-là.',
    ];
    const next = { href: '/', label: 'Retour à l’accueil' };
    await sendPage(request, response, render('said', { ...frame, paragraphs, next }), 409);
  }

  private async showDead(request: Request, response: Response, why: Dead): Promise<void> {
    const [title, reason] = dead[why];
    const frame = await this.frames.of(request, title);
    response
      .status(why === 'unknown' ? 404 : 410)
      .type('html')
      .send(render('link-dead', { ...frame, reason }));
  }

  private async showPassword(request: Request, response: Response, again: Again = first): Promise<void> {
    const scripts = ['password-rules', 'waiting-line', 'proof-of-work'];
    const frame = await this.frames.of(request, 'Initialisation du mot de passe Élections', { scripts });
    const captcha = await this.captcha.offer(request.session);
    const page = { ...frame, ...again, captcha, rules: passwordRules };
    await sendForm(request, response, render('new-password', page), again);
  }

  private async showQuestion(
    request: Request,
    response: Response,
    question: string,
    again: Again = first,
  ): Promise<void> {
    const via = [{ label: 'Mot de passe Élections', href: PASSWORD }];
    const frame = await this.frames.of(request, 'Activation du compte électeur', {
      via,
      scripts: ['waiting-line'],
    });
    const page = { ...frame, ...again, typed: { question }, questions: challengeQuestions };
    await sendForm(request, response, render('activation', page), again);
  }
}

/** What is refused because of the link, not of what was typed. */
const codes = new Map<string, Dead>([
  ['account.link-unknown', 'unknown'],
  ['account.link-used', 'used'],
  ['account.link-void', 'void'],
  ['account.link-expired', 'expired'],
  ['account.link-missing', 'missing'],
  ['account.password-missing', 'missing'],
  ['account.already-active', 'used'],
]);

function isOfLink(error: unknown): boolean {
  return error instanceof Refusal && codes.has(error.code);
}

function deadBy(error: unknown): Dead {
  const why = error instanceof Refusal ? codes.get(error.code) : undefined;
  if (!why) throw error;
  return why;
}
