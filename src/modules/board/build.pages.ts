import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Software } from '../../documents/counted-software.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type FormError, type Words } from '../../http/form-reader.js';
import { frame } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { render } from '../../http/views.js';
import { signedIn, StaffId } from '../../http/visitor.js';
import { BoardParams } from './board.bodies.js';
import { LIST, stepTo } from './board.pages.js';
import { Boards } from './boards.js';
import { BuildRequestParams } from './build.controller.js';
import { BuildRequests, type BuildRequest } from './build-requests.js';
import { BuildWatch, same } from './build-watch.js';
import { Members } from './members.js';

const NAME = 'Bureau de vote électronique';
const TITLE = 'Logiciel scellé et logiciel en service';
const LONGEST = 5_000; // characters of a reason

/** What the rules say no to, and the field that it is about; the same sentence serves both forms. */
const words = (field: 'build' | 'approval'): Words => ({
  'build.not-running': {
    field,
    text: 'Empreinte du logiciel : aucun serveur en service n’a cette empreinte.',
  },
  'build.counts': { field, text: 'Empreinte du logiciel : ce logiciel compte déjà pour tous les scrutins.' },
  'build.other-fingerprint': {
    field,
    text: 'Empreinte annoncée : ce n’est pas celle de la demande. N’approuvez que le logiciel qui vous a été annoncé.',
  },
  'build.not-sealed': {
    text: 'Aucun scrutin de l’élection n’est entre son scellement et son résultat : rien n’est à décider.',
  },
  'build.two-members': { text: 'Un autre membre que celui qui demande doit approuver.' },
  'build.no-president': {
    text: 'L’un des deux membres doit présider un bureau : qu’un président approuve, ou demande.',
  },
  'build.asker-left': {
    text: 'Le membre qui a demandé n’occupe plus de siège : abandonnez cette demande, et demandez de nouveau.',
  },
  'build.no-request': {
    text: 'Cette demande n’attend plus : elle a été approuvée, remplacée ou abandonnée.',
  },
});

/** Where members compare the software that runs with the one that counts, and replace it by two (CGFP 571). */
@ApiExcludeController()
@Controller('bureau/:boardId/logiciel')
export class BuildPages {
  constructor(
    private readonly requests: BuildRequests,
    private readonly watch: BuildWatch,
    private readonly boards: Boards,
    private readonly members: Members,
  ) {}

  @Staff('administrator', 'auditor', 'board')
  @Get()
  async show(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    await this.members.requireSight(request, boardId);
    await sendPage(request, response, await this.page(request, boardId, {}, []));
  }

  @Staff('board')
  @Post()
  ask(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { boardId }: BoardParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const build = fingerprint(form, 'build', 'Empreinte du logiciel');
    const reason = form.text('reason', 'Motif', LONGEST);
    return this.attempt(request, response, boardId, form, 'build', () =>
      this.requests.ask(boardId, staffId, build, reason),
    );
  }

  @Staff('board')
  @Post(':requestId/approbation')
  approve(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { boardId, requestId }: BuildRequestParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const build = fingerprint(form, 'approval', 'Empreinte annoncée');
    return this.attempt(request, response, boardId, form, 'approval', () =>
      this.requests.approve(boardId, requestId, staffId, build),
    );
  }

  @Staff('board')
  @Post(':requestId/abandon')
  drop(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() staffId: string,
    @Param() { boardId, requestId }: BuildRequestParams,
  ): Promise<void> {
    const form = new FormReader(request.body);
    return this.attempt(request, response, boardId, form, 'build', () =>
      this.requests.drop(boardId, requestId, staffId),
    );
  }

  /** Does it, and leads back to the page; or shows the page with what is wrong, and what was typed. */
  private async attempt(
    request: Request,
    response: Response,
    boardId: string,
    form: FormReader,
    field: 'build' | 'approval',
    work: () => Promise<unknown>,
  ): Promise<void> {
    await this.members.requireSight(request, boardId);
    const errors = await outcomeOf(form, work, (error) => saidOf(error, words(field)));
    if (errors.length === 0) return seeOther(request, response, `/bureau/${boardId}/logiciel`);
    const values = form.values(['build', 'reason', 'approval']);
    await sendPage(request, response, await this.page(request, boardId, values, errors), 422);
  }

  private async page(
    request: Request,
    boardId: string,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<string> {
    const board = await this.boards.of(boardId);
    const unfinished = (await this.watch.unfinished()).filter((one) => one.electionId === board.electionId);
    const counts = unfinished.find((one) => one.boardId === boardId)?.counts;
    const waiting = await this.requests.waiting(boardId);
    const user = signedIn(request);
    const staffId = user?.kind === 'staff' ? user.staffId : '';
    const sits = await this.requests.sits(boardId, staffId);
    return render('board-build', {
      ...frame(request, NAME, TITLE, { via: [LIST, stepTo(board)] }),
      csrf: csrfToken(request),
      ...{ boardId, counts, values, errors, longest: LONGEST },
      software: await this.watch.alarm(board.electionId),
      boards: unfinished.map(({ title, counts, replaced }) => ({
        ...{ title, counts },
        since: replaced && inParis(replaced.at),
      })),
      here: this.watch.here(),
      running: (await this.watch.live()).map((one) => ({
        ...one,
        counting: unfinished.length > 0 && unfinished.every((board) => same(board.counts, one)),
      })),
      waiting: waiting && (await this.waitingView(waiting, staffId)),
      mayAct: sits && unfinished.length > 0,
    });
  }

  private async waitingView({ staffId, askedAt, ...request }: BuildRequest, own: string) {
    const names = await this.members.namesOf([staffId]);
    return {
      ...(request satisfies Software),
      by: names.get(staffId) ?? 'un membre qui n’a plus accès',
      at: inParis(askedAt),
      own: staffId === own,
    };
  }
}

/** A fingerprint as people copy it: in groups, in capitals. */
function fingerprint(form: FormReader, field: string, label: string): string {
  const typed = form.text(field, label, 200).replaceAll(/\s/g, '').toLowerCase();
  if (typed !== '' && !/^[0-9a-f]{64}$/.test(typed))
    form.wrong(field, `${label} : 64 chiffres et lettres de a à f, tels que « isoloir build » les affiche.`);
  return typed;
}
