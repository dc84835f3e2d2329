import { Body, Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { sendPage } from '../../../http/answers.js';
import { inParis } from '../../../http/paris-time.js';
import { render } from '../../../http/views.js';
import { ElectorId } from '../../../http/visitor.js';
import { Clock } from '../../../ledger/clock.js';
import { PageFrames, type FormFrame } from '../page-frames.js';
import { Identities } from '../../../vault/identities.js';
import { ElectoralLists, type CountedScrutin } from './electoral-lists.js';

class ScrutinParams {
  @IsUUID('4')
  scrutinId!: string;
}

/** What is looked for, and where the page before ended. By a POST, so that no name is in a history or a log. */
class SearchForm {
  @IsOptional()
  @IsString()
  @MaxLength(100)
  nom?: string;
  @IsOptional()
  @IsString()
  @MaxLength(300)
  apres?: string;
  @IsOptional()
  @IsUUID('4')
  apresId?: string;
}

const PATH = 'espace/listes-electorales';
const TITLE = 'Listes électorales de mes scrutins';
const PORTAL = { label: 'Mon portail', href: '/espace' };

/** « Consulter les listes électorales de mes scrutins » (F56): those of one's own scrutins, and no others. */
@ApiExcludeController()
@Controller(PATH)
export class ListsPages {
  constructor(
    private readonly frames: PageFrames,
    private readonly identities: Identities,
    private readonly lists: ElectoralLists,
    private readonly clock: Clock,
  ) {}

  @Get()
  async all(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const { page, shownFrom } = await this.frame(request, TITLE, electorId);
    const scrutins = shownFrom ? [] : await this.lists.scrutinsOf(electorId);
    await sendPage(request, response, render('electoral-lists', { ...page, shownFrom, scrutins }));
  }

  @Get(':scrutinId')
  one(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Param() { scrutinId }: ScrutinParams,
  ): Promise<void> {
    return this.show(request, response, electorId, scrutinId, {});
  }

  @Post(':scrutinId')
  search(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
    @Param() { scrutinId }: ScrutinParams,
    @Body() form: SearchForm,
  ): Promise<void> {
    return this.show(request, response, electorId, scrutinId, form);
  }

  private async show(
    request: Request,
    response: Response,
    electorId: string,
    scrutinId: string,
    { nom = '', apres, apresId }: SearchForm,
  ): Promise<void> {
    const scrutin = await this.scrutin(electorId, scrutinId);
    const via = [PORTAL, { label: TITLE, href: `/${PATH}` }];
    const { page, shownFrom } = await this.frame(request, scrutin.title, electorId, via);
    if (shownFrom) throw new NotFoundException();
    const after =
      apres !== undefined && apresId !== undefined ? { name: apres, electorId: apresId } : undefined;
    const list = await this.lists.page(scrutin, nom, after);
    await sendPage(
      request,
      response,
      render('electoral-list', { ...page, ...list, scrutin, searched: nom, first: after === undefined }),
    );
  }

  /** A scrutin of the elector's own; another one is as unknown as one that is not there. */
  private async scrutin(electorId: string, scrutinId: string): Promise<CountedScrutin> {
    const scrutins = await this.lists.scrutinsOf(electorId);
    const scrutin = scrutins.find((one) => one.scrutinId === scrutinId);
    if (!scrutin) throw new NotFoundException();
    return scrutin;
  }

  /** `shownFrom` is when the lists will be shown, while they are not (F2). */
  private async frame(
    request: Request,
    title: string,
    electorId: string,
    via = [PORTAL],
  ): Promise<{ page: FormFrame; shownFrom: string | undefined }> {
    const electionId = (await this.identities.of(electorId))?.electionId;
    const page = await this.frames.of(request, title, { via, ...(electionId && { electionId }) });
    const shown = page.elections[0]?.calendar?.listsShownAt;
    const early = shown && shown.getTime() > Date.parse(this.clock.now());
    return { page, shownFrom: early ? inParis(shown) : undefined };
  }
}
