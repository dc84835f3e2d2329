import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Documents } from '../../documents/documents.js';
import { sendPage } from '../../http/answers.js';
import { frame, nameOf } from '../../http/frame.js';
import { inParis } from '../../http/paris-time.js';
import { render } from '../../http/views.js';
import { ElectorId } from '../../http/visitor.js';
import { Clock } from '../../ledger/clock.js';
import { findElection, listElections } from '../../projections/elections.projection.js';
import { findElector } from '../../projections/electors.projection.js';
import {
  scrutinsOf,
  scrutinsOfElection,
  type CandidateListRow,
} from '../../projections/scrutins.projection.js';
import { Database } from '../../storage/database.js';
import { candidatesOf } from './candidate-document.js';

const TITLE = 'Mes scrutins et leurs listes de candidats';

/** « Consulter mes scrutins … et leurs listes de candidats » (F55, F58, F59), for a signed-in elector. */
@ApiExcludeController()
@Controller('espace/scrutins')
export class ScrutinPages {
  constructor(
    private readonly database: Database,
    private readonly documents: Documents,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(
    @Req() request: Request,
    @Res() response: Response,
    @ElectorId() electorId: string,
  ): Promise<void> {
    const register = this.database.pool('register');
    const elector = await findElector(register, electorId);
    const election = elector && (await findElection(register, elector.electionId));
    const rows = await scrutinsOf(register, elector?.scrutinIds ?? []);
    const shown = election?.calendar?.candidatesShownAt;
    const early = shown !== undefined && shown.getTime() > Date.parse(this.clock.now());
    const scrutins = await Promise.all(
      rows.map(async ({ scrutinId, title, seats, seed, lists }) => ({
        ...{ scrutinId, title, seats, drawn: seed !== undefined },
        lists: early ? [] : await Promise.all(lists.map((list) => this.listed(list))),
      })),
    );
    const name = nameOf(election ? [election] : await listElections(register));
    const via = [{ label: 'Mon portail', href: '/espace' }];
    const all = elector ? await scrutinsOfElection(register, elector.electionId) : [];
    const page = {
      ...frame(request, TITLE, TITLE, { via }),
      name,
      scrutins,
      elsewhere: all.filter(({ held }) => held === 'elsewhere').map(({ title }) => title), // F65
      shownFrom: early && inParis(shown),
    };
    await sendPage(request, response, render('scrutins', page));
  }

  private async listed({ listId, content, logo, statement }: CandidateListRow) {
    const document = await this.documents.get(content);
    const list = document && candidatesOf(document.content);
    return {
      ...{ listId, logo, statement },
      title: list?.title ?? '(liste effacée)',
      affiliation: list?.affiliation,
      candidates: list?.candidates ?? [],
      joint: list?.joint ?? [],
    };
  }
}
