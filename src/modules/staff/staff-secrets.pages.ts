import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { toString } from 'qrcode';
import { Public, Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, type FormError, type Words } from '../../http/form-reader.js';
import { frame } from '../../http/frame.js';
import { browserOf, csrfToken } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { StaffId } from '../../http/visitor.js';
import { render } from '../../http/views.js';
import { Busy, Refusal, TooSoon } from '../../ledger/refusal.js';
import { Backoff } from '../../vault/backoff.js';
import { SHORTEST_PASSWORD, StaffAccounts } from './staff-accounts.js';
import { StaffEnrolment, type ChosenSecrets } from './staff-enrolment.js';
import { newTotpKey, otpauthUrl } from './totp.js';

const NAME = 'Espace du personnel';
const LONGEST = 256;

/** The screen on which the holder of an account sets password and authenticator: by a link, or signed in. */
@ApiExcludeController()
@Controller('personnel')
export class StaffSecretsPages {
  constructor(
    private readonly enrolment: StaffEnrolment,
    private readonly accounts: StaffAccounts,
    private readonly backoff: Backoff,
    private readonly site: Site,
  ) {}

  /** Where a one-time link leads. Looking uses nothing up. */
  @Public()
  @Get('lien/:token')
  async link(
    @Req() request: Request,
    @Res() response: Response,
    @Param('token') token: string,
  ): Promise<void> {
    try {
      const { login } = await this.enrolment.look(token);
      await this.show(request, response, login);
    } catch (error) {
      await this.dead(request, response, error);
    }
  }

  @Public()
  @Post('lien/:token')
  async useLink(
    @Req() request: Request,
    @Res() response: Response,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<void> {
    try {
      const { login } = await this.enrolment.look(token);
      const chosen = chosenIn(request, body);
      await this.finish(request, response, login, () => this.enrolment.complete(token, chosen));
    } catch (error) {
      await this.dead(request, response, error);
    }
  }

  /** « Mon mot de passe et mon application ». */
  @Staff()
  @Get('compte')
  async own(@Req() request: Request, @Res() response: Response, @StaffId() staffId: string): Promise<void> {
    const { secrets } = await this.accounts.known(staffId);
    await this.show(request, response, secrets?.login ?? '', true);
  }

  @Staff()
  @Post('compte')
  async change(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Body() body: unknown,
  ): Promise<void> {
    const { secrets } = await this.accounts.known(staffId);
    const chosen = chosenIn(request, body);
    const present = new FormReader(body).typed('present').slice(0, 20);
    const browser = browserOf(request, response, this.site.secure);
    const work = async () => {
      const one = await this.backoff.begin(`staff-secrets/${staffId}`, browser);
      await this.enrolment.change(staffId, present, chosen);
      await one.succeeded();
    };
    await this.finish(request, response, secrets?.login ?? '', work, true);
  }

  private async finish(
    request: Request,
    response: Response,
    login: string,
    work: () => Promise<void>,
    own = false,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      const wrong = wordsOf(error);
      if (!wrong) throw error;
      await this.show(request, response, login, own, [wrong]);
      return;
    }
    delete (request.session as Partial<Request['session']>).newStaffKey;
    await seeOther(request, response, '/personnel/connexion');
  }

  private async show(
    request: Request,
    response: Response,
    login: string,
    own = false,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const session = request.session as Partial<Request['session']>;
    const key = (session.newStaffKey ??= newTotpKey()); // stays while the page is corrected
    const title = own ? 'Mon mot de passe et mon application' : 'Votre mot de passe et votre application';
    const html = render('staff-secrets', {
      ...frame(request, NAME, title, own ? { via: [{ label: NAME, href: '/personnel' }] } : {}),
      ...{ csrf: csrfToken(request), action: request.path, login, own, errors, key },
      ...{ shortest: SHORTEST_PASSWORD, longest: LONGEST },
      picture: await toString(otpauthUrl(key, login), { type: 'svg', margin: 2, width: 200 }),
    });
    await sendPage(request, response, html, errors.length > 0 ? 422 : 200);
  }

  private async dead(request: Request, response: Response, error: unknown): Promise<void> {
    const reason = error instanceof Refusal ? dead[error.code] : undefined;
    if (reason === undefined) throw error;
    const html = render('link-dead', {
      ...frame(request, NAME, 'Ce lien n’est plus valable'),
      reason,
      staff: true,
    });
    await sendPage(
      request,
      response,
      html,
      error instanceof Refusal && error.code.endsWith('unknown') ? 404 : 410,
    );
  }
}

const dead: Readonly<Record<string, string>> = {
  'staff.link-unknown': 'L’adresse est incomplète, ou ce n’est pas un lien de ce portail.',
  'staff.link-void':
    'Il a été utilisé ou remplacé. Si vous ne l’avez pas utilisé vous-même, prévenez aussitôt le bureau de vote.',
  'staff.link-expired': 'Le délai pour l’utiliser est passé : demandez-en un autre à un administrateur.',
};

const words: Words = {
  'staff.password-too-short': {
    field: 'password',
    text: `Mot de passe : ${SHORTEST_PASSWORD} caractères au moins.`,
  },
  'staff.password-confirmation': {
    field: 'confirmation',
    text: 'Les deux mots de passe ne sont pas les mêmes.',
  },
  'staff.wrong-new-code': {
    field: 'code',
    text: 'Ce n’est pas le code que l’application affiche pour cette nouvelle clé.',
  },
  'staff.wrong-code': {
    field: 'present',
    text: 'Code de l’application actuelle incorrect, ou déjà utilisé : attendez le suivant.',
  },
};

/** What the page says of a failure that typing again may mend. */
function wordsOf(error: unknown): FormError | undefined {
  if (error instanceof TooSoon)
    return {
      field: 'present',
      text: `Trop d’essais : réessayez dans ${Math.ceil(error.retryAfter / 60)} minute(s).`,
    };
  if (error instanceof Busy)
    return { text: 'Le service est très sollicité : réessayez dans quelques secondes.' };
  return error instanceof Refusal ? words[error.code] : undefined;
}

/** The key is that of the page, which the session keeps: nobody brings one along. */
function chosenIn({ session }: Request, body: unknown): ChosenSecrets {
  const form = new FormReader(body);
  const [password, confirmation] = [form.typed('password'), form.typed('confirmation')].map((text) =>
    text.slice(0, LONGEST),
  ) as [string, string];
  const totpKey = (session as Partial<Request['session']>).newStaffKey ?? newTotpKey();
  return { password, confirmation, totpKey, code: form.typed('code').slice(0, 20) };
}
