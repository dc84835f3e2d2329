import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  NotFoundException,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { sendPage } from '../../http/answers.js';
import { frame } from '../../http/frame.js';
import { betweenDays, inParisShort } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { boardsOf } from '../../projections/boards.projection.js';
import { findBox } from '../../projections/boxes.projection.js';
import { countElectors } from '../../projections/electors.projection.js';
import { scrutinsOfBoard, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { findTally } from '../../projections/tallies.projection.js';
import { turnoutOf } from '../../projections/turnout.projection.js';
import { Database } from '../../storage/database.js';
import { emargementPdf, NOT_AGREED } from './emargement-pdf.js';
import { Emargement, MOST_UNITS, toldUntil, type Listed } from './emargement.js';

class ScrutinQuery {
  @IsOptional()
  @IsUUID('4')
  scrutin?: string;
}

/** What is looked for, and where the page before ended. By a POST, so that no name is in a history or a log. */
class SearchForm {
  @IsUUID('4')
  scrutin!: string;
  @IsString()
  @MaxLength(100)
  nom = '';
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

const TITLE = 'Listes d’émargement';
/** A list of the whole scrutin is printed up to so many electors: beyond, of a site. */
const MOST_PRINTED = 5_000;

/** The emargement lists, each for the members of its own board alone (CGFP 542). */
@ApiExcludeController()
@Staff('board')
@Controller('personnel/emargement')
export class EmargementPages {
  constructor(
    private readonly emargement: Emargement,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get()
  async choose(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Query() { scrutin }: ScrutinQuery,
  ): Promise<void> {
    const scrutins = await this.scrutins(staffId);
    await this.show(request, response, { scrutins, chosen: scrutin, typed: { nom: '', unite: '' } });
  }

  @Post()
  async list(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Body() form: SearchForm,
  ): Promise<void> {
    const { scrutins, list, title, units, discrepancy } = await this.sought(form, staffId);
    const { nom, unite, apres, apresId } = form;
    const after =
      apres !== undefined && apresId !== undefined ? { name: apres, electorId: apresId } : undefined;
    const tooMany = units !== undefined && units.length > MOST_UNITS;
    const found = tooMany ? undefined : await this.emargement.page(list, { name: nom, units }, after);
    await this.show(request, response, {
      ...{ scrutins, chosen: list.scrutinId, typed: { nom, unite }, listed: title, found, tooMany },
      ...{ electors: list.electors, signed: await this.signed(list), next: found?.next, units, discrepancy },
      until: list.until,
      printable: found && (units ?? []).length + Number(list.electors <= MOST_PRINTED) > 0,
      numbers: found?.lines.filter(({ signed }) => signed).length,
    });
  }

  /** The list of a site on paper, or of a scrutin that is not too large. */
  @Post('pdf')
  @HttpCode(200)
  async print(
    @Res() response: Response,
    @StaffId() staffId: string,
    @Body() form: SearchForm,
  ): Promise<void> {
    const { list, title, units, discrepancy } = await this.sought(form, staffId);
    const wanted = { name: form.nom, units };
    const site = units !== undefined && units.length > 0 && units.length <= MOST_UNITS;
    if (!site && (units !== undefined || list.electors > MOST_PRINTED)) throw new NotFoundException();
    if (!(await this.emargement.page(list, wanted))) throw new NotFoundException(); // before the first byte of the file
    response.set('Content-Disposition', 'attachment; filename="emargement.pdf"').type('application/pdf');
    const sheet = {
      title,
      discrepancy,
      units: units ?? [],
      at: new Date(this.clock.now()),
      until: list.until,
    };
    await emargementPdf(sheet, this.emargement.all(list, wanted), response);
  }

  /** The list that a form asks for, and the units that begin as it says; undefined when it says none. */
  private async sought({ scrutin, unite }: SearchForm, staffId: string) {
    const register = this.database.pool('register');
    const scrutins = await this.scrutins(staffId);
    const chosen = scrutins.find(({ scrutinId }) => scrutinId === scrutin);
    if (!chosen) throw new ForbiddenException();
    const { scrutinId, electionId, title } = chosen;
    const box = await findBox(register, scrutinId);
    const { discrepancy = false } = (await findTally(register, scrutinId)) ?? {};
    const electors = box?.electors ?? (await countElectors(register, [scrutinId])).get(scrutinId) ?? 0;
    const units = unite.trim() === '' ? undefined : await this.emargement.units(electionId, unite);
    const until = box && toldUntil(box.phase, this.clock.now());
    return { scrutins, title, units, discrepancy, list: { scrutinId, electionId, electors, until } };
  }

  /** How many have signed in the scrutin, at the hour at which the list stands. */
  private async signed({ scrutinId, until }: Listed): Promise<number> {
    const hours = await turnoutOf(this.database.pool('register'), [scrutinId]);
    const told = until ? hours.filter(({ hour }) => hour < until) : hours;
    return told.reduce((sum, { votes }) => sum + votes, 0);
  }

  /** The scrutins of the boards in which one has a seat, as titular or substitute: no others (CGFP 542). */
  private async scrutins(staffId: string): Promise<ScrutinRow[]> {
    const register = this.database.pool('register');
    const boards = await boardsOf(register, staffId);
    const all = await Promise.all(boards.map(({ boardId }) => scrutinsOfBoard(register, boardId)));
    return all.flat().filter(({ held }) => held === 'here');
  }

  private async show(request: Request, response: Response, shown: object): Promise<void> {
    const html = render('staff-emargement', {
      ...frame(request, 'Espace du personnel', TITLE, {
        via: [{ label: 'Espace du personnel', href: '/personnel' }],
      }),
      csrf: csrfToken(request),
      ...{ discrepancy: false, notAgreed: NOT_AGREED },
      ...{ found: undefined, tooMany: false, listed: undefined, next: undefined, until: undefined },
      ...shown,
      ...{ betweenDays, inParisShort },
    });
    await sendPage(request, response, html);
  }
}
