import { Body, Controller, Get, Header, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { idOfForm } from '../../election-file/derived-ids.js';
import { Public, Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, outcomeOf, saidOf, type Words } from '../../http/form-reader.js';
import { frame, nameOf } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { browserOf } from '../../http/sessions.js';
import { Site } from '../../http/site.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { Refusal, TooSoon } from '../../ledger/refusal.js';
import { findElection, listElections } from '../../projections/elections.projection.js';
import { Database } from '../../storage/database.js';
import { CountPage, LONGEST, steps, type Said } from './count-page.js';
import { CountViews, type ResultView } from './count-views.js';
import { BoardParams, ElectionParams, SignatureBody } from './counting.bodies.js';
import { nameOf as personOf, notNamed } from './elected-wording.js';
import { Minutes } from './minutes.js';
import { Reconciling } from './reconciling.js';

const HTML = 'text/html; charset=utf-8';
const WIDTH = 600; // of the bars, in units of the chart

/** Why an observation is not written, as the page says it. */
const unwritten: Words = {
  'counting.minutes-signed': {
    field: 'observation',
    text: 'Observation : le procès-verbal est déjà signé, rien ne s’y ajoute. Choisissez un scrutin dont il ne l’est pas.',
  },
};

/** Why minutes are not signed, as the page says it. */
const unsigned: Readonly<Record<string, string>> = {
  'counting.wrong-code': 'Le code à usage unique est faux ou a déjà servi.',
  'counting.moved-on': 'Une observation vient d’être écrite : relisez le procès-verbal, puis signez.',
  'counting.secretary-first': 'Le secrétaire signe d’abord ; les autres contresignent.',
};

function whyUnsigned(error: unknown): string | undefined {
  if (error instanceof TooSoon)
    return `Trop de codes faux de suite : réessayez dans ${error.retryAfter} seconde(s).`;
  return error instanceof Refusal ? unsigned[error.code] : undefined;
}

declare module 'express-session' {
  interface SessionData {
    /** What a member has just done of a count: the page that follows says it once. */
    counted?: { readonly boardId: string } & Said;
  }
}

/** The pages of the count: the board's, and the results for everybody (F104, F109). */
@ApiExcludeController()
@Controller()
export class CountingPages {
  constructor(
    private readonly views: CountViews,
    private readonly page: CountPage,
    private readonly reconciling: Reconciling,
    private readonly minutes: Minutes,
    private readonly database: Database,
    private readonly site: Site,
  ) {}

  /** « Dépouillement » of one board, for its members. */
  @Staff('board')
  @Get('bureau/depouillement/:boardId')
  async count(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const { counted } = request.session;
    delete request.session.counted;
    const said = counted?.boardId === boardId ? counted : {};
    await sendPage(request, response, await this.page.html(request, boardId, staffId, said));
  }

  /** « RAPPROCHER ». */
  @Staff('board')
  @Post('bureau/depouillement/:boardId/rapprochement')
  async reconcile(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const compared = await this.reconciling.reconcile(boardId, staffId);
    await done(request, response, boardId, { compared });
  }

  /** « ÉCRIRE AU PROCÈS-VERBAL »: of one scrutin, or of all whose minutes nobody has signed (CGFP 577). */
  @Staff('board')
  @Post('bureau/depouillement/:boardId/observation')
  async observe(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
    @StaffId() staffId: string,
  ): Promise<void> {
    const form = new FormReader(request.body);
    const { scrutins } = await this.views.count(boardId);
    const chosen = form.choice('scrutinId', 'Scrutin', ['', ...scrutins.map(({ scrutinId }) => scrutinId)]);
    const open = await this.page.observable(scrutins);
    const id = idOfForm(form, boardId, ['scrutinId', 'observation']);
    const text = form.text('observation', 'Observation', LONGEST);
    const scrutinIds = chosen === '' ? open.map(({ scrutinId }) => scrutinId) : [chosen];
    const errors = await outcomeOf(
      form,
      () => this.minutes.observe(boardId, scrutinIds, staffId, { id, text }),
      (error) => saidOf(error, unwritten),
    );
    if (errors.length === 0) return seeOther(request, response, `/bureau/depouillement/${boardId}`);
    const values = form.values(['id', 'scrutinId', 'observation']);
    await sendPage(
      request,
      response,
      await this.page.html(request, boardId, staffId, { errors, values }),
      409,
    );
  }

  /** « SIGNER »: the minutes of every proclaimed scrutin of the board, the secretary first (CGFP 577). */
  @Staff('board')
  @Post('bureau/depouillement/:boardId/proces-verbal')
  async sign(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { boardId }: BoardParams,
    @Body() { code }: SignatureBody,
    @StaffId() staffId: string,
  ): Promise<void> {
    try {
      const proclaimed = (await this.views.count(boardId)).scrutins.filter(
        ({ phase }) => phase === 'proclaimed',
      );
      const scrutinIds = proclaimed.map(({ scrutinId }) => scrutinId);
      const browser = browserOf(request, response, this.site.secure);
      await this.minutes.signAll(boardId, scrutinIds, staffId, { code, browser });
    } catch (error) {
      const said = whyUnsigned(error);
      if (said === undefined) throw error;
      const page = await this.page.html(request, boardId, staffId, {
        errors: [{ field: 'code', text: said }],
      });
      await sendPage(request, response, page, error instanceof TooSoon ? 429 : 422);
      return;
    }
    await done(request, response, boardId, { signed: true });
  }

  /** « Résultats »: of which election. Where only one is held here, at once. */
  @Public()
  @Get('resultats')
  async elections(@Req() request: Request, @Res() response: Response): Promise<void> {
    const elections = await listElections(this.database.pool('register'));
    const [only] = elections;
    if (only && elections.length === 1) {
      response.redirect(303, `/resultats/${only.electionId}`);
      return;
    }
    const around = frame(request, nameOf(elections), 'Résultats');
    await sendPage(request, response, render('results-of', { ...around, elections }));
  }

  /** The results of an election, as far as they are proclaimed. */
  @Public()
  @Get('resultats/:electionId')
  @Header('Content-Type', HTML)
  async results(@Req() request: Request, @Param() { electionId }: ElectionParams): Promise<string> {
    const election = await findElection(this.database.pool('register'), electionId);
    const name = nameOf(election ? [election] : []);
    const results = (await this.views.results(electionId)).map((one) => shown(one, electionId));
    return render('results', { ...frame(request, name, 'Résultats'), results, of: election?.title });
  }
}

/** Leads back to the page of the count, which says what was done. */
function done(request: Request, response: Response, boardId: string, said: Said): Promise<void> {
  request.session.counted = { boardId, ...said };
  return seeOther(request, response, `/bureau/depouillement/${boardId}`);
}

/** A result with what its chart and table show. */
function shown(result: ResultView, electionId: string) {
  const { lists, expressed, roll, signatures, phase, proclaimedAt, elected } = result;
  const most = Math.max(1, ...lists.map(({ votes }) => votes));
  const titleOf = (id: string) => lists.find(({ listId }) => listId === id)?.title ?? id;
  return {
    ...result,
    electionId,
    step: steps[phase],
    turnout: percent(signatures ?? 0, roll),
    draws: result.draws.map(({ step, among, drawn }) => ({
      ...{ step, drawn: titleOf(drawn), among: among.map(titleOf).join(', ') },
    })),
    proclaimed: proclaimedAt && inParis(new Date(proclaimedAt)),
    lists: lists.map((list) => ({
      ...list,
      share: percent(list.votes, expressed ?? 0),
      width: Math.round((list.votes / most) * WIDTH),
    })),
    elected: elected?.map((one) => {
      const { title = one.listId, seats = 0 } = lists.find(({ listId }) => listId === one.listId) ?? {};
      const [titulars, substitutes] = [one.titulars.map(personOf), one.substitutes.map(personOf)];
      return { title, titulars, substitutes, notNamed: notNamed(one, seats) };
    }),
  };
}

const percents = new Intl.NumberFormat('fr-FR', { style: 'percent', minimumFractionDigits: 2 });

function percent(part: number, whole: number): string {
  return percents.format(whole === 0 ? 0 : part / whole);
}
