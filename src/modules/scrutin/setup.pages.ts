import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { Documents } from '../../documents/documents.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, type FormError } from '../../http/form-reader.js';
import { frame, stepsToElection } from '../../http/frame.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import type { Executed } from '../../ledger/ledger.js';
import { listBoards } from '../../projections/boards.projection.js';
import { findElection, type ElectionRow } from '../../projections/elections.projection.js';
import { countElectors } from '../../projections/electors.projection.js';
import { Projections } from '../../projections/projections.js';
import { findScrutin, type ScrutinRow } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { candidatesOf } from './candidate-document.js';
import { Declarations } from './declarations.js';
import { DrawListOrder } from './scrutin.commands.js';
import { scrutinError } from './scrutin.words.js';
import { scrutinFields, typedScrutin } from './typed-scrutin.js';

export class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

export class ScrutinParams {
  @IsUUID('4')
  scrutinId!: string;
}

const NAME = 'Espace du personnel';
const PATIENCE = 10_000; // milliseconds until the page shows what was just done
const FEW = 10; // electors, below which a result tells how somebody voted (requirements, DH-3)

/** Where an administrator declares scrutins and has the order of their lists drawn. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel')
export class ScrutinSetupPages {
  constructor(
    private readonly declarations: Declarations,
    private readonly commands: CommandBus,
    private readonly documents: Documents,
    private readonly database: Database,
    private readonly projections: Projections,
  ) {}

  @Get('elections/:electionId/scrutins/nouveau')
  async fresh(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const values = { body: 'CSA', held: 'here', group: 'Ed25519' };
    await this.form(request, response, { election: await this.election(electionId), values, errors: [] });
  }

  @Post('elections/:electionId/scrutins')
  async declare(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const election = await this.election(electionId);
    const form = new FormReader(request.body);
    const said = typedScrutin(form);
    let scrutinId = '';
    const errors = await this.outcome(form, async () => {
      const declared = await this.declarations.declare(electionId, said);
      ({ scrutinId } = declared);
      return declared;
    });
    if (errors.length === 0) return seeOther(request, response, `/personnel/scrutins/${scrutinId}`);
    await this.form(request, response, { election, values: form.values(scrutinFields), errors });
  }

  @Get('scrutins/:scrutinId')
  one(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    return this.home(request, response, scrutinId, '', []);
  }

  @Get('scrutins/:scrutinId/description')
  async description(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    const { scrutin, election } = await this.scrutin(scrutinId);
    const { code = '', title, body, seats, held, boardId = '', group } = scrutin;
    const values = { code, title, body, seats: String(seats), held, boardId, group };
    await this.form(request, response, { election, scrutin, values, errors: [] });
  }

  @Post('scrutins/:scrutinId/description')
  async correct(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    const { scrutin, election } = await this.scrutin(scrutinId);
    const form = new FormReader(request.body);
    const said = typedScrutin(form, scrutin);
    const errors = await this.outcome(form, () => this.declarations.correct(scrutin, said));
    if (errors.length === 0) return seeOther(request, response, `/personnel/scrutins/${scrutinId}`);
    await this.form(request, response, { election, scrutin, values: form.values(scrutinFields), errors });
  }

  /** Draws the order of the lists by lot from a seed that everybody can check. */
  @Post('scrutins/:scrutinId/tirage')
  async draw(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    await this.scrutin(scrutinId);
    const form = new FormReader(request.body);
    const seed = form.text('seed', 'Graine', 200);
    const errors = await this.outcome(form, () =>
      this.commands.execute<DrawListOrder, Executed>(new DrawListOrder(scrutinId, seed)),
    );
    if (errors.length === 0) return seeOther(request, response, `/personnel/scrutins/${scrutinId}`);
    await this.home(request, response, scrutinId, form.typed('seed'), errors);
  }

  private async home(
    request: Request,
    response: Response,
    scrutinId: string,
    seed: string,
    errors: readonly FormError[],
  ): Promise<void> {
    const { scrutin, election } = await this.scrutin(scrutinId);
    const register = this.database.pool('register');
    const electors = (await countElectors(register, [scrutinId])).get(scrutinId) ?? 0;
    const board = (await listBoards(register)).find(({ boardId }) => boardId === scrutin.boardId);
    const { title, code, body, seats, held, group, seed: drawnFrom, lists } = scrutin;
    const page = {
      ...frame(request, NAME, title, { via: stepsToElection(election) }),
      csrf: csrfToken(request),
      ...{ scrutinId, code, seats, group, drawnFrom, errors, electors },
      instance: body, // `body` is the layout's own
      here: held === 'here',
      few: held === 'here' && electors < FEW,
      board: board?.title,
      closed: election.listsClosedAt !== undefined,
      lists: await Promise.all(
        lists.map(async (list) => {
          const document = await this.documents.get(list.content);
          return { ...list, title: document ? candidatesOf(document.content).title : '(liste effacée)' };
        }),
      ),
      values: { seed },
    };
    await sendPage(request, response, render('setup-scrutin', page), errors.length > 0 ? 409 : 200);
  }

  private async form(
    request: Request,
    response: Response,
    {
      election,
      scrutin,
      values,
      errors,
    }: {
      readonly election: ElectionRow;
      readonly scrutin?: ScrutinRow;
      readonly values: Record<string, string>;
      readonly errors: readonly FormError[];
    },
  ): Promise<void> {
    const boards = await listBoards(this.database.pool('register'));
    const { electionId } = election;
    const via = [
      ...stepsToElection(election),
      ...(scrutin ? [{ label: scrutin.title, href: `/personnel/scrutins/${scrutin.scrutinId}` }] : []),
    ];
    const page = {
      ...frame(request, NAME, scrutin ? 'Corriger le scrutin' : 'Déclarer un scrutin', { via }),
      csrf: csrfToken(request),
      action: scrutin
        ? `/personnel/scrutins/${scrutin.scrutinId}/description`
        : `/personnel/elections/${electionId}/scrutins`,
      fixed: scrutin !== undefined,
      boards: [
        ['', 'aucun'],
        ...boards
          .filter((one) => one.electionId === electionId)
          .map(({ boardId, title }) => [boardId, title]),
      ],
      values,
      errors,
    };
    await sendPage(request, response, render('setup-scrutin-form', page), errors.length > 0 ? 409 : 200);
  }

  private outcome(form: FormReader, work: () => Promise<Executed>): Promise<readonly FormError[]> {
    const shown = async () => this.projections.waitFor('scrutins', (await work()).position, PATIENCE);
    return outcomeOf(form, shown, scrutinError);
  }

  private async election(electionId: string): Promise<ElectionRow> {
    const election = await findElection(this.database.pool('register'), electionId);
    if (!election) throw new NotFoundException();
    return election;
  }

  private async scrutin(scrutinId: string): Promise<{ scrutin: ScrutinRow; election: ElectionRow }> {
    const scrutin = await findScrutin(this.database.pool('register'), scrutinId);
    if (!scrutin) throw new NotFoundException();
    return { scrutin, election: await this.election(scrutin.electionId) };
  }
}
