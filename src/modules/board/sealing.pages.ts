import { Body, Controller, Get, Header, Param, Post, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CountedSoftware } from '../../documents/counted-software.js';
import { Documents } from '../../documents/documents.js';
import { Public, Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, type FormError } from '../../http/form-reader.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { setUpWarnings } from '../../http/set-up-warnings.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { Refusal } from '../../ledger/refusal.js';
import { listBoards } from '../../projections/boards.projection.js';
import { findElection } from '../../projections/elections.projection.js';
import { countNotices } from '../../projections/notices.projection.js';
import { Database } from '../../storage/database.js';
import { ApprovalBody, BoardParams, BreakBody } from './board.bodies.js';
import { LIST, stepTo } from './board.pages.js';
import { isSealed, type Board } from './board.state.decider.js';
import { NEVER_REHEARSED } from './control.views.js';
import { Members } from './members.js';
import { readSeal } from './seal-content.js';
import { Sealing } from './sealing.js';
import { requireSealable } from './sealing.decider.js';

const HTML = 'text/html; charset=utf-8';
const NAME = 'Bureau de vote électronique';
const FEW = 10; // electors, below which a result tells how somebody voted (requirements, DH-3)

/** What stands in the way of a seal, in the words of the members. */
const reasons: Readonly<Record<string, string>> = {
  'board.no-key': 'Le bureau n’a pas encore de clé : la cérémonie des clés doit être tenue.',
  'sealing.administrator':
    'Un membre du bureau administre le service : il ne peut détenir de part de la clé (CNIL 2019-053, objectif 1-08).',
  'ceremony.running': 'Une cérémonie fait une autre clé : elle doit être terminée.',
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
    private readonly counted: CountedSoftware,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Staff('administrator', 'auditor', 'board')
  @Get('bureau/:boardId/scelle')
  @Header('Content-Type', HTML)
  async page(@Req() request: Request, @Param() { boardId }: BoardParams): Promise<string> {
    await this.members.requireSight(request, boardId);
    return this.shown(request, boardId, {}, []);
  }

  private async shown(
    request: Request,
    boardId: string,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<string> {
    const { board, facts: found, scrutins } = await this.sealing.prospects(boardId);
    // More codes than electors is no obstacle where an administrator accounts for them in the form.
    const facts = {
      ...found,
      scrutins: found.scrutins.map((one) => ({
        ...one,
        surplus: Math.max(0, one.credentials - one.electors),
      })),
    };
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
      warnings: await this.warnings(board),
      obstacle: obstacle(() => {
        requireSealable(board, facts);
      }),
      prospects: scrutins.map(({ scrutinId, title, lists }) => {
        const one = facts.scrutins.find((other) => other.scrutinId === scrutinId);
        return { title, lists: lists.length, ...one, few: (one?.electors ?? 0) < FEW };
      }),
      values,
      errors,
      approvals: [...(sealing?.approvals ?? [])].map(([id, seat]) => ({ seat, name: names.get(id) ?? '' })),
      approved: sealing?.approvals.has(staffId) === true,
      breaking: sealing?.breaking,
      administrator: roles.includes('administrator'),
      member: roles.includes('board'),
    });
  }

  /** What stands in no way, and should not be so. */
  private async warnings({ key, rehearsal, electionId }: Board): Promise<string[]> {
    const register = this.database.pool('register');
    const election = await findElection(register, electionId);
    const setUp = setUpWarnings(
      {
        votingOpensAt: election?.calendar?.votingOpensAt,
        noticesFrom: election?.calendar?.noticesFrom,
        listsClosedAt: election?.listsClosedAt,
        notices: await countNotices(register, electionId),
      },
      this.clock.now(),
    );
    const before = (election?.calendar?.votingOpensAt.getTime() ?? Infinity) > Date.parse(this.clock.now());
    return key && !rehearsal?.done && before ? [...setUp, `${NEVER_REHEARSED}.`] : setUp;
  }

  /** Proposes the seal. For scrutins with more codes than electors the form says how many are of removed electors. */
  @Staff('administrator')
  @Post('bureau/:boardId/scelle')
  async propose(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const { facts, scrutins } = await this.sealing.prospects(boardId);
    const surplus = new Map<string, number>();
    for (const { scrutinId, electors, credentials } of facts.scrutins.filter(hasSurplus)) {
      const title = scrutins.find((one) => one.scrutinId === scrutinId)?.title ?? '';
      const typed = form.integer(`surplus-${scrutinId}`, `Codes en trop, ${title}`, 1, 10_000_000);
      if (typed !== credentials - electors && !Number.isNaN(typed))
        form.wrong(
          `surplus-${scrutinId}`,
          `Codes en trop, ${title} : ce n’est pas ce nombre qui est en trop.`,
        );
      surplus.set(scrutinId, typed);
    }
    const errors = form.errors.length > 0 ? form.errors : await this.refused(boardId, by, surplus);
    if (errors.length === 0) return seeOther(request, response, `/bureau/${boardId}/scelle`);
    const values = form.values([...surplus.keys()].map((scrutinId) => `surplus-${scrutinId}`));
    await sendPage(request, response, await this.shown(request, boardId, values, errors), 409);
  }

  private async refused(
    boardId: string,
    by: string,
    surplus: ReadonlyMap<string, number>,
  ): Promise<FormError[]> {
    try {
      await this.sealing.propose(boardId, by, surplus);
      return [];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [{ text: reasons[error.code] ?? error.message }];
    }
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
        boards.map(async ({ title, seal, sealedAt, keyHolders, broken, replaced }) => ({
          title,
          seal,
          counts: await this.counted.of({ seal, replaced }),
          replacedAt: replaced && inParis(replaced.at),
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

function hasSurplus({ credentials, electors }: { readonly credentials: number; readonly electors: number }) {
  return credentials > electors;
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
