import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { Documents } from '../../documents/documents.js';
import { idOfForm } from '../../election-file/derived-ids.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type FormError } from '../../http/form-reader.js';
import { frame, stepsToElection } from '../../http/frame.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import type { Executed } from '../../ledger/ledger.js';
import { findElection, type ElectionRow } from '../../projections/elections.projection.js';
import { Projections } from '../../projections/projections.js';
import { scrutinsOfBoard } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { BoardParams, SeatParams } from './board.bodies.js';
import {
  AppointMember,
  DeclareBoard,
  RenameBoard,
  ReplaceMember,
  type BoardCommand,
} from './board.commands.js';
import { OFFICES } from './board.pages.js';
import { isSealed, type Board } from './board.state.decider.js';
import { Boards } from './boards.js';
import { Members } from './members.js';
import { officeOf } from './roster.decider.js';
import { missingFrom, rosterWords } from './roster.words.js';

class ElectionParams {
  @IsUUID('4')
  electionId!: string;
}

const NAME = 'Espace du personnel';
const FIELDS = ['seat', 'staffId', 'place', 'listId'] as const;
const MOST_SEATS = 200;
const PATIENCE = 10_000; // milliseconds until the page shows what was just done

/** Where an administrator declares boards and gives their seats, by the rules of CGFP 536 to 546. */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel')
export class RosterPages {
  constructor(
    private readonly boards: Boards,
    private readonly members: Members,
    private readonly commands: CommandBus,
    private readonly documents: Documents,
    private readonly database: Database,
    private readonly projections: Projections,
  ) {}

  @Get('elections/:electionId/bureaux/nouveau')
  fresh(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    return this.declaration(request, response, electionId, { id: randomUUID() }, []);
  }

  @Post('elections/:electionId/bureaux')
  async declare(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    await this.election(electionId);
    const form = new FormReader(request.body);
    const boardId = idOfForm(form, electionId, ['title']);
    const command = new DeclareBoard(boardId, electionId, form.text('title', 'Intitulé', 200));
    const errors = await this.outcome(form, command);
    if (errors.length === 0) return seeOther(request, response, `/personnel/bureaux/${boardId}`);
    await this.declaration(request, response, electionId, form.values(['id', 'title']), errors);
  }

  @Get('bureaux/:boardId')
  one(@Req() request: Request, @Res() response: Response, @Param() { boardId }: BoardParams): Promise<void> {
    return this.roster(request, response, boardId, {}, []);
  }

  /** Corrects the title. */
  @Post('bureaux/:boardId/intitule')
  async rename(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const command = new RenameBoard(boardId, form.text('title', 'Intitulé', 200), by);
    const errors = await this.outcome(form, command);
    if (errors.length === 0) return seeOther(request, response, `/personnel/bureaux/${boardId}`);
    await this.roster(request, response, boardId, form.values(['title']), errors);
  }

  /** Gives a seat, or names the substitute of who has it. */
  @Post('bureaux/:boardId/membres')
  async appoint(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const people = await this.members.everybody();
    const seat = form.integer('seat', 'Siège', 1, MOST_SEATS);
    const staffId = form.choice(
      'staffId',
      'Membre',
      people.map((one) => one.staffId),
    );
    const substitute = form.choice('place', 'Place', ['titular', 'substitute']) === 'substitute';
    const lists = await this.listsOf(boardId);
    const listId =
      form.typed('listId') === ''
        ? undefined
        : form.choice(
            'listId',
            'Liste représentée',
            lists.map((one) => one.listId),
          );
    const command = new AppointMember(boardId, seat, officeOf(seat), staffId, substitute, listId);
    const errors = await this.outcome(form, command);
    if (errors.length === 0) return seeOther(request, response, `/personnel/bureaux/${boardId}`);
    await this.roster(request, response, boardId, form.values(FIELDS), errors);
  }

