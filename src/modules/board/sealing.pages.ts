import { Body, Controller, Get, Header, Param, Post, Redirect, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Documents } from '../../documents/documents.js';
import { Public, Staff } from '../../http/access.guard.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { Refusal } from '../../ledger/refusal.js';
import { listBoards } from '../../projections/boards.projection.js';
import { Database } from '../../storage/database.js';
import { ApprovalBody, BoardParams, BreakBody } from './board.bodies.js';
import { LIST, stepTo } from './board.pages.js';
import { isSealed } from './board.state.decider.js';
import { Members } from './members.js';
import { readSeal } from './seal-content.js';
import { Sealing } from './sealing.js';
import { requireSealable } from './sealing.decider.js';

const HTML = 'text/html; charset=utf-8';
const NAME = 'Bureau de vote électronique';

/** What stands in the way of a seal, in the words of the members. */
const reasons: Readonly<Record<string, string>> = {
  'board.no-key': 'Le bureau n’a pas encore de clé : la cérémonie des clés doit être tenue.',
  'sealing.no-calendar': 'L’élection n’a pas de calendrier.',
  'sealing.lists-open': 'Les listes électorales ne sont pas closes.',
  'sealing.no-scrutin': 'Aucun scrutin n’est rattaché à ce bureau.',
  'sealing.other-group': 'Un scrutin n’utilise pas le groupe de la clé du bureau.',
  'sealing.no-list': 'Un scrutin n’a aucune liste de candidats.',
  'sealing.not-drawn': 'L’ordre des listes d’un scrutin n’est pas tiré au sort.',
  'sealing.no-elector': 'Un scrutin n’a aucun électeur.',
  'sealing.credential-count': 'Un scrutin n’a pas autant de codes que d’électeurs.',
  'sealing.box-not-empty': 'Une urne a déjà servi.',
  'sealing.sealed': 'Les scrutins sont scellés.',
};

/** The page on which a board sees what is sealed, the empty boxes and registers, and approves (CGFP 552). */
@ApiExcludeController()
@Controller()
export class SealingPages {
  constructor(
    private readonly sealing: Sealing,
    private readonly members: Members,
    private readonly documents: Documents,
    private readonly database: Database,
  ) {}

  @Staff('administrator', 'auditor', 'board')
  @Get('bureau/:boardId/scelle')
  @Header('Content-Type', HTML)
  async page(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<string> {
    await this.members.requireSight(request, boardId);
    const { board, facts, scrutins } = await this.sealing.prospects(boardId);
    const { sealing } = board;
    const document = sealing && (await this.documents.get(sealing.proposed.seal));
    const names = await this.members.namesOf([...(sealing?.approvals.keys() ?? [])]);
    const user = signedIn(request);
    const roles: readonly string[] = user?.kind === 'staff' ? user.roles : [];
    const staffId = user?.kind === 'staff' ? user.staffId : '';
    const emptiness = new Map(facts.scrutins.map(({ scrutinId, empty }) => [scrutinId, empty]));
    const sealed = document && readSeal(document.content);
    return render('seal', {
      ...frame(request, NAME, 'Scellement', { via: [LIST, stepTo(board)] }),
      csrf: csrfToken(request),
      boardId,
      phase: !sealing || sealing.broken ? 'open' : isSealed(board) ? 'sealed' : 'proposed',
      seal: sealing?.proposed.seal,
      opensAt: sealed && inParis(new Date(sealed.calendar.votingOpensAt)),
      closesAt: sealed && inParis(new Date(sealed.calendar.votingClosesAt)),
      sealed,
      emptiness,
      obstacle: obstacle(() => {
        requireSealable(board, facts);
      }),
      prospects: scrutins.map(({ scrutinId, title, lists }) => ({
        title,
        lists: lists.length,
        ...facts.scrutins.find((one) => one.scrutinId === scrutinId),
      })),
      approvals: [...(sealing?.approvals ?? [])].map(([id, seat]) => ({ seat, name: names.get(id) ?? '' })),
      approved: sealing?.approvals.has(staffId) === true,
      breaking: sealing?.breaking,
      administrator: roles.includes('administrator'),
      member: roles.includes('board'),
    });
  }

  @Staff('administrator')
  @Post('bureau/:boardId/scelle')
  @Redirect(undefined, 303)
  async propose(@StaffId() by: string, @Param() { boardId }: BoardParams): Promise<{ url: string }> {
    await this.sealing.propose(boardId, by);
    return { url: `/bureau/${boardId}/scelle` };
  }

  @Staff('board')
  @Post('bureau/:boardId/scelle/approbation')
  @Redirect(undefined, 303)
  async approve(
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
    @Body() { seal }: ApprovalBody,
  ): Promise<{ url: string }> {
    await this.sealing.approve(boardId, seal, staffId);
    return { url: `/bureau/${boardId}/scelle` };
  }

  @Staff('administrator', 'board')
  @Post('bureau/:boardId/scelle/rupture')
  @Redirect(undefined, 303)
  async break(
    @Req() request: Request,
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
    @Body() { seal, reason }: BreakBody,
  ): Promise<{ url: string }> {
    await this.members.requireSight(request, boardId);
    await this.sealing.break(boardId, seal, reason, staffId);
    return { url: `/bureau/${boardId}/scelle` };
  }

  /** Seals and why one was broken, for everybody. */
  @Public()
  @Get('scelles')
  @Header('Content-Type', HTML)
  async everybody(@Req() request: Request): Promise<string> {
    const boards = await listBoards(this.database.pool('register'));
    return render('seals', {
      ...frame(request, 'Portail Élections', 'Scellés des scrutins'),
      boards: await Promise.all(
        boards.map(async ({ title, seal, sealedAt, keyHolders, broken }) => ({
          title,
          seal,
          keyHolders,
          sealedAt: sealedAt && inParis(sealedAt),
          broken: broken && {
            at: inParis(broken.at),
            reason: (await this.documents.get(broken.reason))?.content.toString() ?? '',
          },
        })),
      ),
    });
  }
}

function obstacle(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return reasons[error.code] ?? error.message;
    throw error;
  }
}
