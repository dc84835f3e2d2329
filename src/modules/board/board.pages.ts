import { Body, Controller, Get, Header, Param, Post, Redirect, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import { Staff } from '../../http/access.guard.js';
import { frame, type Step } from '../../http/frame.js';
import { mayCall } from '../../http/roles.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn } from '../../http/visitor.js';
import { ceremonyRounds } from '../../events/board.events.js';
import { scrutinsOfBoard } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { Transparency } from '../../transparency/transparency.js';
import { AbortBody, BoardParams, CeremonyParams, PracticeBody } from './board.bodies.js';
import { AbortCeremony, StartCeremony } from './board.commands.js';
import { isSealed, presentRound, type Board } from './board.state.decider.js';
import { Boards } from './boards.js';
import { BuildRequests } from './build-requests.js';
import { BuildWatch } from './build-watch.js';
import { BoardControl } from './control.js';
import { controlView, rootView, sealSaid, waitingFor } from './control.views.js';
import { Members } from './members.js';
import { Rehearsals } from './rehearsals.js';

const HTML = 'text/html; charset=utf-8';
const NAME = 'Bureau de vote électronique';
export const OFFICES = {
  president: 'Présidence',
  secretary: 'Secrétariat',
  delegate: 'Délégué de liste',
} as const;
const ROUNDS = ['Certificats', 'Engagements', 'Ouvertures', 'Parts', 'Vérification'];

/** The pages of the members of a board: who sits, the key ceremony, the rehearsal on the eve. */
@ApiExcludeController()
@Staff('administrator', 'auditor', 'board')
@Controller('bureau')
export class BoardPages {
  constructor(
    private readonly boards: Boards,
    private readonly members: Members,
    private readonly rehearsals: Rehearsals,
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly transparency: Transparency,
    private readonly control: BoardControl,
    private readonly watch: BuildWatch,
    private readonly builds: BuildRequests,
  ) {}

  @Get()
  @Header('Content-Type', HTML)
  async list(@Req() request: Request): Promise<string> {
    const boards = await this.members.boardsOf(request);
    const { alarm } = this.transparency.integrity;
    const software = await this.watch.alarm();
    return render('boards', { ...frame(request, NAME, 'Bureaux de vote'), alarm, software, boards });
  }

  @Get(':boardId')
  @Header('Content-Type', HTML)
  async one(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<string> {
    await this.members.requireSight(request, boardId);
    const board = await this.boards.of(boardId);
    const scrutins = await this.control.scrutins(boardId);
    const requests = await this.control.boxRequests(scrutins.map(({ scrutinId }) => scrutinId));
    return render('board', {
      ...frame(request, NAME, board.title, { via: [LIST] }),
      csrf: csrfToken(request),
      boardId,
      alarm: this.transparency.integrity.alarm,
      software: await this.watch.alarm(board.electionId),
      disputes: await this.control.disputes(scrutins),
      members: await this.seats(board),
      waiting: waitingFor(board, scrutins, { boxes: requests, build: await this.builds.waiting(boardId) }),
      sealState: sealSaid(board, scrutins),
      control: controlView(scrutins),
      root: rootView(await this.control.root()),
      mayReadRegister: mayCall(rolesOf(request), 'GET /personnel/emargement'),
      mayCount: mayCall(rolesOf(request), 'GET /bureau/depouillement/:boardId'),
      key: board.key,
      rehearsal: board.rehearsal,
      sealed: isSealed(board),
      mayAct: mayAct(request),
      running: board.ceremony?.ended === undefined && board.ceremony !== undefined,
    });
  }

  /** The ceremony; everything that needs a key happens in the browser. */
  @Get(':boardId/ceremonie')
  @Header('Content-Type', HTML)
  async ceremony(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<string> {
    await this.members.requireSight(request, boardId);
    const board = await this.boards.of(boardId);
    const { ceremony } = board;
    const now = ceremony && presentRound(ceremony);
    const title = ceremony?.practice ? 'Exercice de cérémonie des clés' : 'Cérémonie des clés';
    return render('ceremony', {
      ...frame(request, NAME, title, { via: [LIST, stepTo(board)], scripts: ['ceremony'] }),
      csrf: csrfToken(request),
      boardId,
      ceremony,
      own: ownSeats(request, board),
      rounds: ROUNDS,
      rows: (await this.seats(board)).map(({ seat, office, name }) => ({
        seat,
        office,
        name,
        said: ceremonyRounds.map((round) => ceremony?.said[round].has(seat) === true),
      })),
      present: now === undefined ? undefined : ROUNDS[ceremonyRounds.indexOf(now)],
      mayAct: mayAct(request),
    });
  }

  @Staff('administrator', 'board')
  @Post(':boardId/ceremonies')
  @Redirect(undefined, 303)
  async start(
    @Req() request: Request,
    @Param() { boardId }: BoardParams,
    @Body() { practice }: PracticeBody,
  ): Promise<{ url: string }> {
    await this.members.requireSight(request, boardId);
    const [scrutin] = await scrutinsOfBoard(this.database.pool('register'), boardId);
    const group = scrutin?.group ?? 'Ed25519';
    await this.commands.execute(new StartCeremony(boardId, randomUUID(), practice === 'oui', group));
    return { url: `/bureau/${boardId}/ceremonie` };
  }

  @Staff('administrator', 'board')
  @Post(':boardId/ceremonies/:ceremonyId/fin')
  @Redirect(undefined, 303)
  async end(
    @Req() request: Request,
    @Param() { boardId, ceremonyId }: CeremonyParams,
    @Body() { reason }: AbortBody,
  ): Promise<{ url: string }> {
    await this.members.requireSight(request, boardId);
    await this.commands.execute(new AbortCeremony(boardId, ceremonyId, reason));
    return { url: `/bureau/${boardId}/ceremonie` };
  }

  /** A test tally for the eve. */
  @Staff('administrator', 'board')
  @Post(':boardId/repetitions')
  @Redirect(undefined, 303)
  async rehearse(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<{ url: string }> {
    await this.members.requireSight(request, boardId);
    await this.rehearsals.start(boardId);
    return { url: `/bureau/${boardId}/repetition` };
  }

  /** Where a holder tries the share that was kept. */
  @Get(':boardId/repetition')
  @Header('Content-Type', HTML)
  async rehearsal(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<string> {
    await this.members.requireSight(request, boardId);
    const board = await this.boards.of(boardId);
    const title = 'Répétition du déchiffrement';
    return render('rehearsal', {
      ...frame(request, NAME, title, { via: [LIST, stepTo(board)], scripts: ['ceremony'] }),
      csrf: csrfToken(request),
      boardId,
      own: ownSeats(request, board),
      rehearsal: board.rehearsal && {
        done: board.rehearsal.done,
        decrypted: [...board.rehearsal.decryptions.keys()].sort((a, b) => a - b),
      },
    });
  }

  private async seats({ seats }: Board) {
    const people = [...seats.values()].flatMap(({ holder, substitute }) => [holder, substitute]);
    const ids = people.filter((one) => one !== undefined);
    const [names, present] = await Promise.all([this.members.namesOf(ids), this.control.present(ids)]);
    return [...seats]
      .sort(([one], [other]) => one - other)
      .map(([seat, { office, holder, substitute, titular }]) => ({
        seat,
        office: OFFICES[office],
        name: names.get(holder ?? '') ?? 'vacant',
        substitute: substitute === undefined ? undefined : names.get(substitute),
        replaced: holder !== titular,
        present: holder !== undefined && present.has(holder),
      }));
  }
}

/** The way to a board's own page. */
export function stepTo({ boardId, title }: Board): Step {
  return { label: title, href: `/bureau/${boardId}` };
}

export const LIST: Step = { label: 'Bureaux de vote', href: '/bureau' };

/** Auditors look and do nothing. */
export function mayAct(request: Request): boolean {
  const user = signedIn(request);
  return user?.kind === 'staff' && user.roles.some((role) => role === 'administrator' || role === 'board');
}

function rolesOf(request: Request): readonly string[] {
  const user = signedIn(request);
  return user?.kind === 'staff' ? user.roles : [];
}

function ownSeats(request: Request, { seats }: Board): number[] {
  const user = signedIn(request);
  if (user?.kind !== 'staff') return [];
  return [...seats].filter(([, { holder }]) => holder === user.staffId).map(([seat]) => seat);
}
