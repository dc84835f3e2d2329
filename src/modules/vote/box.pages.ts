import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { frame } from '../../http/frame.js';
import { fromParisField, inParis, inParisField } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { StaffMember, type SignedIn } from '../../http/visitor.js';
import type { Position } from '../../ledger/event-store.js';
import { Refusal } from '../../ledger/refusal.js';
import { boardsOf, findBoard, type BoardRow } from '../../projections/boards.projection.js';
import { findBoxes, type BoxRow } from '../../projections/boxes.projection.js';
import { Projections } from '../../projections/projections.js';
import { scrutinsOfBoard } from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { boxActions, BoxRequests, type BoxAction, type BoxRequest } from './box-requests.js';

const NAME = 'Bureau de vote électronique';
const TITLE = 'Suspension, reprise, report de la clôture';
const LONGEST = 5_000;
const PATIENCE = 2_000; // milliseconds that a page waits to show what was just done

const actions: Readonly<Record<BoxAction, string>> = {
  suspend: 'Suspendre le vote',
  resume: 'Reprendre le vote',
  extend: 'Reporter la clôture',
};
const phases: Readonly<Record<BoxRow['phase'], string>> = {
  open: 'ouverte',
  suspended: 'suspendue',
  frozen: 'figée',
  tallied: 'figée, dépouillée',
  proclaimed: 'résultat proclamé',
};
/** What the rules say no to, in the words of the page, and the field that it is about. */
const refusals: Readonly<Record<string, Mistake>> = {
  'box.not-open': { field: 'scrutinId', text: 'L’urne de ce scrutin n’est pas ouverte.' },
  'box.frozen': { field: 'scrutinId', text: 'L’urne de ce scrutin est figée : plus rien n’y change.' },
  'box.suspended': { field: 'action', text: 'Le vote à ce scrutin est déjà suspendu.' },
  'box.not-suspended': { field: 'action', text: 'Le vote à ce scrutin n’est pas suspendu.' },
  'box.earlier-closing': {
    field: 'closesAt',
    text: 'Indiquez une heure de clôture après l’heure actuelle de clôture : elle peut être reportée, non avancée.',
  },
  'box.closed': { field: 'scrutinId', text: 'Le vote à ce scrutin est clos : il ne peut plus être reporté.' },
  'box.no-reason': { field: 'reason', text: 'Veuillez indiquer le motif.' },
  'box.two-staff': { field: '', text: 'Une autre personne que celle qui demande doit approuver.' },
  'box.board-decides': {
    field: '',
    text: 'L’une des deux personnes doit siéger dans le bureau de cette urne : un de ses membres doit approuver.',
  },
  'box.no-request': {
    field: '',
    text: 'Cette demande n’attend plus : elle a été approuvée, remplacée ou abandonnée.',
  },
};

class BoardParams {
  @IsUUID('4')
  boardId!: string;
}

class RequestParams extends BoardParams {
  @IsUUID('4')
  requestId!: string;
}

class WishForm {
  @IsUUID('4')
  scrutinId!: string;
  @IsIn(boxActions)
  action!: BoxAction;
  @Matches(/^(\d{4}-\d\d-\d\dT\d\d:\d\d)?$/)
  closesAt = '';
  @IsString()
  @MaxLength(LONGEST)
  reason = '';
}

type StaffUser = Extract<SignedIn, { kind: 'staff' }>;

interface Mistake {
  readonly field: string;
  readonly text: string;
}

/** Who comes to the page of which board, and wants an answer. */
interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly staff: StaffUser;
  readonly boardId: string;
}

/** Where a board suspends a scrutin after an outage, resumes it, or puts off its closing; each takes two (design 3, point 7). */
@ApiExcludeController()
@Staff('administrator', 'board')
@Controller('bureau/:boardId/urnes')
export class BoxPages {
  constructor(
    private readonly requests: BoxRequests,
    private readonly database: Database,
    private readonly projections: Projections,
  ) {}

  @Staff('administrator', 'auditor', 'board')
  @Get()
  show(
    @Req() request: Request,
    @Res() response: Response,
    @StaffMember() staff: StaffUser,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    return this.send({ request, response, staff, boardId });
  }

