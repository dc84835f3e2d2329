import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, MaxLength, ValidateIf } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { frame, nameOf } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { delaysSaid } from '../../http/delays-said.js';
import { render } from '../../http/views.js';
import { ElectorId, StaffId } from '../../http/visitor.js';
import { Refusal, TooSoon } from '../../ledger/refusal.js';
import { listElections } from '../../projections/elections.projection.js';
import { findElector } from '../../projections/electors.projection.js';
import { scrutinsOf } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { ClaimDesk, LONGEST_TEXT, type ClaimView } from './claim-desk.js';

class ClaimForm {
  @IsString()
  @MaxLength(LONGEST_TEXT * 2) // the page says what is too long; beyond that it is no mistake
  message = '';
  @IsOptional()
  @ValidateIf(({ scrutin }: ClaimForm) => scrutin !== '')
  @IsUUID('4')
  scrutin?: string;
}

/** A decision, as the staff write it. */
export class ClaimAnswerBody {
  @IsIn(['accepted', 'refused', 'noted'])
  decision!: 'accepted' | 'refused' | 'noted';
  @IsString()
  @Length(1, LONGEST_TEXT)
  text!: string;
}

/** Which claim. */
export class ClaimParams {
  @IsUUID('4')
  claimId!: string;
}

const FORM = '/espace/reclamation';
const TITLE = 'Formuler une réclamation';
const decisions = { accepted: 'acceptée', refused: 'refusée', noted: 'notée' } as const;

/** « Formuler une réclamation » (F57) for a signed-in elector, with what was decided on earlier ones. */
@ApiExcludeController()
@Controller()
export class ClaimElectorPages {
  constructor(
    private readonly desk: ClaimDesk,
    private readonly database: Database,
  ) {}

  @Get(FORM)
  form(@Req() request: Request, @Res() response: Response, @ElectorId() electorId: string): Promise<void> {
    return this.show(request, response, electorId, { message: '' });
  }

  @Post(FORM)
  async file(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Body() form: ClaimForm,
  ): Promise<void> {
    const wrong = mistake(form.message) ?? (await this.refusal(electorId, form));
    if (wrong === undefined) await seeOther(request, response, `${FORM}#reclamations`);
    else await this.show(request, response, electorId, form, wrong);
  }

  /** Why the claim is not taken, in French; undefined when it is. */
  private async refusal(electorId: string, { message, scrutin }: ClaimForm): Promise<string | undefined> {
    try {
      await this.desk.file(electorId, message, scrutin === '' ? undefined : scrutin);
      return undefined;
    } catch (error) {
      const code = error instanceof Refusal || error instanceof TooSoon ? error.code : '';
      const text = refusals.get(code);
      if (text === undefined) throw error;
      return text;
    }
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    typed: ClaimForm,
    wrong?: string,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elector = await findElector(register, electorId);
    const via = [{ label: 'Mon portail', href: '/espace' }];
    const page = {
      ...frame(request, nameOf(await listElections(register)), TITLE, { via }),
      csrf: csrfToken(request),
      longest: LONGEST_TEXT,
      typed,
      errors: wrong === undefined ? [] : [{ field: 'message', text: wrong }],
      scrutins: await scrutinsOf(register, elector?.scrutinIds ?? []),
      claims: (await this.desk.of(electorId)).map(shown),
    };
    await sendPage(request, response, render('claims', page), wrong === undefined ? 200 : 422);
  }
}

/** Where administrators decide on claims (F110). A correction is made on the elector's own page, and names the claim. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/reclamations')
export class ClaimStaffPages {
  constructor(private readonly desk: ClaimDesk) {}

  @Get()
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const via = [{ label: 'Espace du personnel', href: '/personnel' }];
    const page = {
      ...frame(request, 'Espace du personnel', 'Réclamations', { via }),
      csrf: csrfToken(request),
      longest: LONGEST_TEXT,
      delays: delaysSaid(await this.desk.delays()),
      claims: (await this.desk.open()).map(shown),
    };
    await sendPage(request, response, render('staff-claims', page));
  }

  @Post(':claimId/reponse')
  async answer(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { claimId }: ClaimParams,
    @Body() { decision, text }: ClaimAnswerBody,
  ): Promise<void> {
    await this.desk.answer(claimId, decision, staffId, text);
    await seeOther(request, response, '/personnel/reclamations');
  }
}

const refusals = new Map([
  ['claim.too-early', 'Les réclamations seront possibles dès la publication des listes électorales.'],
  ['claim.too-late', 'Les listes électorales sont closes : elles ne peuvent plus être corrigées.'],
  ['claim.other-scrutin', 'Veuillez choisir un de vos scrutins.'],
  [
    'sign-in.too-soon',
    'Vous avez déjà formulé plusieurs réclamations aujourd’hui : une réponse vous sera faite.',
  ],
]);

function mistake(message: string): string | undefined {
  if (message.trim() === '') return 'Veuillez saisir votre réclamation.';
  if (message.length > LONGEST_TEXT) return `Veuillez saisir au plus ${LONGEST_TEXT} caractères.`;
  return undefined;
}

function shown({ filedAt, answeredAt, decision, text, answer, ...claim }: ClaimView) {
  return {
    ...claim,
    filedAt: inParis(filedAt),
    text: text ?? '(texte effacé)',
    decision: decision && decisions[decision],
    answeredAt: answeredAt && inParis(answeredAt),
    answer: answer ?? '(texte effacé)',
  };
}
