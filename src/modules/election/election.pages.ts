import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { idOfForm } from '../../election-file/derived-ids.js';
import { Staff } from '../../http/access.guard.js';
import { seeOther, sendPage } from '../../http/answers.js';
import { FormReader, saidOf, type FormError } from '../../http/form-reader.js';
import { frame, stepsToElection, stepsToElections } from '../../http/frame.js';
import { inParis, inParisField } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { setUpWarnings } from '../../http/set-up-warnings.js';
import { render } from '../../http/views.js';
import { StaffId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import type { Executed } from '../../ledger/ledger.js';
import { findElection, listElections, type ElectionRow } from '../../projections/elections.projection.js';
import { countNotices } from '../../projections/notices.projection.js';
import { Projections } from '../../projections/projections.js';
import { Database } from '../../storage/database.js';
import {
  CloseLists,
  DeclareElection,
  RenameElection,
  SetCalendar,
  type Calendar,
} from './election.commands.js';
import { ElectionParams } from './election.controller.js';
import { electionWords } from './election.words.js';
import { Overview } from './overview.js';
import { moments, usualCalendar } from './usual-calendar.js';

const PATH = 'personnel/elections';
const NAME = 'Espace du personnel';
const PATIENCE = 10_000; // milliseconds until the page shows what was just done
const PRESETS = ['2026', '2022'] as const;
const FIELDS = ['title', 'preset'];

/** Where an administrator declares an election, sets its calendar and closes its lists (F1 to F3, CGFP 528). */
@ApiExcludeController()
@Staff('administrator')
@Controller(PATH)
export class ElectionPages {
  constructor(
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly overview: Overview,
    private readonly clock: Clock,
  ) {}

  @Get()
  all(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.list(request, response, { preset: '2026', id: randomUUID() }, []);
  }

  @Post()
  async declare(@Req() request: Request, @Res() response: Response): Promise<void> {
    const form = new FormReader(request.body);
    const electionId = idOfForm(form, 'elections', FIELDS);
    const command = new DeclareElection(
      electionId,
      form.text('title', 'Intitulé', 200),
      form.choice('preset', 'Règles', PRESETS),
    );
    if (form.errors.length > 0)
      return this.list(request, response, form.values(['id', ...FIELDS]), form.errors);
    await this.execute(command);
    await seeOther(request, response, `/${PATH}/${electionId}/calendrier`);
  }

  @Get(':electionId')
  one(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    return this.home(request, response, electionId, []);
  }

  /** Corrects the title. */
  @Post(':electionId/intitule')
  async rename(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    await this.election(electionId);
    const form = new FormReader(request.body);
    const command = new RenameElection(electionId, form.text('title', 'Intitulé', 200), by);
    const errors = form.errors.length > 0 ? form.errors : await this.refused(command);
    if (errors.length === 0) return seeOther(request, response, `/${PATH}/${electionId}`);
    await this.home(request, response, electionId, errors, form.errors.length > 0 ? 422 : 409);
  }

  @Get(':electionId/calendrier')
  async calendar(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const election = await this.election(electionId);
    await this.calendarForm(request, response, election, valuesOf(election), []);
  }

  @Post(':electionId/calendrier')
  async setCalendar(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    const election = await this.election(electionId);
    const form = new FormReader(request.body);
    const times = Object.fromEntries(
      moments.flatMap(([field, label, must]) => {
        const at = must ? form.time(field, label) : form.optionalTime(field, label);
        return at === undefined ? [] : [[field, at]];
      }),
    );
    const graceMinutes = form.integer('graceMinutes', 'Délai de grâce', 0, 60);
    const command = new SetCalendar(electionId, { ...times, graceMinutes } as unknown as Calendar);
    const errors = form.errors.length > 0 ? form.errors : await this.refused(command);
    if (errors.length === 0) return seeOther(request, response, `/${PATH}/${electionId}`);
    const values = form.values([...moments.map(([field]) => field), 'graceMinutes']);
    await this.calendarForm(request, response, election, values, errors, form.errors.length > 0 ? 422 : 409);
  }

  /** Ends all changes of lists, for good: who does it says that they know. */
  @Post(':electionId/cloture-des-listes')
  async closeLists(
    @Req() request: Request,
    @Res() response: Response,
    @StaffId() by: string,
    @Param() { electionId }: ElectionParams,
  ): Promise<void> {
    await this.election(electionId);
    const form = new FormReader(request.body);
    if (form.typed('certain') !== 'oui')
      form.wrong('certain', 'Clôture des listes : cochez la case, puisque rien ne la défait.');
    const errors = form.errors.length > 0 ? form.errors : await this.refused(new CloseLists(electionId, by));
    if (errors.length === 0) return seeOther(request, response, `/${PATH}/${electionId}`);
    await this.home(request, response, electionId, errors, form.errors.length > 0 ? 422 : 409);
  }

  private async list(
    request: Request,
    response: Response,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const elections = await listElections(this.database.pool('register'));
    const page = {
      ...frame(request, NAME, 'Élections', { via: stepsToElections.slice(0, 1) }),
      csrf: csrfToken(request),
      elections: elections.map(({ electionId, title, preset, calendar }) => ({
        electionId,
        title,
        preset,
        opens: calendar && inParis(calendar.votingOpensAt),
      })),
      values,
      errors,
    };
    await sendPage(request, response, render('setup-elections', page), errors.length > 0 ? 422 : 200);
  }

  private async home(
    request: Request,
    response: Response,
    electionId: string,
    errors: readonly FormError[],
    status = 200,
  ): Promise<void> {
    const election = await this.election(electionId);
    const { calendar } = election;
    const page = {
      ...frame(request, NAME, election.title, { via: stepsToElections }),
      csrf: csrfToken(request),
      ...(await this.overview.of(electionId)),
      electionId,
      preset: election.preset,
      values: { title: election.title },
      listsClosed: election.listsClosedAt && inParis(election.listsClosedAt),
      warnings: await this.warnings(election),
      calendar: calendar && [
        ...moments.map(([field, label]) => {
          const at = calendar[field];
          return { label, said: at ? `${inParis(at)} (heure de Paris)` : 'non fixé' };
        }),
        { label: 'Délai de grâce', said: `${calendar.graceMinutes} minutes` },
      ],
      errors,
    };
    await sendPage(request, response, render('setup-election', page), status);
  }

  private async warnings({ electionId, calendar, listsClosedAt }: ElectionRow): Promise<string[]> {
    const notices = await countNotices(this.database.pool('register'), electionId);
    const { votingOpensAt, noticesFrom } = calendar ?? {};
    return setUpWarnings({ votingOpensAt, noticesFrom, listsClosedAt, notices }, this.clock.now());
  }

  private async calendarForm(
    request: Request,
    response: Response,
    election: ElectionRow,
    values: Record<string, string>,
    errors: readonly FormError[],
    status = 200,
  ): Promise<void> {
    const { electionId, preset, calendar } = election;
    const page = {
      ...frame(request, NAME, 'Calendrier', { via: stepsToElection(election) }),
      csrf: csrfToken(request),
      ...{ electionId, preset, moments, values, errors },
      suggested: calendar === undefined,
    };
    await sendPage(request, response, render('setup-calendar', page), status);
  }

  private async election(electionId: string): Promise<ElectionRow> {
    const election = await findElection(this.database.pool('register'), electionId);
    if (!election) throw new NotFoundException();
    return election;
  }

  /** Does it, and waits for the page to show it; gives what the rules say against it. */
  private async refused(command: RenameElection | SetCalendar | CloseLists): Promise<FormError[]> {
    try {
      await this.execute(command);
      return [];
    } catch (error) {
      return [saidOf(error, electionWords)];
    }
  }

  private async execute(command: DeclareElection | RenameElection | SetCalendar | CloseLists): Promise<void> {
    const { position } = await this.commands.execute<typeof command, Executed>(command);
    await this.projections.waitFor('elections', position, PATIENCE);
  }
}

/** What is in the form before anything is typed: the present calendar, or the usual one of those rules. */
function valuesOf({ calendar, preset }: ElectionRow): Record<string, string> {
  if (!calendar) return { ...usualCalendar[preset] };
  const times = moments.map(([field]) => {
    const at = calendar[field];
    return [field, at ? inParisField(at) : ''];
  });
  return {
    ...(Object.fromEntries(times) as Record<string, string>),
    graceMinutes: String(calendar.graceMinutes),
  };
}
