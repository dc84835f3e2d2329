import { Body, Controller, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../../http/access.guard.js';
import { seeOther, sendPage } from '../../../http/answers.js';
import { render } from '../../../http/views.js';
import { StaffId } from '../../../http/visitor.js';
import { Clock } from '../../../ledger/clock.js';
import { Refusal } from '../../../ledger/refusal.js';
import { findElector } from '../../../projections/electors.projection.js';
import { scrutinsOfElection } from '../../../projections/scrutins.projection.js';
import { Database } from '../../../storage/database.js';
import { Identities } from '../../../vault/identities.js';
import { ElectorParams } from '../care.pages.js';
import { Electors } from '../electors.js';
import { PageFrames } from '../page-frames.js';

class ClaimQuery {
  @IsOptional()
  @IsUUID('4')
  reclamation?: string;
}

class InscriptionForm {
  @IsString()
  @Length(1, 100)
  lastName!: string;
  @IsString()
  @Length(1, 100)
  firstName!: string;
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  birthDate!: string;
  @IsString()
  @Length(1, 200)
  corps!: string;
  @IsString()
  @Length(1, 100)
  academy!: string;
  @IsString()
  @Length(1, 200)
  unit!: string;
  /** The boxes that are ticked: none, one, or several. */
  @Transform(({ value }: { value: unknown }): unknown => [value ?? []].flat())
  @IsUUID('4', { each: true })
  scrutins: string[] = [];
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsUUID('4')
  reclamation?: string;
}

class RemovalForm {
  @IsIn(['oui'])
  certain!: 'oui';
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value))
  @IsUUID('4')
  reclamation?: string;
}

const CLOSED = 'Les listes électorales sont closes : plus rien n’y change.';

/** Where an administrator corrects an elector of the lists, or takes one off them, until the lists are closed (F93, F111). */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/electeurs/:electorId/inscription')
export class InscriptionPages {
  constructor(
    private readonly electors: Electors,
    private readonly identities: Identities,
    private readonly frames: PageFrames,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  form(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electorId }: ElectorParams,
    @Query() { reclamation }: ClaimQuery,
  ): Promise<void> {
    return this.show(request, response, electorId, reclamation);
  }

  @Post()
  async correct(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { electorId }: ElectorParams,
    @Body() { scrutins, reclamation, ...identity }: InscriptionForm,
  ): Promise<void> {
    const wrong = await this.wrongScrutin(electorId, scrutins);
    const late =
      wrong ??
      (await refusal(() =>
        this.electors.correct(electorId, {
          identity,
          scrutinIds: scrutins,
          by,
          ...(reclamation !== undefined && { claimId: reclamation }),
        }),
      ));
    if (late === undefined) await seeOther(request, response, done(electorId, reclamation));
    else await this.show(request, response, electorId, reclamation, late);
  }

  @Post('radiation')
  async remove(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { electorId }: ElectorParams,
    @Body() { reclamation }: RemovalForm,
  ): Promise<void> {
    const late = await refusal(() => this.electors.remove(electorId, reclamation, by));
    if (late === undefined) await seeOther(request, response, done(undefined, reclamation));
    else await this.show(request, response, electorId, reclamation, late);
  }

  private async wrongScrutin(electorId: string, ids: readonly string[]): Promise<string | undefined> {
    const register = this.database.pool('register');
    const elector = await findElector(register, electorId);
    if (!elector) throw new NotFoundException();
    const known = new Set(
      (await scrutinsOfElection(register, elector.electionId)).map((one) => one.scrutinId),
    );
    return ids.every((id) => known.has(id)) ? undefined : 'Un des scrutins n’est pas de cette élection.';
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    reclamation: string | undefined,
    wrong?: string,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elector = await findElector(register, electorId);
    const identity = elector && (await this.identities.read(elector.identity));
    if (!identity) throw new NotFoundException();
    const { electionId, scrutinIds } = elector;
    const via = [{ label: 'Espace du personnel', href: '/personnel' }];
    const page = await this.frames.of(request, 'Inscription sur les listes électorales', { via, electionId });
    const scrutins = (await scrutinsOfElection(register, electionId))
      .filter(({ held }) => held === 'here')
      .map(({ scrutinId, title }) => ({ scrutinId, title, on: scrutinIds.includes(scrutinId) }));
    const errors = wrong === undefined ? [] : [{ text: wrong }];
    const closed = page.elections[0]?.listsClosedAt !== undefined;
    const status = wrong === undefined ? 200 : 409;
    const today = this.clock.now().slice(0, 10);
    const shown = {
      ...page,
      errors,
      closed,
      electorId,
      identity,
      scrutins,
      reclamation: reclamation ?? '',
      today,
    };
    await sendPage(request, response, render('staff-inscription', shown), status);
  }
}

/** What is said of a change that the rules refuse; undefined when it was made. */
async function refusal(change: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await change();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'lists.closed') return CLOSED;
    throw error;
  }
}

/** Back to the claim that led here, or to the elector. */
function done(electorId: string | undefined, reclamation: string | undefined): string {
  if (reclamation !== undefined) return '/personnel/reclamations';
  return electorId === undefined ? '/personnel/electeurs' : `/personnel/electeurs/${electorId}`;
}
