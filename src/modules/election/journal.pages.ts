import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, ValidateIf } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { listElections } from '../../projections/elections.projection.js';
import { scrutinsOfElection } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { components } from './election.commands.js';
import { Journal } from './journal.js';

class ElectionQuery {
  @IsOptional()
  @IsUUID('4')
  election?: string;
}

class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

class EntryBody {
  @IsIn(['incident', 'intervention'])
  kind!: 'incident' | 'intervention';
  @ValidateIf(({ scrutinId }: EntryBody) => scrutinId !== '' && scrutinId !== undefined)
  @IsUUID('4')
  scrutinId?: string;
  @ValidateIf(({ kind }: EntryBody) => kind === 'intervention')
  @IsIn(components)
  component?: (typeof components)[number];
  @IsString()
  @Length(10, 4_000)
  text!: string;
}

const HOME = { label: 'Espace du personnel', href: '/personnel' };
const COMPONENTS: Readonly<Record<string, string>> = {
  server: 'serveur',
  database: 'base de données',
  ledger: 'registre des événements',
  network: 'réseau',
  configuration: 'configuration',
  software: 'logiciel',
};

/** The journal that the minutes repeat (F112, CGFP 571, 577). */
@ApiExcludeController()
@Staff('administrator', 'board', 'auditor')
@Controller('personnel/journal')
export class JournalPages {
  constructor(
    private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  @Get()
  async list(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { election }: ElectionQuery,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elections = await listElections(register);
    const electionId = election ?? elections[0]?.electionId;
    const entries = electionId === undefined ? [] : await this.journal.of(electionId);
    const scrutins = electionId === undefined ? [] : await scrutinsOfElection(register, electionId);
    const titles = new Map(scrutins.map(({ scrutinId, title }) => [scrutinId, title]));
    const user = signedIn(request);
    const html = render('staff-journal', {
      ...frame(request, 'Espace du personnel', 'Journal des incidents et des interventions', { via: [HOME] }),
      csrf: csrfToken(request),
      electionId,
      elections,
      scrutins,
      components: COMPONENTS,
      mayWrite:
        user?.kind === 'staff' && user.roles.some((role) => role === 'administrator' || role === 'board'),
      entries: entries.map(({ kind, at, scrutinId, component, staffId, text }) => ({
        kind: kind === 'incident' ? 'Incident' : 'Intervention',
        about: component === undefined ? titles.get(scrutinId ?? '') : COMPONENTS[component],
        at: inParis(at),
        staffId,
        text: text ?? '(texte effacé)',
      })),
    });
    await sendPage(request, response, html);
  }

  @Staff('administrator', 'board')
  @Post(':electionId')
  async enter(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { electionId }: ElectionParams,
    @Body() { kind, scrutinId, component, text }: EntryBody,
  ): Promise<void> {
    await this.journal.enter(
      electionId,
      staffId,
      kind === 'incident'
        ? { kind, scrutinId: scrutinId === '' ? undefined : scrutinId, text }
        : { kind, component: component ?? 'configuration', text },
    );
    await seeOther(request, response, `/personnel/journal?election=${electionId}`);
  }
}