  /** Says what a replacement changes, and asks: it cannot be undone. */
  @Get('bureaux/:boardId/sieges/:seat/remplacement')
  async confirmReplacement(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId, seat: number }: SeatParams,
  ): Promise<void> {
    const board = await this.boards.of(boardId);
    const seat = seatsOf(board, await this.members.everybody(), []).find((one) => one.seat === number);
    if (seat?.substitute === undefined || seat.replaced) throw new NotFoundException();
    const path = `/personnel/bureaux/${boardId}`;
    const steps = stepsToElection(await this.election(board.electionId));
    const page = {
      ...frame(request, NAME, `Remplacer le titulaire du siège ${number}`, {
        via: [...steps, { label: board.title, href: path }],
      }),
      ...{ csrf: csrfToken(request), path, seat, key: board.key !== undefined },
    };
    await sendPage(request, response, render('setup-seat', page));
  }

  /** The substitute takes the seat, and with it the share (CGFP 545). */
  @Post('bureaux/:boardId/sieges/:seat/remplacement')
  async replace(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { boardId, seat }: SeatParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const errors = await this.outcome(form, new ReplaceMember(boardId, seat, by));
    if (errors.length === 0) return seeOther(request, response, `/personnel/bureaux/${boardId}`);
    await this.roster(request, response, boardId, {}, errors);
  }

  private async declaration(
    request: Request,
    response: Response,
    electionId: string,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const election = await this.election(electionId);
    const page = {
      ...frame(request, NAME, 'Déclarer un bureau de vote électronique', { via: stepsToElection(election) }),
      csrf: csrfToken(request),
      ...{ electionId, values, errors },
    };
    await sendPage(request, response, render('setup-board-form', page), errors.length > 0 ? 422 : 200);
  }

  private async roster(
    request: Request,
    response: Response,
    boardId: string,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const board = await this.boards.of(boardId);
    const lists = await this.listsOf(boardId);
    const people = await this.members.everybody();
    const next = Math.max(0, ...board.seats.keys()) + 1;
    const page = {
      ...frame(request, NAME, board.title, { via: stepsToElection(await this.election(board.electionId)) }),
      csrf: csrfToken(request),
      ...{ boardId, errors },
      values: { title: board.title, seat: String(next), place: 'titular', ...values },
      seats: seatsOf(board, people, lists),
      people: [['', ''], ...people.map(({ staffId, login }) => [staffId, login])],
      lists: [['', 'aucune'], ...lists.map(({ listId, title }) => [listId, title])],
      missing: missingFrom(board, lists),
      key: board.key !== undefined,
      sealed: isSealed(board),
    };
    await sendPage(request, response, render('setup-board', page), errors.length > 0 ? 409 : 200);
  }

  /** The lists of the scrutins whose key the board holds. */
  private async listsOf(boardId: string): Promise<{ listId: string; title: string }[]> {
    const scrutins = await scrutinsOfBoard(this.database.pool('register'), boardId);
    return Promise.all(
      scrutins.flatMap((scrutin) =>
        scrutin.lists.map(async ({ listId, content }) => {
          const document = await this.documents.get(content);
          const { title = '' } = JSON.parse(document?.content.toString() ?? '{}') as { title?: string };
          return { listId, title: `${scrutin.title} : ${title}` };
        }),
      ),
    );
  }

  private outcome(form: FormReader, command: BoardCommand): Promise<readonly FormError[]> {
    const shown = async () => {
      const { position } = await this.commands.execute<BoardCommand, Executed>(command);
      await this.projections.waitFor('boards', position, PATIENCE);
    };
    return outcomeOf(form, shown, (error) => saidOf(error, rosterWords));
  }

  private async election(electionId: string): Promise<ElectionRow> {
    const election = await findElection(this.database.pool('register'), electionId);
    if (!election) throw new NotFoundException();
    return election;
  }
}

function seatsOf(
  { seats }: Board,
  people: readonly { staffId: string; login: string }[],
  lists: readonly { listId: string; title: string }[],
) {
  const names = new Map(people.map(({ staffId, login }) => [staffId, login]));
  const titles = new Map(lists.map(({ listId, title }) => [listId, title]));
  return [...seats]
    .sort(([one], [other]) => one - other)
    .map(([seat, { office, titular, substitute, holder, listId }]) => ({
      seat,
      office: OFFICES[office],
      titular: names.get(titular ?? '') ?? 'vacant',
      substitute: names.get(substitute ?? ''),
      replaced: holder !== titular,
      list: titles.get(listId ?? ''),
    }));
}
