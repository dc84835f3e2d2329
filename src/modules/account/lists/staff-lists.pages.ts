import { Body, Controller, Get, NotFoundException, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../../http/access.guard.js';
import { sendPage } from '../../../http/answers.js';
import { frame } from '../../../http/frame.js';
import { csrfToken } from '../../../http/sessions.js';
import { render } from '../../../http/views.js';
import { Clock } from '../../../ledger/clock.js';
import { countElectors } from '../../../projections/electors.projection.js';
import { scrutinsOfElection } from '../../../projections/scrutins.projection.js';
import { chosenElection } from '../../../projections/elections.projection.js';
import { Database } from '../../../storage/database.js';
import { ElectoralLists } from './electoral-lists.js';

const empty = ({ value }: { value: unknown }) => (value === '' ? undefined : value);

/** What is looked for, and where the page before ended. By a POST, so that no name is in a history or a log. */
class SearchForm {
  @IsOptional()
  @Transform(empty)
  @IsUUID('4')
  election?: string;
  @IsOptional()
  @Transform(empty)
  @IsUUID('4')
  scrutin?: string;
  @IsOptional()
  @IsString()
  @MaxLength(100)
  nom = '';
  @IsOptional()
  @IsString()
  @MaxLength(200)
  unite = '';
  @IsOptional()
  @IsString()
  @MaxLength(300)
  apres?: string;
  @IsOptional()
  @IsUUID('4')
  apresId?: string;
}

/** The electoral lists for administrators (F101): by name, by unit, by scrutin; each name leads to the elector's page. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/listes')
export class StaffListsPages {
  constructor(
    private readonly lists: ElectoralLists,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  all(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.show(request, response, new SearchForm());
  }

  @Post()
  search(@Req() request: Request, @Res() response: Response, @Body() form: SearchForm): Promise<void> {
    return this.show(request, response, form);
  }

  private async show(request: Request, response: Response, form: SearchForm): Promise<void> {
    const register = this.database.pool('register');
    const { elections, electionId } = await chosenElection(register, form.election, this.clock.now());
    const scrutins = (await scrutinsOfElection(register, electionId)).filter(({ held }) => held === 'here');
    const counts = await countElectors(
      register,
      scrutins.map(({ scrutinId }) => scrutinId),
    );
    const chosen = scrutins.find(({ scrutinId }) => scrutinId === form.scrutin);
    if (form.scrutin !== undefined && !chosen) throw new NotFoundException();
    const { apres, apresId } = form;
    const after =
      apres !== undefined && apresId !== undefined ? { name: apres, electorId: apresId } : undefined;
    const page = await this.lists.search(
      electionId,
      { scrutinId: chosen?.scrutinId, electors: counts.get(chosen?.scrutinId ?? '') ?? 0 },
      { name: form.nom, unit: form.unite },
      after,
    );
    const html = render('staff-lists', {
      ...frame(request, 'Espace du personnel', 'Listes électorales', {
        via: [{ label: 'Espace du personnel', href: '/personnel' }],
      }),
      csrf: csrfToken(request),
      electionId,
      elections,
      scrutins: scrutins.map(({ scrutinId, title }) => ({
        scrutinId,
        title,
        electors: counts.get(scrutinId) ?? 0,
        current: scrutinId === chosen?.scrutinId,
      })),
      typed: { nom: form.nom, unite: form.unite, scrutin: chosen?.scrutinId ?? '' },
      ...page,
    });
    await sendPage(request, response, html);
  }
}
