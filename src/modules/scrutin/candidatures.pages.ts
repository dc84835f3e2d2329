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
import { FormReader, outcomeOf, type FormError } from '../../http/form-reader.js';
import { frame, stepsToElection } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { csrfToken } from '../../http/sessions.js';
import { uploadOf } from '../../http/uploads.js';
import { render } from '../../http/views.js';
import type { Executed } from '../../ledger/ledger.js';
import { findElection } from '../../projections/elections.projection.js';
import { Projections } from '../../projections/projections.js';
import {
  findScrutin,
  type CandidateListRow,
  type ScrutinRow,
} from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { candidatesOf } from './candidate-document.js';
import { Candidatures } from './candidatures.js';
import { WithdrawCandidateList } from './scrutin.commands.js';
import { scrutinError } from './scrutin.words.js';
import { ScrutinParams } from './setup.pages.js';
import { asTyped, listFields, typedList } from './typed-list.js';

class ListParams extends ScrutinParams {
  @IsUUID('4')
  listId!: string;
}

const PATIENCE = 10_000; // milliseconds until the page shows what was just done

/** Where an administrator files the lists of candidates with their logos and statements (F58, F59). */
@ApiExcludeController()
@Staff('administrator')
@Controller('personnel/scrutins/:scrutinId/listes')
export class CandidaturesPages {
  constructor(
    private readonly candidatures: Candidatures,
    private readonly commands: CommandBus,
    private readonly documents: Documents,
    private readonly database: Database,
    private readonly projections: Projections,
  ) {}

  @Get('nouvelle')
  async fresh(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    await this.form(request, response, await this.scrutin(scrutinId), undefined, { id: randomUUID() }, []);
  }

  @Post()
  async file(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    await this.save(request, response, await this.scrutin(scrutinId), undefined);
  }

  @Get(':listId')
  async one(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId, listId }: ListParams,
  ): Promise<void> {
    const scrutin = await this.scrutin(scrutinId);
    const list = listOf(scrutin, listId);
    const document = await this.documents.get(list.content);
    if (!document) throw new NotFoundException();
    await this.form(request, response, scrutin, list, asTyped(candidatesOf(document.content)), []);
  }

  @Post(':listId')
  async fileAgain(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId, listId }: ListParams,
  ): Promise<void> {
    const scrutin = await this.scrutin(scrutinId);
    await this.save(request, response, scrutin, listOf(scrutin, listId));
  }

  @Post(':listId/retrait')
  async withdraw(
    @Req() request: Request,
    @Res() response: Response,
    @Param() { scrutinId, listId }: ListParams,
  ): Promise<void> {
    const scrutin = await this.scrutin(scrutinId);
    const list = listOf(scrutin, listId);
    const document = await this.documents.get(list.content);
    const form = new FormReader(request.body);
    if (form.typed('certain') !== 'oui')
      form.wrong('certain', 'Retrait : cochez la case, puisqu’une liste retirée ne revient pas.');
    const errors = await this.outcome(form, () =>
      this.commands.execute<WithdrawCandidateList, Executed>(new WithdrawCandidateList(scrutinId, listId)),
    );
    if (errors.length === 0) return seeOther(request, response, `/personnel/scrutins/${scrutinId}`);
    const values = document ? asTyped(candidatesOf(document.content)) : {};
    await this.form(request, response, scrutin, list, values, errors);
  }

  /** Checks list, logo and statement before any of them is filed. A logo that is there stays unless it is taken away. */
  private async save(
    request: Request,
    response: Response,
    scrutin: ScrutinRow,
    known: CandidateListRow | undefined,
  ): Promise<void> {
    const { scrutinId } = scrutin;
    const form = new FormReader(request.body);
    const listId = known?.listId ?? idOfForm(form, scrutinId, listFields);
    const list = typedList(form);
    const [logo, statement] = [uploadOf(request, 'logo'), uploadOf(request, 'statement')];
    const errors = await this.outcome(form, async () => {
      const kept = form.typed('sansLogo') === 'oui' ? undefined : await this.contentOf(known?.logo);
      const filing = this.candidatures.prepare(scrutinId, listId, list, logo ?? kept);
      const stating = statement && this.candidatures.prepareStatement(scrutinId, listId, statement);
      const filed = await this.candidatures.enter(filing);
      return stating ? this.candidatures.enter(stating) : filed;
    });
    if (errors.length === 0) return seeOther(request, response, `/personnel/scrutins/${scrutinId}`);
    await this.form(request, response, scrutin, known, form.values(['id', ...listFields]), errors);
  }

  private async form(
    request: Request,
    response: Response,
    scrutin: ScrutinRow,
    list: CandidateListRow | undefined,
    values: Record<string, string>,
    errors: readonly FormError[],
  ): Promise<void> {
    const { scrutinId, title, electionId } = scrutin;
    const election = await findElection(this.database.pool('register'), electionId);
    if (!election) throw new NotFoundException();
    const via = [...stepsToElection(election), { label: title, href: `/personnel/scrutins/${scrutinId}` }];
    const due = election.calendar?.candidatesDueAt;
    const page = {
      ...frame(request, via[0]?.label ?? '', list ? 'Corriger la liste' : 'Déposer une liste', { via }),
      csrf: csrfToken(request),
      path: `/personnel/scrutins/${scrutinId}/listes`,
      ...{ list, values, errors },
      due: due && inParis(due),
      closed: election.listsClosedAt !== undefined,
    };
    await sendPage(request, response, render('setup-list', page), errors.length > 0 ? 409 : 200);
  }

  private outcome(form: FormReader, work: () => Promise<Executed>): Promise<readonly FormError[]> {
    const shown = async () => this.projections.waitFor('scrutins', (await work()).position, PATIENCE);
    return outcomeOf(form, shown, scrutinError);
  }

  private async contentOf(address: string | undefined): Promise<Buffer | undefined> {
    return address === undefined ? undefined : (await this.documents.get(address))?.content;
  }

  private async scrutin(scrutinId: string): Promise<ScrutinRow> {
    const scrutin = await findScrutin(this.database.pool('register'), scrutinId);
    if (scrutin?.held !== 'here') throw new NotFoundException();
    return scrutin;
  }
}

function listOf({ lists }: ScrutinRow, listId: string): CandidateListRow {
  const list = lists.find((one) => one.listId === listId);
  if (!list) throw new NotFoundException();
  return list;
}
