import { Body, Controller, Get, Header, NotFoundException, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther } from '../../http/answers.js';
import { ElectionQuery } from '../../http/election-query.js';
import { frame } from '../../http/frame.js';
import { inParisShort } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { chosenElection } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { DeliveryRegister, type DeliveryRow } from './delivery-register.js';
import { CHANNELS } from './notices.controller.js';

const HTML = 'text/html; charset=utf-8';
const PAGE = 50;
const HOME = { label: 'Espace du personnel', href: '/personnel' };
const NOTICES = { label: 'Notices de vote', href: '/personnel/notices' };
const CHANNEL = { hand: 'en main propre', post: 'par voie postale', registered: 'en recommandé' } as const;

class SearchQuery extends ElectionQuery {
  @IsOptional()
  @IsString()
  @MaxLength(200)
  recherche = '';
}

class UnitQuery extends ElectionQuery {
  @IsString()
  @Length(1, 400)
  unite!: string;
}

class AfterQuery extends ElectionQuery {
  @IsOptional()
  @IsUUID('4')
  apres?: string;
}

class DeliveredForm extends UnitQuery {
  @IsIn(CHANNELS)
  mode!: (typeof CHANNELS)[number];
  // A form sends one box as a text, several as a list, none as nothing.
  @Transform(({ value }: { value: unknown }) =>
    Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value],
  )
  @IsArray()
  @ArrayMaxSize(5_000)
  @IsUUID('4', { each: true })
  electeurs: string[] = [];
}

/** Where the staff record which notices are handed over, unit by unit, from the signed registers (F116). */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/notices')
export class NoticesPages {
  constructor(
    private readonly register: DeliveryRegister,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Content-Type', HTML)
  async home(@Req() request: Request, @Query() { election, recherche }: SearchQuery): Promise<string> {
    const { elections, electionId } = await this.chosen(election);
    return render('staff-notices', {
      ...frame(request, HOME.label, NOTICES.label, { via: [HOME] }),
      counts: await this.register.count(electionId),
      ...{ elections, electionId, recherche },
      units: await this.register.find(electionId, recherche),
    });
  }

  @Get('unite')
  @Header('Content-Type', HTML)
  async unit(@Req() request: Request, @Query() { election, unite }: UnitQuery): Promise<string> {
    const { electionId } = await this.chosen(election);
    const rows = await this.register.unit(electionId, unite);
    if (rows.length === 0) throw new NotFoundException();
    return render('staff-notices-unit', {
      ...frame(request, HOME.label, unite, { via: [HOME, NOTICES] }),
      csrf: csrfToken(request),
      ...{ electionId, unite },
      rows: rows.map(shown),
    });
  }

  @Post('unite')
  async record(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Body() { election, unite, mode, electeurs }: DeliveredForm,
  ): Promise<void> {
    const { electionId } = await this.chosen(election);
    const members = new Set((await this.register.unit(electionId, unite)).map(({ electorId }) => electorId));
    const chosen = electeurs.filter((electorId) => members.has(electorId));
    await this.register.record(chosen, mode, staffId);
    await seeOther(
      request,
      response,
      `${NOTICES.href}/unite?election=${electionId}&unite=${encodeURIComponent(unite)}`,
    );
  }

  @Get('non-remises')
  @Header('Content-Type', HTML)
  async undelivered(@Req() request: Request, @Query() { election, apres }: AfterQuery): Promise<string> {
    const { electionId } = await this.chosen(election);
    const rows = await this.register.undelivered(electionId, apres, PAGE);
    return render('staff-notices-undelivered', {
      ...frame(request, HOME.label, 'Notices non remises', { via: [HOME, NOTICES] }),
      electionId,
      rows: rows.map(shown),
      more: rows.length === PAGE ? rows.at(-1)?.electorId : undefined,
    });
  }

  private chosen(asked: string | undefined) {
    return chosenElection(this.database.pool('register'), asked, this.clock.now());
  }
}

function shown({ electorId, name = '(identité effacée)', unit, made, delivered }: DeliveryRow) {
  const state = delivered
    ? `remise ${CHANNEL[delivered.channel]} le ${inParisShort(delivered.at)}`
    : 'non remise';
  return { electorId, name, unit, open: made && !delivered, state: made ? state : 'pas encore imprimée' };
}
