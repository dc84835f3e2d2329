import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { mailingKinds, type MailingKind } from '../../../events/mailing.events.js';
import { Staff } from '../../../http/access.guard.js';
import { seeOther, sendPage } from '../../../http/answers.js';
import { ElectionQuery } from '../../../http/election-query.js';
import { frame } from '../../../http/frame.js';
import { inParis } from '../../../http/paris-time.js';
import { csrfToken } from '../../../http/sessions.js';
import { render } from '../../../http/views.js';
import { StaffId } from '../../../http/visitor.js';
import { Clock } from '../../../ledger/clock.js';
import { Refusal } from '../../../ledger/refusal.js';
import { chosenElection } from '../../../projections/elections.projection.js';
import { Database } from '../../../storage/database.js';
import { MailingElection, MailingParams } from './mailing.bodies.js';
import { Mailings, type MailingState } from './mailings.js';

class PreviewQuery {
  @IsIn(mailingKinds)
  kind!: MailingKind;
}

/** What was typed; the page says what is wrong with it. */
class OrderForm extends PreviewQuery {
  @IsOptional()
  @IsString()
  @MaxLength(10)
  perMinute = '';
}

class TestForm extends PreviewQuery {
  @IsOptional()
  @IsString()
  @MaxLength(254)
  address = '';
}

const HOME = { label: 'Espace du personnel', href: '/personnel' };
const TITLE = 'Envois et relances par messagerie';
const KINDS: Readonly<Record<MailingKind, string>> = {
  opening: 'Message d’ouverture, à ceux à qui rien n’a encore été envoyé',
  'not-activated': 'Rappel, à ceux qui n’ont pas activé leur compte',
  'not-voted': 'Rappel, à ceux à qui il reste un scrutin ouvert',
};
const refusals = new Map([
  ['mailing.under-way', 'Un autre envoi est en cours : attendez sa fin, ou arrêtez-le.'],
  ['mailing.not-allowed', 'L’organisateur ne permet pas de relancer ceux qui n’ont pas voté.'],
  ['mailing.test-failed', 'Le serveur de messagerie n’a pas accepté cet essai.'],
]);

/** Mails to many electors (F10, F13): preview, test, order, progress. For administrators. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/relances')
export class MailingPages {
  constructor(
    private readonly mailings: Mailings,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  async list(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { election }: ElectionQuery,
  ): Promise<void> {
    const register = this.database.pool('register');
    const { elections, electionId } = await chosenElection(register, election, this.clock.now());
    const { mailings, ...counts } = await this.mailings.overview(electionId);
    const html = render('staff-mailings', {
      ...frame(request, 'Espace du personnel', TITLE, { via: [HOME] }),
      csrf: csrfToken(request),
      electionId,
      elections,
      ...counts,
      kinds: mailingKinds.map((kind) => ({ kind, label: KINDS[kind] })),
      mailings: mailings.map(shown),
    });
    await sendPage(request, response, html);
  }

  /** The letter as it would be written, with the forms that try and order it. */
  @Get(':electionId/apercu')
  preview(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: MailingElection,
    @Query() { kind }: PreviewQuery,
  ): Promise<void> {
    return this.page(request, response, electionId, kind);
  }

  @Post(':electionId/essai')
  async test(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId }: MailingElection,
    @Body() { kind, address }: TestForm,
  ): Promise<void> {
    const wrong = /^[^\s@]+@[^\s@]+$/.test(address)
      ? await refusal(() => this.mailings.test(electionId, kind, address, staffId))
      : 'Veuillez saisir une adresse de messagerie.';
    await this.page(request, response, electionId, kind, {
      address,
      ...(wrong === undefined
        ? { said: 'L’essai est parti.' }
        : { errors: [{ field: 'address', text: wrong }] }),
    });
  }

  @Post(':electionId')
  async order(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId }: MailingElection,
    @Body() { kind, perMinute }: OrderForm,
  ): Promise<void> {
    const rate = /^\d{1,4}$/.test(perMinute) ? Number(perMinute) : 0;
    const wrong =
      rate >= 1 && rate <= 6_000
        ? await refusal(() => this.mailings.order(electionId, kind, rate, staffId))
        : 'Veuillez saisir un nombre de messages par minute, de 1 à 6000.';
    if (wrong === undefined) await seeOther(request, response, `/personnel/relances?election=${electionId}`);
    else
      await this.page(request, response, electionId, kind, {
        perMinute,
        errors: [{ field: 'perMinute', text: wrong }],
      });
  }

  @Post(':electionId/:mailingId/arret')
  async stop(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId, mailingId }: MailingParams,
  ): Promise<void> {
    await this.mailings.stop(electionId, mailingId, staffId);
    await seeOther(request, response, `/personnel/relances?election=${electionId}`);
  }

  private async page(
    request: Request,
    response: Response,
    electionId: string,
    kind: MailingKind,
    typed: {
      readonly address?: string;
      readonly perMinute?: string;
      readonly said?: string;
      readonly errors?: readonly { readonly field: string; readonly text: string }[];
    } = {},
  ): Promise<void> {
    const { subject, text, recipients } = await this.mailings.preview(electionId, kind);
    const { abstainersMayBeReminded } = await this.mailings.overview(electionId);
    const via = [HOME, { label: TITLE, href: `/personnel/relances?election=${electionId}` }];
    const html = render('staff-mailing', {
      ...frame(request, 'Espace du personnel', KINDS[kind], { via }),
      csrf: csrfToken(request),
      electionId,
      kind,
      subject,
      text,
      recipients,
      upTo: kind === 'not-voted',
      allowed: kind !== 'not-voted' || abstainersMayBeReminded,
      address: '',
      perMinute: '600',
      said: undefined,
      errors: [],
      ...typed,
    });
    await sendPage(request, response, html, typed.errors ? 422 : 200);
  }
}

/** What is said of what the rules refuse; undefined when it was done. */
async function refusal(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const text = error instanceof Refusal ? refusals.get(error.code) : undefined;
    if (text === undefined) throw error;
    return text;
  }
}

function shown({ mailingId, kind, perMinute, orderedAt, overAt, stoppedBy, asked, refused }: MailingState) {
  const state =
    overAt === undefined
      ? 'en cours'
      : `${stoppedBy === undefined ? 'terminé' : 'arrêté'} le ${inParis(overAt)}`;
  const orderedOn = inParis(orderedAt);
  return {
    mailingId,
    label: KINDS[kind],
    perMinute,
    orderedOn,
    state,
    underWay: overAt === undefined,
    asked,
    refused,
  };
}
