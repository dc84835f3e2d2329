import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { Refusal, TooSoon } from '../../ledger/refusal.js';
import { Identities } from '../../vault/identities.js';
import { ElectorParams } from './care.pages.js';
import { DeskReassort } from './desk-reassort.js';
import type { PageError } from './page-errors.js';
import { PageFrames } from './page-frames.js';

export class ApproverForm {
  @ApiProperty({ type: String, description: 'the name by which the member of the board signs in' })
  @IsString()
  @Length(1, 100)
  login = '';
  @ApiProperty({ type: String, description: 'the code of the authenticator application of the member' })
  @IsString()
  @Length(1, 16)
  code = '';
}

/** By the code of a refusal: the words for it, and its field. */
const words: Readonly<Record<string, PageError>> = {
  'reassort.approver': {
    field: 'code',
    text: 'Le nom et le code à usage unique ne correspondent pas, ou le code a déjà servi.',
  },
  'reassort.other-board': {
    field: 'login',
    text: 'Cette personne n’est pas membre d’un bureau de vote de cet électeur.',
  },
  'reassort.two-people': {
    field: 'login',
    text: 'Il faut deux personnes : le membre du bureau ne peut pas être vous.',
  },
  'reassort.not-open': {
    text: 'Un nouveau code de vote est délivré de l’ouverture à la fermeture du scrutin seulement.',
  },
};

/** « Nouveau code de vote en main propre » (design 4). */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/electeurs/:electorId/code')
export class DeskReassortPages {
  constructor(
    private readonly desk: DeskReassort,
    private readonly identities: Identities,
    private readonly frames: PageFrames,
    private readonly site: Site,
  ) {}

  @Get()
  form(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electorId }: ElectorParams,
  ): Promise<void> {
    return this.show(request, response, electorId, [], 200);
  }

  /** « APPROUVER ENSEMBLE »: the page that follows makes the code. */
  @Post()
  async begin(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electorId }: ElectorParams,
    @StaffId() staffId: string,
    @Body() form: ApproverForm,
  ): Promise<void> {
    const browser = browserOf(request, response, this.site.secure);
    try {
      const token = await this.desk.begin(electorId, staffId, form, browser);
      await seeOther(request, response, `/reassort/${token}`);
    } catch (error) {
      const wrong = wrongOf(error);
      if (!wrong) throw error;
      const status = error instanceof TooSoon ? 429 : 422;
      await this.show(request, response, electorId, [wrong], status, form.login);
    }
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    errors: readonly PageError[],
    status: number,
    login = '',
  ): Promise<void> {
    const identity = await this.identities.of(electorId);
    if (!identity) throw new NotFoundException();
    const via = [{ label: 'Espace du personnel', href: '/personnel' }];
    const frame = await this.frames.of(request, 'Code de vote en main propre', { via });
    const elector = `${identity.lastName} ${identity.firstName}`;
    await sendPage(
      request,
      response,
      render('desk-reassort', { ...frame, electorId, elector, errors, login }),
      status,
    );
  }
}

/** The same for programs. */
@ApiTags('voting code')
@Controller('api/electors')
export class DeskReassortController {
  constructor(
    private readonly desk: DeskReassort,
    private readonly site: Site,
  ) {}

  /** A link to a new code, by two people: who is signed in, and a member of the board. It is used at the desk. */
  @Staff('administrator')
  @Post(':electorId/voting-code')
  @HttpCode(200)
  @ApiOkResponse()
  async begin(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Param() { electorId }: ElectorParams,
    @StaffId() staffId: string,
    @Body() form: ApproverForm,
  ): Promise<{ link: string }> {
    const browser = browserOf(request, response, this.site.secure);
    const token = await this.desk.begin(electorId, staffId, form, browser);
    return { link: `${this.site.url}/reassort/${token}` };
  }
}

function wrongOf(error: unknown): PageError | undefined {
  if (error instanceof TooSoon)
    return { field: 'code', text: `Trop de codes faux : réessayez dans ${error.retryAfter} seconde(s).` };
  return error instanceof Refusal ? words[error.code] : undefined;
}