  /** Asks; what is wrong is said by field, with what was typed still there. */
  @Post()
  ask(
    @Req() request: Request,
    @Res() response: Response,
    @StaffMember() staff: StaffUser,
    @Param() { boardId }: BoardParams,
    @Body() form: WishForm,
  ): Promise<void> {
    const { scrutinId, action, reason } = form;
    const closing = action === 'extend' && form.closesAt !== '' ? fromParisField(form.closesAt) : undefined;
    const work = async () => {
      if (reason.trim() === '') throw new Refusal('box.no-reason', 'Say why.');
      await this.requests.ask(scrutinId, { action, reason, closesAt: closing?.toISOString() }, staff);
      return undefined;
    };
    return this.attempt({ request, response, staff, boardId }, work, form);
  }

  @Post(':requestId/approbation')
  approve(
    @Req() request: Request,
    @Res() response: Response,
    @StaffMember() staff: StaffUser,
    @Param() { boardId, requestId }: RequestParams,
  ): Promise<void> {
    const work = async () => (await this.requests.approve(requestId, staff)).position;
    return this.attempt({ request, response, staff, boardId }, work);
  }

  @Post(':requestId/abandon')
  drop(
    @Req() request: Request,
    @Res() response: Response,
    @StaffMember() staff: StaffUser,
    @Param() { boardId, requestId }: RequestParams,
  ): Promise<void> {
    const work = async () => {
      await this.requests.drop(requestId, staff);
      return undefined;
    };
    return this.attempt({ request, response, staff, boardId }, work);
  }

  /** Does it, and leads back to the page once it shows there; or shows the page with what the rules say no to. */
  private async attempt(
    visit: Visit,
    work: () => Promise<Position | undefined>,
    typed?: WishForm,
  ): Promise<void> {
    const { request, response, staff, boardId } = visit;
    try {
      await this.board(staff, boardId);
      await this.projections.waitFor('boxes', await work(), PATIENCE);
      await seeOther(request, response, `/bureau/${boardId}/urnes`);
    } catch (error) {
      const wrong = error instanceof Refusal ? refusals[error.code] : undefined;
      if (!wrong) throw error;
      await this.send(visit, wrong, typed);
    }
  }

  private async send(
    { request, response, staff, boardId }: Visit,
    wrong?: Mistake,
    typed?: WishForm,
  ): Promise<void> {
    const { title } = await this.board(staff, boardId);
    const register = this.database.pool('register');
    const scrutins = await scrutinsOfBoard(register, boardId);
    const opened = await findBoxes(
      register,
      scrutins.map(({ scrutinId }) => scrutinId),
    );
    const waiting = await this.requests.list();
    const boxes = scrutins.flatMap(({ scrutinId, title }) => {
      const box = opened.find((one) => one.scrutinId === scrutinId);
      const asked = waiting.find((one) => one.scrutinId === scrutinId);
      return box ? [{ ...viewOf(box), title, asked: asked && askedView(asked, staff) }] : [];
    });
    const via = [
      { label: 'Bureaux de vote', href: '/bureau' },
      { label: title, href: `/bureau/${boardId}` },
    ];
    const [first] = opened.map(({ closesAt }) => closesAt).sort((a, b) => a.getTime() - b.getTime()); // to be put off
    const page = render('boxes', {
      ...frame(request, NAME, TITLE, { via }),
      csrf: csrfToken(request),
      ...{ boardId, boxes, actions: Object.entries(actions), longest: LONGEST, typed },
      closesAt: first && inParisField(first),
      errors: wrong ? [wrong] : [],
      mayAct: staff.roles.some((role) => role === 'administrator' || role === 'board'),
    });
    await sendPage(request, response, page, wrong ? 422 : 200);
  }

  /** The board, for who may see it: administrators, auditors, its own members. */
  private async board({ staffId, roles }: StaffUser, boardId: string): Promise<BoardRow> {
    const register = this.database.pool('register');
    const all = roles.includes('administrator') || roles.includes('auditor');
    if (!all && !(await boardsOf(register, staffId)).some((one) => one.boardId === boardId))
      throw new ForbiddenException();
    const board = await findBoard(register, boardId);
    if (!board) throw new NotFoundException();
    return board;
  }
}

function viewOf({ scrutinId, phase, closesAt, votes }: BoxRow) {
  return {
    scrutinId,
    phase: phases[phase],
    live: phase === 'open' || phase === 'suspended',
    closesAt: inParis(closesAt),
    votes,
  };
}

function askedView(asked: BoxRequest, { staffId }: StaffUser) {
  return {
    requestId: asked.requestId,
    action: actions[asked.action],
    closesAt: asked.closesAt === undefined ? undefined : inParis(new Date(asked.closesAt)),
    reason: asked.reason,
    by: asked.login ?? 'un membre du personnel qui n’a plus accès',
    at: inParis(asked.askedAt),
    own: asked.staffId === staffId,
  };
}
